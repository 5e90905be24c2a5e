"""`[access]` of trust.toml, typed: who may sign in to the dashboards, through whom, and as which audience.

Belongs here: the form of the settings, and which audiences a person has by them. Does not belong here: signing in
(dashboards/server). Secrets are never in the file.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from ingestion.web_addresses import safe_url

GOVERNORS = "governors"
_SLUG = r"[a-z0-9][a-z0-9-]{0,63}"
_AUDIENCE = re.compile(rf"network|analyst|school/{_SLUG}(/{_SLUG})?")
_ADDRESS = re.compile(r"[!-?A-~]+@[a-z0-9.-]+")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_MICROSOFT_HOSTS = ("login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn")
_TENANT = re.compile(r"/[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}/v2\.0")
_PERSONAL_ACCOUNTS = "9188040d-6c67-4c5b-b112-36a304b66dad"  # the tenant of everybody's private Microsoft account
_GOOGLE = "https://accounts.google.com"

_FROZEN = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, str_strip_whitespace=True)
Text = Annotated[str, Field(min_length=1, max_length=200)]


def plain_address(value: str) -> str | None:
    """An e-mail address in the one form in which addresses are compared; None for what is none."""
    if not value.isascii():  # other alphabets have letters that look like ours, or become ours when made small
        return None
    lowered = value.strip().lower()
    return lowered if _ADDRESS.fullmatch(lowered) and len(lowered) <= 254 else None


def _origin(value: str) -> str:
    parts = urlsplit(safe_url(value))
    if parts.path not in ("", "/") or parts.username or parts.query or parts.fragment:
        raise ValueError("must end after the host name: the dashboards are at the root of their own host")
    return value.rstrip("/").lower()


def _audience(value: str) -> str:
    if not _AUDIENCE.fullmatch(value):
        raise ValueError(f"{value!r} is no audience; use network, analyst, school/<slug> or school/<slug>/<group>")
    return value


Audiences = Annotated[list[Annotated[str, AfterValidator(_audience)]], Field(min_length=1)]


class Provider(BaseModel):
    """`[[access.provider]]`: who signs people in. The client's secret is in the variable or the file named here."""

    model_config = _FROZEN

    name: Text
    issuer: Annotated[str, AfterValidator(safe_url)]
    client_id: Text
    secret_variable: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] = "ROLLCALL_SIGN_IN_SECRET"
    secret_file: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*\.secret$")] | None = None
    domains: list[Annotated[str, Field(pattern=_DOMAIN.pattern)]] = []

    @property
    def kind(self) -> Literal["microsoft", "google", "other"]:
        """Whose rules tell whether an e-mail address in a token may be believed."""
        if urlsplit(self.issuer).hostname in _MICROSOFT_HOSTS:
            return "microsoft"
        return "google" if self.issuer == _GOOGLE else "other"

    @model_validator(mode="after")
    def _is_one_organisation(self) -> Provider:
        path = urlsplit(self.issuer).path
        if self.kind == "microsoft" and (not _TENANT.fullmatch(path) or _PERSONAL_ACCOUNTS in path):
            raise ValueError(
                "the issuer must name your own tenant, https://login.microsoftonline.com/<tenant id>/v2.0: anybody in "
                "another tenant can give themselves any address"
            )
        if self.kind == "google" and not self.domains:
            raise ValueError('Google needs domains = ["…"], your own: anybody can have an account there')
        return self


class Person(BaseModel):
    """`[[access.person]]`: one person, by e-mail address or by the provider's own number for them, or both."""

    model_config = _FROZEN

    email: str | None = None
    subject: Text | None = None
    provider: str | None = None
    audiences: Audiences

    @field_validator("email")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        if value is None or plain_address(value):
            return value and plain_address(value)
        raise ValueError(f"{value!r} is no mail address")

    @model_validator(mode="after")
    def _is_somebody(self) -> Person:
        if not (self.email or self.subject):
            raise ValueError("needs an email or a subject")
        return self


class Role(BaseModel):
    """`[[access.role]]`: everybody whose token has this value in this claim."""

    model_config = _FROZEN

    claim: Text = "roles"
    value: Text
    provider: str | None = None
    audiences: Audiences


class Access(BaseModel):
    """`[access]`: the address people use, how long a session lasts, and who may see what."""

    model_config = _FROZEN

    public_url: Annotated[str, AfterValidator(_origin)] | None = None
    session_hours: Annotated[float, Field(gt=0, le=24)] = 8
    idle_minutes: Annotated[float, Field(gt=0, le=24 * 60)] = 60
    proxies: list[str] = []
    providers: Annotated[list[Provider], Field(alias="provider")] = []
    people: Annotated[list[Person], Field(alias="person")] = []
    roles: Annotated[list[Role], Field(alias="role")] = []

    @field_validator("proxies")
    @classmethod
    def _are_networks(cls, value: list[str]) -> list[str]:
        for network in value:
            ipaddress.ip_network(network)
        return value

    @model_validator(mode="after")
    def _providers_are_known(self) -> Access:
        names = [provider.name for provider in self.providers]
        if len({name.casefold() for name in names}) < len(names):
            raise ValueError("two providers have the same name")
        if names and not self.public_url:
            raise ValueError("signing in needs public_url, the address that people type")
        for entry in self._entries:
            if entry.provider is not None and entry.provider not in names:
                raise ValueError(f"the provider {entry.provider!r} is not among {', '.join(names) or 'them: none'}")
            by_address = isinstance(entry, Person) and not entry.subject
            if len(names) > 1 and entry.provider is None and not by_address:
                raise ValueError("with several providers, a subject or a role must say of which (provider = …)")
        return self

    @property
    def _entries(self) -> tuple[Person | Role, ...]:
        return (*self.people, *self.roles)

    @property
    def wanted(self) -> bool:
        """True when people are to sign in."""
        return bool(self.providers)

    @property
    def all_audiences(self) -> set[str]:
        """Every audience that somebody is given."""
        return {audience for entry in self._entries for audience in entry.audiences}

    def audiences_of(
        self, provider: str, subject: str, email: str | None, claims: Mapping[str, Sequence[Any]]
    ) -> list[str]:
        """The audiences of somebody whom `provider` signed in, in the order of trust.toml; none for a stranger.

        email: an address that the provider vouches for, else None. claims: the values of each claim, as lists.
        An entry with both an email and a subject needs both to be theirs.
        """
        found: dict[str, None] = {}
        for person in self.people:
            is_theirs = (
                person.provider in (None, provider)
                and person.email in (None, email)
                and person.subject in (None, subject)
            )
            if is_theirs:
                found.update(dict.fromkeys(person.audiences))
        for role in self.roles:
            if role.provider in (None, provider) and role.value in claims.get(role.claim, ()):
                found.update(dict.fromkeys(role.audiences))
        return list(found)


class Group(BaseModel):
    """`[[school.group]]`: pupils of one school whom one audience sees by name: a tutor's, or a champion's.

    The pupils are those of the forms and year groups on the day of the figures, and those of the list
    identity/groups/<school>/<slug>.csv with `list = true`.
    """

    model_config = _FROZEN

    slug: Annotated[str, Field(pattern=rf"^{_SLUG}$")]
    name: Text
    forms: list[Text] = []
    year_groups: list[Text] = []
    has_list: Annotated[bool, Field(alias="list")] = False

    @model_validator(mode="after")
    def _has_pupils(self) -> Group:
        if self.slug == GOVERNORS:
            raise ValueError(f"{GOVERNORS} is the audience of a school's governors; choose another slug")
        if not (self.forms or self.year_groups or self.has_list):
            raise ValueError("needs forms, year_groups or list = true")
        return self
