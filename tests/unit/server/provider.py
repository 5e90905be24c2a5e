"""An OpenID provider of one's own: discovery, keys, tokens; and what an attacker in its place would send."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "rollcall", "the client's secret"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
ANOTHER_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


@dataclass
class OpenIdProvider:
    """Signs in whoever the test says, as `claims`. What a test changes of the token is in `forged` and `sign`."""

    issuer: str = "https://sign-in.example"
    claims: dict[str, Any] = field(default_factory=dict)
    forged: dict[str, Any] = field(default_factory=dict)
    keys: list[RSAKey] = field(default_factory=lambda: [KEY])
    sign: Any = None
    metadata: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key_requests: int = 0

    @property
    def transport(self) -> httpx.ASGITransport:
        path = urlsplit(self.issuer).path
        routes = [
            Route(path + "/.well-known/openid-configuration", self._discovery),
            Route("/keys", self._keys),
            Route("/token", self._token, methods=["POST"]),
        ]
        return httpx.ASGITransport(Starlette(routes=routes))

    def approve(self, address: str) -> str:
        """The person signs in at the address they were sent to; returns where the provider sends them back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?code={code}&state={asked['state']}"

    async def _discovery(self, request: Request) -> Response:
        host = "https://" + (urlsplit(self.issuer).hostname or "")
        return JSONResponse(
            {
                "issuer": self.issuer, "authorization_endpoint": host + "/authorize", "token_endpoint": host + "/token",
                "jwks_uri": host + "/keys", "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
                **self.metadata,
            }
        )  # fmt: skip

    async def _keys(self, request: Request) -> Response:
        self.key_requests += 1
        return JSONResponse({"keys": [key.as_dict(private=False) for key in self.keys]})

    async def _token(self, request: Request) -> Response:
        told = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(told.get("code", ""), None)
        basic = base64.b64decode(request.headers.get("authorization", "Basic ").removeprefix("Basic ")).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(told.get("code_verifier", "").encode()).digest()).rstrip(
            b"="
        )
        right = (
            asked is not None
            and basic == f"{CLIENT}:{SECRET}"
            and challenge.decode() == asked["code_challenge"]
            and told["redirect_uri"] == asked["redirect_uri"]
        )
        if not right or asked is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "42", "iat": now, "exp": now + 600, "nonce": asked["nonce"],
            **self.claims, **self.forged,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        token = (self.sign or signed)(claims)
        return JSONResponse({"access_token": "nothing", "token_type": "Bearer", "id_token": token})


def signed(claims: dict[str, Any], key: RSAKey = KEY) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)


def unsigned(claims: dict[str, Any]) -> str:
    return ".".join([_part({"alg": "none"}), _part(claims), ""])


def signed_with_public_key(claims: dict[str, Any]) -> str:
    """HS256 under the provider's public key, which everybody has."""
    import hmac

    head = _part({"alg": "HS256", "kid": "one"}) + "." + _part(claims)
    mac = hmac.new(KEY.as_pem(private=False), head.encode(), hashlib.sha256).digest()
    return head + "." + base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
