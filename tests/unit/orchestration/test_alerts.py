"""Alerts against servers on this computer: a mail server with its own certificate, and a webhook in every mood."""

import datetime as dt
import hashlib
import hmac
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Session

from ingestion.alert_settings import EVENTS, Alerts
from ingestion.trust import TrustError, TrustFolder, init_trust, load_trust
from orchestration import alerts, cli
from orchestration.delivery import SIGNATURE, TIMESTAMP, Message, deliver
from tests.hook import Hook
from tests.integration.tiny import TRUST_TOML

MESSAGE = Message("k1", "A subject", "Some text", {"event": "test"})


class Mailbox:
    """Keeps the mails that the server took, and whether each came over TLS."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, bool]] = []

    async def handle_DATA(self, server: Any, session: Session, envelope: Any) -> str:
        self.mails.append((envelope.content.decode(), session.ssl is not None))
        return "250 taken"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that no authority has signed, with its key in the same file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    today = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    path = tmp_path_factory.mktemp("tls") / "mail.pem"
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(pem) + private)
    return path


@pytest.fixture
def mail_server(certificate: Path) -> Iterator[tuple[Mailbox, int]]:
    """A mail server that takes mail only over STARTTLS, from a user with the right password."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    box = Mailbox()

    def login(*arguments: Any) -> AuthResult:
        return AuthResult(success=arguments[-1].password == b"right", handled=False)

    controller = Controller(
        box, hostname="127.0.0.1", port=0, tls_context=context, require_starttls=True, auth_required=True,
        authenticator=login,
    )  # fmt: skip
    # aiosmtpd connects to the port it was given to see that it is up: the system chooses one beforehand.
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        controller.port = free.getsockname()[1]
    controller.start()
    yield box, controller.port
    controller.stop()


def mail(port: int, **changes: Any) -> Alerts:
    email = {"host": "127.0.0.1", "port": port, "user": "rollcall", "from": "a@example.org", "to": ["b@example.org"]}
    return Alerts.model_validate({"email": {**email, **changes}})


def test_a_mail_goes_out_by_starttls_with_a_checked_certificate(
    mail_server: tuple[Mailbox, int], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box, port = mail_server
    monkeypatch.setenv("ROLLCALL_SMTP_PASSWORD", "right")
    (found,) = deliver(mail(port, ca_file=str(certificate)), [MESSAGE])
    assert found.problem is None
    ((text, by_tls),) = box.mails
    assert by_tls
    assert "Subject: A subject" in text
    assert "Some text" in text


def test_a_missing_authority_file_is_said(mail_server: tuple[Mailbox, int], tmp_path: Path) -> None:
    (found,) = deliver(mail(mail_server[1], ca_file=str(tmp_path / "none.pem")), [MESSAGE])
    assert found.problem == "the ca_file of trust.toml cannot be read"


def test_a_certificate_that_nobody_vouches_for_is_refused(
    mail_server: tuple[Mailbox, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    box, port = mail_server
    monkeypatch.setenv("ROLLCALL_SMTP_PASSWORD", "right")
    (found,) = deliver(mail(port), [MESSAGE])
    assert found.problem == "the server's certificate is not trusted, or TLS failed"
    assert box.mails == []


@pytest.mark.parametrize(("password", "problem"), [("wrong", "refused it"), (None, "ROLLCALL_SMTP_PASSWORD")])
def test_a_wrong_or_missing_password_is_said_at_once(
    mail_server: tuple[Mailbox, int], certificate: Path, password: str | None, problem: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.delenv("ROLLCALL_SMTP_PASSWORD", raising=False)
    if password:
        monkeypatch.setenv("ROLLCALL_SMTP_PASSWORD", password)
    began = time.monotonic()
    (found,) = deliver(mail(mail_server[1], ca_file=str(certificate)), [MESSAGE])
    assert problem in (found.problem or "")
    assert time.monotonic() - began < 2


@pytest.fixture
def hook(request: pytest.FixtureRequest) -> Iterator[Hook]:
    server = Hook(list(getattr(request, "param", [200])))
    yield server
    server.close()


def web(url: str) -> Alerts:
    return Alerts.model_validate({"webhook": {"url": url}})


def test_a_webhook_is_signed(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_WEBHOOK_SECRET", "s3cret")
    (found,) = deliver(web(hook.url), [MESSAGE])
    assert found.problem is None
    ((headers, body),) = hook.taken
    said = headers[TIMESTAMP].encode() + b"." + body
    assert headers[SIGNATURE] == "sha256=" + hmac.new(b"s3cret", said, hashlib.sha256).hexdigest()
    assert json.loads(body) == MESSAGE.facts
    assert headers["Idempotency-Key"] == "k1"


@pytest.mark.parametrize(
    ("hook", "tries", "problem"),
    [
        ([500, 200], 2, None),
        ([500], 3, "it failed (RuntimeError)"),
        ([404], 1, "the webhook answered 404"),
        ([302], 1, "the webhook answered 302"),
    ],
    indirect=["hook"],
)
def test_what_may_pass_is_tried_again_and_no_redirect_is_followed(hook: Hook, tries: int, problem: str | None) -> None:
    (found,) = deliver(web(hook.url), [MESSAGE])
    assert (found.problem, len(hook.taken)) == (problem, tries)


@pytest.mark.parametrize("hook", [[None]], indirect=True)
def test_a_server_that_hangs_holds_nobody(hook: Hook) -> None:
    began = time.monotonic()
    found = deliver(web(hook.url), [MESSAGE, Message("k2", "", "", {})], deadline=1.0)
    assert time.monotonic() - began < 2
    assert [one.problem is not None for one in found] == [True, True]


def test_a_server_that_is_not_there_is_a_problem_and_no_exception() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (found,) = deliver(web(f"http://127.0.0.1:{port}/"), [MESSAGE])
    assert found.problem == "the server cannot be reached (ConnectionRefusedError)"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('events = ["lunch"]', "'lunch' is not known"),
        ("[alerts.webhook]\nurl = 'http://hooks.example.org/'", "must begin with https://"),
        ("[alerts.webhook]\nurl = 'file:///etc/passwd'", "of the form https://"),
        ("[alerts.email]\nhost = 'm'\nfrom = 'a@b'\nto = ['nobody']", "'nobody' is no mail address"),
        ("[alerts.email]\nhost = 'm'\nfrom = 'a@b'\nto = ['c@d']\nuser = 'u'\nsecurity = 'none'", "in the open"),
        ("[alerts.email]\nhost = 'm'\nfrom = 'a@b'\nto = ['c@d']\npassword = 'hunter2'", "password"),
    ],
)
def test_a_wrong_setting_is_one_sentence(tmp_path: Path, settings: str, said: str) -> None:
    (tmp_path / "trust.toml").write_text(TRUST_TOML + "[alerts]\n" + settings)
    with pytest.raises(TrustError, match=r"trust\.toml line") as error:
        load_trust(tmp_path)
    assert said in str(error.value)
    assert "hunter2" not in str(error.value)


@pytest.fixture
def trust(tmp_path: Path, hook: Hook) -> Path:
    root = tmp_path / "trust"
    settings = f'[alerts]\nevents = {json.dumps(EVENTS)}\n[alerts.webhook]\nurl = "{hook.url}"\n'
    init_trust(root, TRUST_TOML + settings)
    return root


def summary(outcome: str, run_id: str = "20250920-070000-aaaa") -> dict[str, Any]:
    failed = [{"check": "c", "severity": "error", "message": "marks_Surname3.csv is wrong"}]
    return {
        "run_id": run_id,
        "outcome": outcome,
        "why": ["marks_Surname3.csv is wrong"],
        "landed": {"extracts": 2, "rows_refused": 7},
        "checks": {"failed": failed},
    }


@pytest.mark.parametrize("outcome", ["failed", "refused", "published"])
def test_a_run_is_told_once_without_a_file_s_name(trust: Path, hook: Hook, outcome: str) -> None:
    assert alerts.tell_run(trust, summary(outcome)) == {"sent": 1, "failed": []}
    assert alerts.tell_run(trust, summary(outcome)) is None
    ((_, body),) = hook.taken
    assert json.loads(body)["counts"] == {"extracts_taken_in": 2, "rows_refused": 7, "checks_failed": 1}
    assert b"Surname3" not in body
    assert alerts.tell_run(trust, {"outcome": "nothing_new", "run_id": None}) is None


@pytest.mark.parametrize("hook", [[404, 200]], indirect=True)
def test_what_stands_is_told_once_in_part_or_whole(trust: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(*schools: str) -> list[dict[str, Any]]:
        return [{"extract_id": "e1", "school": s, "school_name": s.title(), "rows": 9} for s in schools]

    standing: dict[str, Any] = {"held": held("elm")}
    monkeypatch.setattr(alerts, "current_release", lambda folder: trust)
    monkeypatch.setattr("orchestration.freshness.awaiting_review", lambda release: standing["held"])
    monkeypatch.setattr("orchestration.freshness.freshness", lambda release, day: [])
    nothing = {"outcome": "nothing_new", "run_id": None}
    first = alerts.tell_run(trust, nothing)
    assert first is not None
    assert (first["sent"], [one["problem"] for one in first["failed"]]) == (0, ["the webhook answered 404"])
    assert [one["event"] for one in alerts.undelivered(TrustFolder(trust))] == ["extract_held"]
    assert alerts.tell_run(trust, nothing) == {"sent": 1, "failed": []}, "what did not go out is told again"
    assert alerts.undelivered(TrustFolder(trust)) == []
    standing["held"] = held("elm", "oak")
    assert alerts.tell_run(trust, nothing) == {"sent": 1, "failed": []}
    assert [school["slug"] for school in json.loads(hook.taken[-1][1])["schools"]] == ["oak"]
    assert alerts.tell_run(trust, nothing) is None


@pytest.mark.parametrize("hook", [[404, 200]], indirect=True)
def test_the_command_sends_a_test(trust: Path, hook: Hook, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.invoke(["alerts", "--test", "--trust", str(trust), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["test"] == [
        {"channel": "webhook", "problem": "the webhook answered 404"}
    ]
    assert cli.invoke(["alerts", "--test", "--trust", str(trust)]) == 0
    assert "Test by webhook: sent." in capsys.readouterr().out


def test_an_alert_that_cannot_be_made_fails_no_run(trust: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("A123456789012")

    monkeypatch.setattr("orchestration.delivery.deliver", fail)
    told = alerts.tell_run(trust, summary("failed"))
    assert told is not None
    assert "ValueError at test_alerts.py" in told["failed"][0]["problem"]
    assert "A123456789012" not in json.dumps(told)
