"""`rollcall backup`, `restore` and `rotate-secret`: the trust folder kept safe, and its pupil keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from orchestration.commands.common import (
    JsonOption,
    TrustOption,
    as_rows,
    console,
    print_json,
    print_table,
    trust_dir,
)


def backup(
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="The back-up folder, on another disk.")],
    without_secret: Annotated[
        bool, typer.Option("--without-secret", help="Leave the pupil-key secret out; keep it somewhere else.")
    ] = False,
    keep: Annotated[int | None, typer.Option(min=1, help="How many snapshots stay; older ones are deleted.")] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Read all that is backed up again and check it.")] = False,
    list_them: Annotated[bool, typer.Option("--list", help="Name the snapshots.")] = False,
    trust: TrustOption = None,
    as_json: JsonOption = False,
) -> int:
    """A snapshot of the trust folder in a back-up folder; only what is new is copied."""
    from orchestration.backup import back_up, snapshots
    from orchestration.backup import verify as check

    if list_them:
        _listed(snapshots(to), as_json)
        return 0
    if verify:
        return _verified(check(to), as_json)
    made = back_up(trust_dir(trust), to, with_secret=not without_secret, keep=keep)
    if as_json:
        print_json(made)
    else:
        console().print(
            f"Snapshot {made['snapshot']}: {made['files']:,} files, {_size(made['bytes'])}, of it new"
            f" {_size(made['new_bytes'])}.",
            markup=False,
        )
        if not made["secret"]:
            console().print("The pupil-key secret is not in it: without that no restore.", markup=False)
    return 0


def _listed(found: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        print_table("Snapshots", list(found[0]) if found else [], as_rows(found))


def _verified(found: dict[str, Any], as_json: bool) -> int:
    if as_json:
        print_json(found)
    elif found["damaged"]:
        damaged = "\n".join(f"  {file}" for file in found["damaged"])
        console(error=True).print(f"Damaged, so not to be restored from:\n{damaged}", markup=False)
    else:
        console().print(f"{found['snapshots']:,} snapshots with {found['contents']:,} contents are whole.")
    return 1 if found["damaged"] else 0


def _size(number: int) -> str:
    return f"{number / 1_000_000:,.1f} MB"


def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="The back-up folder.")],
    at: Annotated[str | None, typer.Option(metavar="SNAPSHOT", help="A snapshot; default the newest.")] = None,
    trust: TrustOption = None,
    as_json: JsonOption = False,
) -> int:
    """Make a new trust folder (--trust) from a back-up; `rollcall run` then reads everything again."""
    from orchestration.alerts import tell_restored
    from orchestration.backup import restore as put_back

    root = trust_dir(trust)
    found = put_back(source, root, at)
    tell_restored(root, found)
    if as_json:
        print_json(found)
    else:
        console().print(
            f"Restored {found['files']:,} files of {found['made_at']} into {root}."
            f" Next: rollcall run --trust {root}, which reads every extract again.",
            markup=False,
        )
    return 0


def rotate_secret(trust: TrustOption = None, as_json: JsonOption = False) -> int:
    """Change the secret of the pupil key; the next run gives every pupil a new key."""
    from ingestion.identity import rotate_secret as rotate
    from ingestion.trust import TrustFolder, load_trust
    from orchestration.lock import trust_lock

    root = trust_dir(trust)
    folder = TrustFolder(root).ensure(load_trust(root))
    with trust_lock(folder.runs):
        pupils = rotate(folder)
    if as_json:
        print_json({"pupils": pupils})
    else:
        console().print(
            f"The secret is a new one; {pupils:,} pupils get a new key by the next run: rollcall run --trust {root}."
            " Make a back-up after it.",
            markup=False,
        )
    return 0
