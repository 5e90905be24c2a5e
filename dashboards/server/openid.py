"""Signing in by OpenID Connect: the authorization code flow with PKCE, and what of an ID token may be believed.

Belongs here: one provider's metadata, keys and tokens. Does not belong here: sessions, and what a person may see.
"""

from __future__ import annotations

import secrets
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

with warnings.catch_warnings():
    from authlib.deprecate import AuthlibDeprecationWarning

    # Authlib would rather have the successor of httpx; both work.
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.common.errors import AuthlibBaseError
    from authlib.integrations.httpx_client import AsyncOAuth2Client
    from authlib.oidc.core import CodeIDToken

# Signatures by a key that only the provider has; never "none", nor a secret that is shared with it.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_LEEWAY = 60
_FRESH_SECONDS = 3_600
_RETRY_SECONDS = 60
_GOOGLE_MAIL = "gmail.com"


class SignInError(Exception):
    """A sign-in that must not go on; `.args[0]` is a word for the log that says why, and nothing of the token."""


@dataclass(frozen=True)
class Identity:
    """Who signed in. email: an address only where the provider vouches for it; claims: the values of each claim."""

    provider: str
    subject: str
    email: str | None
    name: str
    claims: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)


@dataclass
class Provider:
    """One OpenID provider. kind: microsoft, google or other; role_claims: the claims to keep; domains: of addresses.

    plain_address: makes an e-mail address comparable, or None of what is none.
    """

    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    kind: str
    plain_address: Callable[[str], str | None]
    domains: tuple[str, ...] = ()
    role_claims: tuple[str, ...] = ()
    transport: httpx.AsyncBaseTransport | None = None
    _metadata: dict[str, Any] = field(default_factory=dict, repr=False)
    _keys: KeySet = field(default_factory=lambda: KeySet([]), repr=False)
    _loaded: float | None = None

    async def address(self, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """Where the browser goes to sign in. Raises SignInError when the provider cannot be reached."""
        await self._load()
        async with self._client(redirect_uri=redirect_uri, scope="openid email profile") as client:
            url, _ = client.create_authorization_url(
                self._metadata["authorization_endpoint"],
                state=state,
                nonce=nonce,
                code_verifier=verifier,
                prompt="select_account",
            )
        return str(url)

    async def identity(self, redirect_uri: str, code: str, nonce: str, verifier: str) -> Identity:
        """Who the person is that came back with `code`. Raises SignInError with the reason why that is not known."""
        await self._load()
        try:
            async with self._client(redirect_uri=redirect_uri) as client:
                token = await client.fetch_token(
                    self._metadata["token_endpoint"], code=code, code_verifier=verifier, grant_type="authorization_code"
                )
        except (AuthlibBaseError, httpx.HTTPError, ValueError):
            raise SignInError("code_refused") from None
        if not isinstance(token.get("id_token"), str):
            raise SignInError("no_id_token")
        return self._judge(await self._claims(token, nonce))

    async def _claims(self, token: dict[str, Any], nonce: str) -> dict[str, Any]:
        try:
            try:
                read = jwt.decode(token["id_token"], self._keys, algorithms=_ALGORITHMS)
            except InvalidKeyIdError:  # the provider has changed its keys
                await self._load(again=True)
                read = jwt.decode(token["id_token"], self._keys, algorithms=_ALGORITHMS)
            expected = {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self.client_id},
            }
            known = {"nonce": nonce, "client_id": self.client_id, "access_token": token.get("access_token")}
            claims = CodeIDToken(read.claims, read.header, expected, known)
            claims.validate(leeway=_LEEWAY)
        except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError):
            raise SignInError("token_refused") from None
        return dict(claims)

    def _judge(self, claims: dict[str, Any]) -> Identity:
        """The person of a token whose signature, issuer, audience, times and nonce are right."""
        subject = claims.get("oid") if self.kind == "microsoft" else claims.get("sub")
        if not isinstance(subject, str) or not subject:
            raise SignInError("no_subject")
        if self.kind == "microsoft" and claims.get("tid") != self._tenant:
            raise SignInError("another_tenant")
        name = claims.get("name")
        kept = {claim: _texts(claims.get(claim)) for claim in self.role_claims}
        return Identity(self.name, subject, self._vouched(claims), name if isinstance(name, str) else "", kept)

    @property
    def _tenant(self) -> str:
        return urlsplit(self.issuer).path.strip("/").partition("/")[0]

    def _vouched(self, claims: dict[str, Any]) -> str | None:
        """The person's address, where nobody but its owner can have it in a token of this provider."""
        said = claims.get("email")
        if self.kind == "microsoft":
            # In `email` a guest may bring what their own tenant wrote; a member's user name is the trust's to give.
            homes = (None, self.issuer, f"https://sts.windows.net/{self._tenant}/")
            if claims.get("acct") == 1 or claims.get("idp") not in homes:
                return None
            if str(claims.get("xms_edov")).lower() not in ("1", "true"):
                said = claims.get("preferred_username")
        elif claims.get("email_verified") is not True:
            return None
        address = self.plain_address(said) if isinstance(said, str) else None
        domain = address.rpartition("@")[2] if address else ""
        if self.domains and domain not in self.domains:
            return None
        # Google vouches for an address for good only within an organisation, or where it gives it out itself.
        if self.kind == "google" and domain != _GOOGLE_MAIL and claims.get("hd") not in self.domains:
            return None
        return address

    async def _load(self, again: bool = False) -> None:
        """The provider's metadata and keys; anew after an hour, or `again` when a key is not among them."""
        if self._loaded is not None:
            age = time.monotonic() - self._loaded
            if age < (_RETRY_SECONDS if again else _FRESH_SECONDS):
                return
        try:
            async with httpx.AsyncClient(transport=self.transport, timeout=10) as client:
                found = await client.get(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
                metadata = found.raise_for_status().json()
                if metadata["issuer"] != self.issuer:
                    raise SignInError("another_issuer")
                for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                    if urlsplit(metadata[name]).scheme not in ("https", urlsplit(self.issuer).scheme):
                        raise SignInError("provider_unsafe")
                keys = (await client.get(metadata["jwks_uri"])).raise_for_status().json()
            self._metadata, self._keys, self._loaded = metadata, KeySet.import_key_set(keys), time.monotonic()
        except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError):
            raise SignInError("provider_unreachable") from None

    def _client(self, **more: Any) -> AsyncOAuth2Client:
        methods = self._metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return AsyncOAuth2Client(
            client_id=self.client_id,
            client_secret=self.client_secret,
            token_endpoint_auth_method="client_secret_basic" if "client_secret_basic" in methods else methods[0],
            code_challenge_method="S256",
            transport=self.transport,
            timeout=10,
            **more,
        )


def fresh_secret() -> str:
    """A nonce or code verifier that nobody can guess."""
    return secrets.token_urlsafe(48)


def _texts(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(text for text in values if isinstance(text, str))
