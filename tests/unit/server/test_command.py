"""`rollcall serve`: which mode it takes, and what it refuses before it listens."""

from pathlib import Path
from typing import Any

import pytest
import uvicorn

from ingestion.trust import TrustFolder
from orchestration.cli import invoke
from tests.unit.server.conftest import SCHOOLS
from tests.unit.server.provider import SECRET


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What uvicorn was told, in place of serving."""
    told: dict[str, Any] = {}
    monkeypatch.setattr(uvicorn, "run", lambda app, **options: told.update(options, app=app))
    monkeypatch.setenv("ROLLCALL_SIGN_IN_SECRET", SECRET)
    # What the command needs of a release, the small one of these tests has not.
    monkeypatch.setattr("orchestration.release.current_or_mend", lambda folder: folder.current)
    return told


def serve(folder: TrustFolder, *options: str) -> int:
    return invoke(["serve", "--trust", str(folder.root), *options])


def test_with_a_provider_people_sign_in(folder: TrustFolder, served: dict[str, Any]) -> None:
    assert serve(folder, "--host", "0.0.0.0") == 0
    assert (served["host"], served["proxy_headers"], served["http"]) == ("0.0.0.0", False, "h11")
    assert served["app"].state.settings.public_url == "https://rollcall.example"


def test_proxy_headers_count_from_the_named_proxies_only(folder: TrustFolder, served: dict[str, Any]) -> None:
    text = folder.config.read_text().replace("[access]\n", '[access]\nproxies = ["10.0.0.7"]\n')
    folder.config.write_text(text)
    assert serve(folder) == 0
    assert (served["proxy_headers"], served["forwarded_allow_ips"]) == (True, ["10.0.0.7"])


def test_without_a_provider_one_audience_is_served_to_this_computer(
    folder: TrustFolder, served: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    folder.config.write_text(SCHOOLS)
    assert serve(folder, "--audience", "school/ash/oak-class") == 0
    assert (served["host"], served["app"].state.audience) == ("127.0.0.1", "school/ash/oak-class")
    assert serve(folder) == 0
    assert served["app"].state.audience == "network"
    served.clear()
    assert serve(folder, "--audience", "school/nowhere") == 2
    assert "its audiences are analyst, network, school/ash, school/ash/oak-class" in capsys.readouterr().err
    assert serve(folder, "--host", "0.0.0.0") == 2
    assert "this computer only" in capsys.readouterr().err
    assert serve(folder, "--sign-in") == 2
    assert "no [[access.provider]]" in capsys.readouterr().err
    assert served == {}


def test_sign_in_can_be_left_out_on_this_computer_only(folder: TrustFolder, served: dict[str, Any]) -> None:
    assert serve(folder, "--no-sign-in", "--host", "192.0.2.1") == 2
    assert serve(folder, "--audience", "network") == 2, "who signs in decides the audience"
    assert serve(folder, "--tls-cert", "cert.pem") == 2
    assert served == {}
    assert serve(folder, "--no-sign-in", "--audience", "network") == 0


def test_a_client_secret_that_is_missing_or_open_to_others_is_refused(
    folder: TrustFolder,
    served: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("ROLLCALL_SIGN_IN_SECRET")
    assert serve(folder) == 2
    assert "ROLLCALL_SIGN_IN_SECRET" in capsys.readouterr().err
    text = folder.config.read_text().replace('client_id = "', 'secret_file = "ours.secret"\nclient_id = "')
    folder.config.write_text(text)
    path: Path = folder.identity / "ours.secret"
    assert serve(folder) == 2
    path.write_text(SECRET)
    path.chmod(0o640)
    assert serve(folder) == 2
    assert "chmod 600" in capsys.readouterr().err
    path.chmod(0o600)
    assert serve(folder) == 0
    assert served["app"].state.settings.providers[0].client_secret == SECRET
    assert SECRET not in repr(served["app"].state.settings)
