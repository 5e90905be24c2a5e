"""`rollcall serve`: the dashboards in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.commands.common import (
    CommandError,
    JsonOption,
    TrustOption,
    console,
    print_json,
    trust_dir,
)

if TYPE_CHECKING:
    from ingestion.trust import TrustFolder

# Beyond these a client waits, or is told to come again; a page asks for some forty files.
_CONNECTIONS = {"limit_concurrency": 1000, "timeout_keep_alive": 30, "timeout_graceful_shutdown": 10}


def serve(
    trust: TrustOption = None,
    audience: Annotated[
        str | None, typer.Option(help="Without sign-in: whose dashboards, network (the default) or school/<slug> …")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on.")] = 8800,
    host: Annotated[str, typer.Option(help="The address to listen on; others than this computer need sign-in.")] = (
        "127.0.0.1"
    ),
    sign_in: Annotated[
        bool | None,
        typer.Option(
            "--sign-in/--no-sign-in",
            help="Whether people sign in; by default they do when trust.toml has [[access.provider]].",
            show_default=False,
        ),
    ] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="The certificate, where no proxy in front does TLS.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="The key of --tls-cert.")] = None,
    as_json: JsonOption = False,
) -> int:
    """The dashboards in a browser: as one audience on this computer, or for people who sign in."""
    from ingestion.trust import TrustFolder, load_trust
    from ingestion.web_addresses import is_this_computer
    from orchestration.release import current_or_mend

    root = trust_dir(trust)
    settings, folder = load_trust(root), TrustFolder(root)
    signed_in = settings.access.wanted if sign_in is None else sign_in
    if not signed_in and not is_this_computer(host):
        raise CommandError(f"Without sign-in the dashboards are for this computer only, not for {host}; see --sign-in.")
    if signed_in and audience is not None:
        raise CommandError("With sign-in, who signs in decides the audience; leave --audience out, or --no-sign-in.")
    if (tls_cert is None) != (tls_key is None):
        raise CommandError("--tls-cert and --tls-key go together.")
    current_or_mend(folder)
    # By way of the symlink, so that the next release shows without a restart.
    site, options = folder.current / "site", dict[str, Any](_CONNECTIONS)
    if tls_cert is not None:
        options |= {"ssl_certfile": tls_cert, "ssl_keyfile": tls_key}
    if signed_in:
        from dashboards.server import make_signed_in_app
        from orchestration.sign_in import server_settings

        app = make_signed_in_app(site, server_settings(folder, settings))
        address, whose = str(settings.access.public_url), None
        options |= {"forwarded_allow_ips": settings.access.proxies}
        sentence = f"{address} shows each person who signs in their own dashboards, from {host} port {port}"
    else:
        app, whose = _for_one(folder, audience or "network"), audience or "network"
        address = f"{'https' if tls_cert else 'http'}://{f'[{host}]' if ':' in host else host}:{port}/"
        sentence = f"{address} shows the dashboards of {whose}"
    if as_json:
        print_json({"address": address, "audience": whose})
    console(error=True).print(f"{sentence}; stop with Ctrl-C.", markup=False, soft_wrap=True)
    import uvicorn

    uvicorn.run(
        app,
        host=host,
        port=port,
        http="h11",  # bounds the size of a request's headers
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(options.get("forwarded_allow_ips")),
        **options,
    )
    return 0


def _for_one(folder: TrustFolder, audience: str) -> Any:
    from dashboards.serve import make_app

    site = folder.current / "site"
    try:
        return make_app(site, audience)
    except ValueError:
        real = site.resolve()
        there = ", ".join(sorted(str(page.parent.relative_to(real)) for page in real.rglob("index.html")))
        raise CommandError(
            f"The current release has no dashboards for {audience}; its audiences are {there or 'none'}."
        ) from None
