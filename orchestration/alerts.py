"""What is worth telling somebody, once: failed and refused runs, held extracts, overdue schools.

One code for the command line and for Dagster's hooks. `runs/alerts.json` remembers what was told, so that a fact that
stands is not told at every run, and what could not be delivered, which `rollcall status` shows. A failure here never
fails a run.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingestion.trust import Trust, TrustFolder, load_trust
from orchestration.faults import where
from orchestration.fingerprint import now
from orchestration.logs import log
from orchestration.release import current_release
from orchestration.workspace import write_json

_STATE = "alerts.json"
_REMEMBERED = dt.timedelta(days=400)


@dataclass(frozen=True)
class Kind:
    """An event in words: its heading in a mail, and where in docs/runbook.md to go on."""

    said: str
    what_to_do: str
    runbook: str


KINDS = {
    "run_failed": Kind(
        "A run failed; the figures published before stand",
        "`rollcall status` says why; mend that and run again.",
        "A run failed",
    ),
    "release_refused": Kind(
        "A release was refused by its checks; the figures published before stand",
        "`rollcall status` says which checks and why; most often one school's file is wrong.",
        "A check refused the release",
    ),
    "extract_held": Kind(
        "An extract is held for review: it has far fewer marks than those in force",
        "Ask the school to export again, or decide about the one that is held.",
        "An extract is held",
    ),
    "school_overdue": Kind(
        "A school is overdue",
        "Ask the school whether its export ran; look into its inbox.",
        "A school is overdue",
    ),
    "published": Kind("A release was published", "Nothing.", "Alerts"),
    "restored": Kind(
        "A trust folder was restored from a back-up", "Run, then compare with the figures before.", "Restore"
    ),
    "test": Kind("This is a test; everything is as it should be", "Nothing.", "Alerts"),
}


@dataclass(frozen=True)
class _Alert:
    """One event with what it is about. keys: by which it is known not to have been told before."""

    event: str
    keys: tuple[str, ...]
    schools: tuple[dict[str, Any], ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    run_id: str | None = None


def tell_run(root: Path, summary: dict[str, Any]) -> dict[str, Any] | None:
    """Send what a run that ended gives cause for; how it went, or None when there was nothing to tell."""
    try:
        trust, folder = load_trust(root), TrustFolder(root)
        if not trust.alerts.wanted:
            return None
        run_id = summary.get("run_id")
        return _tell(trust, folder, [*_about_run(summary), *_standing(trust, folder, run_id)], run_id)
    except Exception as error:
        log("alerts_failed", level="error", where=where(error))
        return {"sent": 0, "failed": [{"event": "", "channel": "", "problem": where(error)}]}


def tell_restored(root: Path, restored: dict[str, Any]) -> dict[str, Any] | None:
    """Send that a trust folder was restored."""
    try:
        trust = load_trust(root)
        key = f"restored:{restored['snapshot']}:{now().isoformat()}"
        alert = _Alert("restored", (key,), counts={"files": restored["files"]})
        return _tell(trust, TrustFolder(root), [alert]) if trust.alerts.wanted else None
    except Exception as error:
        return {"sent": 0, "failed": [{"event": "restored", "channel": "", "problem": where(error)}]}


def tell_test(root: Path) -> list[dict[str, Any]]:
    """Send a test alert over every channel; how each fared."""
    from orchestration.delivery import deliver

    trust = load_trust(root)
    message = _message(trust, _Alert("test", (f"test:{now().isoformat()}",)))
    return [{"channel": d.channel, "problem": d.problem} for d in deliver(trust.alerts, [message])]


def undelivered(folder: TrustFolder) -> list[dict[str, Any]]:
    """The alerts that did not go out since their channel last worked: at, event, channel, problem."""
    found = _state(folder)["failed"]
    return found if isinstance(found, list) else []


def _about_run(summary: dict[str, Any]) -> list[_Alert]:
    run_id, outcome = summary.get("run_id"), summary["outcome"]
    event = {"failed": "run_failed", "refused": "release_refused", "published": "published"}.get(outcome)
    if event is None:
        return []
    checks = summary.get("checks", {})
    counts = {
        "extracts_taken_in": summary.get("landed", {}).get("extracts", 0),
        "rows_refused": summary.get("landed", {}).get("rows_refused", 0),
        "checks_failed": sum(check["severity"] == "error" for check in checks.get("failed", [])),
    }
    return [_Alert(event, (f"{event}:{run_id}",), counts=counts, run_id=run_id)]


def _standing(trust: Trust, folder: TrustFolder, run_id: str | None) -> list[_Alert]:
    """What stands whether or not this run changed it: held extracts, each once, and overdue schools, once a day."""
    from orchestration.freshness import awaiting_review, freshness

    release = current_release(folder)
    if release is None:
        return []
    alerts = []
    held = awaiting_review(release)
    if held:
        keys = tuple(f"extract_held:{row['extract_id']}:{row['school']}" for row in held)
        about = tuple(
            {"slug": row["school"], "name": row["school_name"], "extract_id": row["extract_id"], "rows": row["rows"]}
            for row in held
        )
        alerts.append(_Alert("extract_held", keys, about, {"extracts": len(held)}, run_id))
    overdue = [row for row in freshness(release, trust.as_of) if row["overdue"]]
    if overdue:
        keys = tuple(f"school_overdue:{row['school']}:{trust.as_of}" for row in overdue)
        about = tuple(
            {
                "slug": row["school"],
                "name": row["school_name"],
                "what": row["freshness_label"],
                "newest_marks": row["newest_marks"].isoformat() if row["newest_marks"] else None,
                "school_days_since_marks": row["school_days_since_marks"],
            }
            for row in overdue
        )
        alerts.append(_Alert("school_overdue", keys, about, {"schools": len(overdue)}, run_id))
    return alerts


def _tell(
    trust: Trust, folder: TrustFolder, alerts: Iterable[_Alert], run_id: str | None = None
) -> dict[str, Any] | None:
    from orchestration.delivery import deliver

    state = _state(folder)
    # What one run could not deliver waits for the next: a server that is down is asked once in a run.
    tried = state["tried"].get("keys", []) if run_id and state["tried"].get("run_id") == run_id else []
    known = {*state["told"], *tried}
    fresh = [part for alert in alerts if alert.event in trust.alerts.events and (part := _untold(alert, known))]
    if not fresh:
        return None
    messages = [_message(trust, alert) for alert in fresh]
    found = deliver(trust.alerts, messages)
    moment = now().isoformat()
    event_of = {message.key: alert for message, alert in zip(messages, fresh, strict=True)}
    worked = {d.channel for d in found if d.problem is None}
    failed = [
        {"at": moment, "event": event_of[d.key].event, "channel": d.channel, "problem": d.problem}
        for d in found
        if d.problem is not None
    ]
    told = {key for d in found if d.problem is None for key in event_of[d.key].keys}
    state["told"] = _recent(state["told"]) | dict.fromkeys(told, moment)
    state["failed"] = [one for one in state["failed"] if one["channel"] not in worked][-50:] + failed
    state["tried"] = {"run_id": run_id, "keys": [*tried, *(key for alert in fresh for key in alert.keys)]}
    write_json(folder.runs / _STATE, state)
    for alert in fresh:
        log("alert", alert=alert.event, schools=len(alert.schools), sent=bool(told & set(alert.keys)))
    for one in failed:
        log("alert_undelivered", level="warning", alert=one["event"], channel=one["channel"], problem=one["problem"])
    sent = sum(d.problem is None for d in found)
    return {"sent": sent, "failed": [{key: one[key] for key in ("event", "channel", "problem")} for one in failed]}


def _untold(alert: _Alert, told: set[str]) -> _Alert | None:
    """The part of an alert that is news; None when all of it was told before."""
    new = [number for number, key in enumerate(alert.keys) if key not in told]
    if not new:
        return None
    schools = tuple(alert.schools[number] for number in new) if alert.schools else ()
    counts = {name: len(new) for name in alert.counts} if alert.schools else alert.counts
    return _Alert(alert.event, tuple(alert.keys[number] for number in new), schools, counts, alert.run_id)


def _recent(told: dict[str, str]) -> dict[str, str]:
    oldest = (now() - _REMEMBERED).isoformat()
    return {key: moment for key, moment in told.items() if moment >= oldest}


def _state(folder: TrustFolder) -> dict[str, Any]:
    path = folder.runs / _STATE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = {}
    return {
        "told": dict(found.get("told", {})),
        "failed": list(found.get("failed", [])),
        "tried": found.get("tried", {}),
    }


def _message(trust: Trust, alert: _Alert) -> Any:
    from orchestration.delivery import Message

    kind, moment = KINDS[alert.event], now().isoformat()
    key = hashlib.sha256("|".join((trust.name, *alert.keys)).encode()).hexdigest()[:32]
    facts = {
        "id": key,
        "event": alert.event,
        "trust": trust.name,
        "at": moment,
        "run_id": alert.run_id,
        "said": kind.said,
        "schools": list(alert.schools),
        "counts": alert.counts,
        "what_to_do": kind.what_to_do,
        "runbook": kind.runbook,
    }
    return Message(
        key,
        f"[Rollcall] {' '.join(trust.name.split())}: {kind.said}",
        "\n".join(_lines(trust, alert, kind, moment)),
        facts,
    )


def _lines(trust: Trust, alert: _Alert, kind: Kind, moment: str) -> Sequence[str]:
    lines = [f"{kind.said}.", "", f"Trust: {trust.name}", f"Time: {moment}"]
    lines += [f"Run: {alert.run_id}"] if alert.run_id else []
    lines += [f"{name.replace('_', ' ').capitalize()}: {count}" for name, count in alert.counts.items()]
    for school in alert.schools:
        rest = ", ".join(
            f"{k.replace('_', ' ')} {v}" for k, v in school.items() if k not in ("slug", "name") and v is not None
        )
        lines.append(f"- {school['name']} ({school['slug']}): {rest}")
    return [*lines, "", f"What to do: {kind.what_to_do}", f"More: docs/runbook.md, “{kind.runbook}”.", ""]
