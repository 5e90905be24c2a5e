"""The trust folder and its trust.toml, typed and checked.

Belongs here: where things are and who the trust is. Does not belong here: reading extracts.
"""

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ingestion.access_settings import GOVERNORS, Access, Group
from ingestion.alert_settings import Alerts
from ingestion.feeds.profile import profile_names
from quality.seeds import legal_limits, values

TRUST_INBOX = "_trust"
RESTRICTED_MODE = 0o700

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_CONFIG_BYTES = 1_000_000
_WILD = frozenset("[]{}*?")


class TrustError(Exception):
    """The trust folder or its trust.toml cannot be used; the message is one plain sentence with the mend."""


def _printable(value: str) -> str:
    if any(not character.isprintable() for character in value):
        raise ValueError("holds a line break or another character that cannot be printed")
    return value


Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable)]


class School(BaseModel):
    """One `[[school]]` of trust.toml."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)

    slug: str
    name: Name
    urn: Annotated[int, Field(ge=1, le=99_999_999)]
    laestab: Annotated[str, Field(pattern=r"^[0-9]{7}$")]
    phase: str
    la_code: Annotated[str, Field(pattern=r"^[0-9]{3}$")]
    mis: str
    columns: dict[str, str] = {}
    groups: Annotated[list[Group], Field(alias="group")] = []

    @field_validator("groups")
    @classmethod
    def _groups_are_distinct(cls, value: list[Group]) -> list[Group]:
        slugs = [group.slug for group in value]
        if len(set(slugs)) < len(slugs):
            raise ValueError("two groups have the same slug")
        return value

    @field_validator("slug")
    @classmethod
    def _slug_is_plain(cls, value: str) -> str:
        if not _SLUG.fullmatch(value):
            raise ValueError(
                "may hold only small letters, digits and hyphens (64 at most), and starts with a letter or digit"
            )
        return value

    @field_validator("phase")
    @classmethod
    def _phase_is_known(cls, value: str) -> str:
        return _one_of(value, values("school_phases", "phase"))

    @field_validator("mis")
    @classmethod
    def _feed_is_known(cls, value: str) -> str:
        return _one_of(value, profile_names())


class Trust(BaseModel):
    """trust.toml: the trust, its schools and its overrides of rules.

    as_of is the day that the figures speak for (today where the file gives none; `as_of_fixed` tells which).
    rules maps a rule name of the `rules` seed to the trust's own value.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    as_of: dt.date
    as_of_fixed: bool
    schools: Annotated[list[School], Field(min_length=1)]
    rules: dict[str, Annotated[float, Field(allow_inf_nan=False)]] = {}
    alerts: Alerts = Alerts()
    access: Access = Access()

    @field_validator("rules")
    @classmethod
    def _rules_are_known(cls, rules: dict[str, float]) -> dict[str, float]:
        for name in rules:
            _one_of(name, values("rules", "rule_name"))
        for name, (least, law) in legal_limits().items():
            if name in rules and rules[name] < least:
                raise ValueError(f"{name} may not be less than {least:g}, because {law}")
        return rules

    @model_validator(mode="after")
    def _schools_are_distinct(self) -> "Trust":
        for field in ("slug", "name", "urn", "laestab"):
            seen = [str(getattr(school, field)).casefold() for school in self.schools]
            twice = next((value for value in seen if seen.count(value) > 1), None)
            if twice is not None:
                raise ValueError(f"two schools have the same {field} ({twice})")
        return self

    @model_validator(mode="after")
    def _audiences_exist(self) -> "Trust":
        known = {"network", "analyst"}
        for school in self.schools:
            groups = [GOVERNORS, *(group.slug for group in school.groups)]
            known |= {f"school/{school.slug}", *(f"school/{school.slug}/{group}" for group in groups)}
        for audience in sorted(self.access.all_audiences - known):
            raise ValueError(f"[access] gives somebody {audience}, but there is no such school or group")
        return self

    def school(self, slug: str) -> School:
        """The school with this slug. Raises TrustError when the trust has none."""
        for school in self.schools:
            if school.slug == slug:
                return school
        known = ", ".join(school.slug for school in self.schools)
        raise TrustError(f"This trust has no school called {slug}; its schools are {known}.")


class TrustFolder:
    """Where everything of one trust lies; see the folder map in docs/trust-folder.md."""

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root).absolute()
        self.config = self.root / "trust.toml"
        self.inbox = self.root / "inbox"
        self.archive = self.root / "archive"
        self.lake = self.root / "lake"
        self.ledger = self.lake / "ledger"
        self.reference = self.lake / "reference"
        self.quarantine = self.root / "quarantine"
        self.identity = self.root / "identity"
        self.key_check = self.identity / "pupil_key.check"
        self.group_lists = self.identity / "groups"
        self.releases = self.root / "releases"
        self.published = self.root / "published"
        self.current = self.published / "current"
        self.runs = self.root / "runs"

    @property
    def restricted(self) -> tuple[Path, ...]:
        """The folders that hold personal data: for the owner alone."""
        return (self.inbox, self.archive, self.quarantine, self.identity)

    def ensure(self, trust: Trust | None = None) -> "TrustFolder":
        """Makes what is missing, with the modes of the restricted side, and an inbox per school of `trust`."""
        for folder in (self.lake, self.ledger, self.reference, self.releases, self.published, self.runs):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in self.restricted:
            folder.mkdir(parents=True, exist_ok=True, mode=RESTRICTED_MODE)
            folder.chmod(RESTRICTED_MODE)
        inboxes = [TRUST_INBOX, *(school.slug for school in trust.schools)] if trust else [TRUST_INBOX]
        for name in inboxes:
            (self.inbox / name).mkdir(exist_ok=True, mode=RESTRICTED_MODE)
        return self


def load_trust(root: Path | str) -> Trust:
    """Reads and checks DIR/trust.toml. Raises TrustError with one sentence: file, line, what is wrong, what to do."""
    config = TrustFolder(root).config
    _see_that_it_is_no_pattern(config.parent)
    if not config.is_file():
        raise TrustError(f"There is no trust.toml in {config.parent}; make a trust folder with `rollcall init`.")
    if config.stat().st_size > _CONFIG_BYTES:
        raise TrustError(f"{config} is larger than {_CONFIG_BYTES:,} bytes; it is not a trust's settings.")
    try:
        text = config.read_bytes().decode("utf-8-sig")
        raw = tomllib.loads(text)
    except UnicodeDecodeError:
        raise TrustError(f"{config} is not UTF-8 text; save it as UTF-8.") from None
    except RecursionError:
        raise TrustError(f"{config} is nested too deeply; mend it and run again.") from None
    except ValueError as error:
        raise TrustError(f"{config} is not valid TOML: {error}; mend that line.") from None
    unknown = set(raw) - {"trust", "school", "rules", "alerts", "access"}
    if unknown:
        table = min(unknown)
        line = _line_of(text, (table,))
        known = "[trust], [[school]], [rules], [alerts], [access]"
        raise TrustError(f"{config}{line}: the table [{table}] is not known; use {known}.")
    head = raw.get("trust", {})
    if not isinstance(head, dict) or "name" not in head:
        raise TrustError(f'{config}: [trust] needs a name; add name = "…" under [trust].')
    try:
        return Trust.model_validate(
            {
                **head,
                "as_of": head.get("as_of", dt.date.today()),
                "as_of_fixed": "as_of" in head,
                "schools": raw.get("school", []),
                "rules": raw.get("rules", {}),
                "alerts": raw.get("alerts", {}),
                "access": raw.get("access", {}),
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = tuple(first["loc"])
        what = first["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
        name = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in where)
        raise TrustError(
            f"{config}{_line_of(text, where)}: {name or 'the file'}: {what}; mend it and run again."
        ) from None


def _see_that_it_is_no_pattern(root: Path) -> None:
    wild = sorted(set(str(root.resolve())) & _WILD)
    if wild:
        raise TrustError(f"The path {root} holds {' '.join(wild)}, which stand for patterns; rename that folder.")


def init_trust(root: Path | str, trust_toml: str | None = None) -> TrustFolder:
    """Makes an empty trust folder: folders with their modes, a commented trust.toml and the pupil-key secret.

    Raises TrustError when the folder already has a trust.toml, so that no trust is overwritten.
    """
    from ingestion.identity import make_secret

    folder = TrustFolder(root)
    _see_that_it_is_no_pattern(folder.root)
    if folder.config.exists():
        raise TrustError(f"{folder.config} is there already; choose another folder or edit that file.")
    folder.root.mkdir(parents=True, exist_ok=True)
    template = Path(__file__).parent / "trust_template.toml"
    folder.config.write_text(trust_toml if trust_toml is not None else template.read_text())
    folder.ensure(load_trust(root))
    make_secret(folder)
    return folder


def _one_of(value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError(f"{value!r} is not known; use one of {', '.join(known)}")
    return value


def _line_of(text: str, where: tuple[Any, ...]) -> str:
    """` line N` of the key at `where` (as pydantic names it), or an empty string where it cannot be told."""
    lines = text.splitlines()
    start = 0
    keys = [part for part in where if isinstance(part, str)]
    if where and where[0] == "schools" and len(where) > 1:
        headers = [n for n, line in enumerate(lines) if re.match(r"\s*\[\[\s*school\s*\]\]", line)]
        if isinstance(where[1], int) and where[1] < len(headers):
            start = headers[where[1]]
            keys = keys[1:]
            if not keys:
                return f" line {start + 1}"
    for key in reversed(keys):
        for number in range(start, len(lines)):
            if re.match(rf"\s*(\[+\s*)?[\"']?{re.escape(key)}[\"']?\s*(=|\])", lines[number]):
                return f" line {number + 1}"
    return f" line {start + 1}" if start else ""
