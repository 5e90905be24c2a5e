"""The dashboards for people who sign in: OpenID Connect, sessions, limits, the access log.

`make_signed_in_app` puts the routes of serve.py, which hand out files, behind a gate that decides whose files they
are. Belongs here: HTTP, tokens and sessions. Does not belong here: which audience somebody has (trust.toml's, handed
in), what an audience may see (audiences.py), files (serve.py).
"""

from dashboards.server.app import ServerSettings, make_signed_in_app
from dashboards.server.openid import Identity, Provider

__all__ = ["Identity", "Provider", "ServerSettings", "make_signed_in_app"]
