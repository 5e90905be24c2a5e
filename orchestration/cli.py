"""The command line, `rollcall`. Each command lives in orchestration/commands; here is how they are found and fail.

Exit codes: 0 done, or nothing new; 1 a run was refused, failed in part, or holds an extract; 2 wrong usage or
configuration; 3 another run holds the trust folder. Errors are one plain sentence on standard error.
"""

from __future__ import annotations

import os
import sys

import typer
from typer.exceptions import TyperException

from orchestration.commands import (
    amendments,
    explain,
    figures,
    keep,
    make,
    purge,
    report,
    resubmission,
    run,
    serve,
    status,
)
from orchestration.commands.common import CommandError
from orchestration.commands.task import app as task

app = typer.Typer(
    name="rollcall",
    help="The attendance warehouse for multi-academy trusts: from schools' register extracts to published figures.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

for command in (make.demo, make.init, make.synth, run.run, status.status, resubmission.quarantine, resubmission.accept,
                resubmission.refuse, amendments.amendments, figures.sql, explain.explain, report.report, serve.serve,
                run.rollback, status.alerts, keep.backup, keep.restore, keep.rotate_secret, purge.purge):  # fmt: skip
    app.command()(command)
app.add_typer(task, name="task")


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(invoke(sys.argv[1:]))


def invoke(arguments: list[str]) -> int:
    """Run one command and return its exit code; every error is told in one sentence, never as a traceback."""
    try:
        returned = app(arguments, standalone_mode=False)
        return returned if isinstance(returned, int) else 0
    except typer.Exit as left:
        return left.exit_code
    except TyperException as error:
        return _tell(error.format_message(), 2)
    except (typer.Abort, KeyboardInterrupt):
        return _tell("Stopped.", 130)
    except CommandError as error:
        return _tell(str(error), error.exit_code)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _unforeseen(error)


def _unforeseen(error: Exception) -> int:
    from ingestion.trust import TrustError
    from orchestration.faults import is_own, where
    from orchestration.lock import LockHeldError

    if is_own(error):
        return _tell(str(error), 3 if isinstance(error, LockHeldError) else 2 if isinstance(error, TrustError) else 1)
    if isinstance(error, OSError) and error.filename:
        return _tell(f"{error.filename}: {(error.strerror or 'cannot be used').lower()}; mend that and try again.", 1)
    return _tell(f"Something failed that should not have: {where(error)}. Please report it with these places.", 1)


def _tell(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
