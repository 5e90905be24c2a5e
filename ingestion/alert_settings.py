"""`[alerts]` of trust.toml, typed: who is told of what, and over which server. Secrets are never in the file.

Belongs here: the form of the settings. Does not belong here: sending (orchestration/delivery.py).
"""

from __future__ import annotations

import os
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from ingestion.web_addresses import safe_url

EVENTS = ("run_failed", "release_refused", "extract_held", "school_overdue", "published", "restored")
_UNASKED = ("published",)
_ADDRESS = re.compile(r"^[^@\s<>,;]+@[^@\s<>,;]+$")
_VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"


class Email(BaseModel):
    """`[alerts.email]`: a mail server and the addresses. The password is in the environment variable named here."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password_variable: Annotated[str, Field(pattern=_VARIABLE)] = "ROLLCALL_SMTP_PASSWORD"
    sender: Annotated[str, Field(alias="from")]
    to: Annotated[list[str], Field(min_length=1)]
    ca_file: str | None = None

    @field_validator("sender", "to")
    @classmethod
    def _addresses(cls, value: str | list[str]) -> str | list[str]:
        for address in [value] if isinstance(value, str) else value:
            if not _ADDRESS.match(address):
                raise ValueError(f"{address!r} is no mail address")
        return value

    @model_validator(mode="after")
    def _no_password_in_the_open(self) -> Email:
        if self.user and self.security == "none":
            raise ValueError('a user needs security = "starttls" or "tls": the password would go in the open')
        return self

    @property
    def password(self) -> str | None:
        """The password, where the environment has one."""
        return os.environ.get(self.password_variable) or None


class Webhook(BaseModel):
    """`[alerts.webhook]`: an address that takes JSON; signed where the environment variable named here has a secret."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[str, AfterValidator(safe_url)]
    secret_variable: Annotated[str, Field(pattern=_VARIABLE)] = "ROLLCALL_WEBHOOK_SECRET"
    ca_file: str | None = None

    @property
    def secret(self) -> str | None:
        """The secret that signs, where the environment has one."""
        return os.environ.get(self.secret_variable) or None


class Alerts(BaseModel):
    """`[alerts]`: which events are told, and over which channels; none of these and nothing is sent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    events: list[str] = [event for event in EVENTS if event not in _UNASKED]
    email: Email | None = None
    webhook: Webhook | None = None

    @field_validator("events")
    @classmethod
    def _events_are_known(cls, value: list[str]) -> list[str]:
        for event in value:
            if event not in EVENTS:
                raise ValueError(f"{event!r} is not known; use one of {', '.join(EVENTS)}")
        return value

    @property
    def wanted(self) -> bool:
        """True when there is somebody to tell."""
        return bool(self.events and (self.email or self.webhook))
