"""What every stage of a run gets and gives, and how it fails: in one plain sentence, with nothing of the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ingestion.trust import Trust, TrustFolder
from orchestration.disk import says_full
from orchestration.faults import is_own, where
from orchestration.logs import stage
from orchestration.workspace import Workspace
from quality.outcomes import Outcome

if TYPE_CHECKING:
    from orchestration.plan.execute import NodeResult
    from quality.expectations.beside import Judge

FULL_DISK = "The disk is full."


def _nobody(result: NodeResult) -> None:
    """Nobody wants to know of each seed, model and test."""


@dataclass(frozen=True)
class Run:
    """What the stages of one run share.

    trust: its settings as they stand. judge: Great Expectations in a process of its own. inboxes: those to be taken in,
    None for all. tell: told how each seed, model and test of the warehouse ended, as soon as it has.
    """

    workspace: Workspace
    trust: Trust
    judge: Judge
    inboxes: tuple[str, ...] | None = None
    tell: Callable[[NodeResult], None] = _nobody

    @property
    def folder(self) -> TrustFolder:
        """The trust folder."""
        return self.workspace.folder


@dataclass(frozen=True)
class Done:
    """What a stage did: facts are counts and names of releases, outcomes what its checks said.

    of_inboxes: of the stage that takes in extracts, the counts of each inbox that was asked for.
    """

    facts: Mapping[str, Any] = field(default_factory=dict)
    outcomes: tuple[Outcome, ...] = ()
    of_inboxes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Stage:
    """One stage of a run.

    step: its name in summaries and on pages, which is Dagster's name of the step. doing: the same in words, as progress
    tells it. title: as the log and a failure begin. needs: the steps without which it cannot be done. work: does it.
    """

    step: str
    doing: str
    title: str
    needs: tuple[str, ...]
    work: Callable[[Run], Done]


class StageError(Exception):
    """A stage could not do its work; `.args[0]` is one plain sentence, with nothing of the data."""


@contextmanager
def plainly(title: str) -> Iterator[None]:
    """Log a stage, and let it fail as StageError alone.

    The text of an unforeseen exception may quote a cell, and summaries, logs and Dagster keep what they are told. So
    only the kind of exception and the lines of code it came through go on.
    """
    try:
        with stage(title):
            yield
    except StageError:
        raise
    except Exception as error:
        said = FULL_DISK if says_full(error) else str(error) if is_own(error) else f"{title} failed: {where(error)}."
        raise StageError(said) from None


def perform(stage: Stage, run: Run) -> Done:
    """Do one stage of a run. Raises StageError when it could not be done."""
    with plainly(stage.title):
        return stage.work(run)
