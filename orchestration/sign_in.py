"""What the server of people who sign in is told of the trust: who may see what, secrets and logs.

Belongs here: trust.toml and the restricted side, read for dashboards/server. Does not belong here: HTTP.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingestion.access_settings import GOVERNORS, Access, plain_address
from ingestion.access_settings import Provider as ProviderSettings
from ingestion.files import write_private_atomically
from ingestion.trust import Trust, TrustError, TrustFolder, load_trust
from orchestration.logs import log_days

if TYPE_CHECKING:
    from dashboards.server import Identity, Provider, ServerSettings


class WhoMaySee:
    """The audiences that people have, by trust.toml as it stands: read anew whenever the file has changed.

    While the file cannot be read nobody sees anything: somebody who was taken out of it must be out at once.
    """

    def __init__(self, folder: TrustFolder, trust: Trust) -> None:
        self._folder, self._trust = folder, trust
        self._stamp = self._stamp_now()

    def trust(self) -> Trust:
        """The trust as its file stands. Raises UnreadableError."""
        from dashboards.server.gate import UnreadableError

        stamp = self._stamp_now()
        if stamp != self._stamp or stamp is None:
            try:
                self._trust, self._stamp = load_trust(self._folder.root), stamp
            except (TrustError, OSError):
                self._stamp = None
                raise UnreadableError from None
        return self._trust

    def audiences_of(self, identity: Identity) -> Sequence[str]:
        """The audiences of somebody who signed in. Raises UnreadableError."""
        return self.trust().access.audiences_of(identity.provider, identity.subject, identity.email, identity.claims)

    def labels(self) -> dict[str, str]:
        """Schools, their governors and groups in words, by audience."""
        named = {}
        for school in self.trust().schools:
            named[f"school/{school.slug}"] = school.name
            named[f"school/{school.slug}/{GOVERNORS}"] = f"{school.name}: governors"
            named |= {f"school/{school.slug}/{group.slug}": f"{school.name}: {group.name}" for group in school.groups}
        return named

    def _stamp_now(self) -> tuple[int, int, int] | None:
        try:
            found = self._folder.config.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def server_settings(folder: TrustFolder, trust: Trust) -> ServerSettings:
    """What `make_signed_in_app` needs. Raises TrustError when a provider's secret is missing or open to others."""
    from dashboards.server import ServerSettings
    from dashboards.server.log import ACCESS, SIGN_INS, DailyLog, pseudonym

    access, who, key = trust.access, WhoMaySee(folder, trust), _log_key(folder)
    if not access.wanted or access.public_url is None:
        raise TrustError(
            f"{folder.config} has no [[access.provider]], so that nobody could sign in; docs/serving.md says how."
        )
    days = log_days(trust)
    return ServerSettings(
        public_url=access.public_url,
        providers=[_provider(folder, access, one) for one in access.providers],
        audiences_of=who.audiences_of,
        labels=who.labels,
        person_of=lambda identity: pseudonym(key, identity.provider, identity.subject),
        log_access=DailyLog(folder.runs / "access", ACCESS, days).write,
        log_sign_in=DailyLog(folder.identity / "sign_ins", SIGN_INS, days).write,
        session_hours=access.session_hours,
        idle_minutes=access.idle_minutes,
    )


def _provider(folder: TrustFolder, access: Access, settings: ProviderSettings) -> Provider:
    from dashboards.server import Provider

    return Provider(
        name=settings.name,
        issuer=settings.issuer,
        client_id=settings.client_id,
        client_secret=_secret(folder, settings),
        kind=settings.kind,
        plain_address=plain_address,
        domains=tuple(settings.domains),
        role_claims=tuple({role.claim for role in access.roles if role.provider in (None, settings.name)}),
    )


def _secret(folder: TrustFolder, settings: ProviderSettings) -> str:
    given = os.environ.get(settings.secret_variable, "").strip()
    if given and not settings.secret_file:
        return given
    if not settings.secret_file:
        raise TrustError(
            f"The client secret of {settings.name} is missing; set {settings.secret_variable}, or name a secret_file."
        )
    path = folder.identity / settings.secret_file
    if not path.is_file():
        raise TrustError(f"The client secret of {settings.name} is missing; put it into {path}.")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise TrustError(f"{path} can be read by others; take that away with `chmod 600`.")
    return path.read_text(encoding="utf-8").strip()


def _log_key(folder: TrustFolder) -> bytes:
    path: Path = folder.identity / "access_log.key"
    if not path.is_file():
        write_private_atomically(path, secrets.token_hex(32).encode())
    return path.read_bytes()
