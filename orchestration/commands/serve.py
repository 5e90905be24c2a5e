"""`rollcall serve`: the dashboards in a browser."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.commands.common import (
    CommandError,
    JsonOption,
    TrustOption,
    console,
    print_json,
    trust_dir,
)


def serve(
    trust: TrustOption = None,
    audience: Annotated[str, typer.Option(help="Whose dashboards: network, or school/<slug>.")] = "network",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port on this computer.")] = 8800,
    as_json: JsonOption = False,
) -> int:
    """The dashboards in a browser, on this computer only, as one audience sees them."""
    from ingestion.trust import TrustFolder, load_trust
    from orchestration.release import current_or_mend

    root = trust_dir(trust)
    load_trust(root)
    folder = TrustFolder(root)
    site = current_or_mend(folder) / "site"
    if not (site / audience).is_dir():
        there = ", ".join(sorted(str(p.parent.relative_to(site)) for p in site.rglob("index.html"))) or "none"
        raise CommandError(f"The current release has no dashboards for {audience}; its audiences are {there}.")
    import uvicorn

    from dashboards.serve import make_app

    address = f"http://127.0.0.1:{port}/"
    if as_json:
        print_json({"address": address, "audience": audience})
    console(error=True).print(f"{address} shows the dashboards of {audience}; stop with Ctrl-C.", markup=False)
    # By way of the symlink, so that the next release shows without a restart.
    uvicorn.run(make_app(folder.current / "site", audience), host="127.0.0.1", port=port, log_level="warning")
    return 0
