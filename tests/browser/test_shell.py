"""The built shell and what guards it: whole, without data or outside addresses; clear words when it cannot be made."""

import json
import re
import shutil

import pytest

from dashboards import evidence
from tests.browser.pages import SITE


@pytest.fixture
def tiny_shell(tmp_path):
    assets = tmp_path / "_app" / "immutable" / "assets"
    assets.mkdir(parents=True)
    (assets / "duckdb.wasm").write_bytes(b"\0asm")
    (assets / "page.css").write_text("body{background:url('data:image/png;base64,')}")
    (tmp_path / "index.html").write_text(
        "<link href='/icon.svg' rel='icon'><a href='https://example.org/'>a link is no request</a>"
    )
    return tmp_path


def test_a_whole_shell_passes(tiny_shell):
    evidence.smoke_check(tiny_shell)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("index.html", "<p>Error in Query!</p>", "query fails"),
        ("index.html", "<script src='https://cdn.example.org/x.js'></script>", "from outside"),
        ("index.html", "<img src='//example.org/x.png'>", "from outside"),
        ("index.html", "<link rel='stylesheet' href='http://example.org/x.css'>", "from outside"),
        ("_app/immutable/assets/page.css", "@import 'https://fonts.example.org/x.css';", "from outside"),
        ("_app/immutable/assets/page.css", "@font-face{src:url(//example.org/x.woff2)}", "from outside"),
        ("data/manifest.json", "{}", "holds data"),
    ],
)
def test_a_shell_that_is_not_right_is_refused(tiny_shell, file, text, said):
    (tiny_shell / file).parent.mkdir(exist_ok=True)
    (tiny_shell / file).write_text(text)
    with pytest.raises(evidence.SiteError, match=said):
        evidence.smoke_check(tiny_shell)


@pytest.mark.parametrize(
    "missing", ["index.html", "_app/immutable/assets/duckdb.wasm", "_app/immutable/assets/page.css"]
)
def test_a_shell_with_a_part_missing_is_refused(tiny_shell, missing):
    (tiny_shell / missing).unlink()
    with pytest.raises(evidence.SiteError, match="incomplete"):
        evidence.smoke_check(tiny_shell)


def test_without_node_or_npm_one_sentence_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(evidence.SiteError, match=r"^The dashboards need node, which is not installed: install Node 20"):
        evidence.install(tmp_path)


def test_a_changed_page_asks_for_another_shell(tmp_path):
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "index.md").write_text("one")
    before = evidence._digest(tmp_path, ("pages",))
    (tmp_path / "pages" / "index.md").write_text("two")
    assert evidence._digest(tmp_path, ("pages",)) != before


def test_the_lock_file_names_no_registry():
    text = (SITE / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in text
    lock = json.loads(text)
    package = json.loads((SITE / "package.json").read_text("utf-8"))
    root = lock["packages"][""]
    assert (root["dependencies"], root["devDependencies"]) == (package["dependencies"], package["devDependencies"])
    assert all(version[0].isdigit() for version in package["dependencies"].values())


@pytest.mark.browser
def test_the_real_shell_passes_and_is_packed(shell):
    evidence.smoke_check(shell)
    assert evidence.build_shell() == shell
    for file in shell.rglob("*.wasm"):
        assert file.with_name(file.name + ".gz").stat().st_size < file.stat().st_size / 2
    assert not list(shell.rglob("*.parquet"))
    sizes = {kind: sum(file.stat().st_size for file in shell.rglob(f"*.js.{kind}")) for kind in ("br", "gz")}
    assert sizes["br"] < sizes["gz"]


@pytest.mark.browser
def test_the_real_shell_asks_at_once_for_what_every_page_needs_and_for_no_database(shell):
    index = (shell / "index.html").read_text("utf-8")
    asked = re.findall(r'<link rel="(?:modulepreload|preload)"[^>]*? href="/(_app/[^"]+)"', index)
    assert any("/nodes/0." in name for name in asked)
    assert any(name.endswith(".css") for name in asked)
    assert all((shell / name).is_file() for name in asked)
    assert sum((shell / f"{name}.br").stat().st_size for name in set(asked)) < 120_000
