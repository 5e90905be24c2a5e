"""Builds the dashboards' shell: the Evidence project in dashboards/site, without any data in it.

The shell changes only when a page changes, so it is built once and kept under dashboards/site/build by the hash of
its sources; a release adds data to it (site_export.py) and never builds. Belongs here: Node, npm, Vite. Does not
belong here: a trust's data, audiences, serving.
"""

import contextlib
import fcntl
import gzip
import hashlib
import html.parser
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import brotli

SITE = Path(__file__).resolve().parent / "site"
TEMPLATE = SITE / "node_modules" / "@evidence-dev" / "evidence" / "template"
SOURCES = (
    "app.css", "app.html", "client", "components", "evidence.config.yaml", "evidence.settings.json", "package.json",
    "package-lock.json", "pages", "patches", "queries", "static", "svelte.config.js",
)  # fmt: skip
# Evidence's own pages and endpoints that this site does not use (a SQL console, settings, a service worker, metadata)
UNUSED = shutil.ignore_patterns(
    "api", "explore", "settings", "fix-tprotocol-service-worker.js", "manifest.webmanifest",
    "*.png", "favicon.ico", "icon.svg",
)  # fmt: skip
COMPRESSED = {".css", ".html", ".js", ".json", ".svg", ".wasm"}
KEEP_BUILDS = 3


class SiteError(Exception):
    """The dashboards could not be built; its message is one plain sentence that says what to do."""


def install(site: Path = SITE) -> None:
    """Installs the site's npm packages when node_modules is not in step with the lock file and the patches.

    Raises SiteError when Node or npm is missing or the install fails.
    """
    node, npm = _program("node"), _program("npm")
    major = int(_run([node, "--version"], site).lstrip("v").split(".")[0])
    if major < 20:
        raise SiteError(f"Node {major} is too old to build the dashboards: install Node 20 or 22.")
    stamp, wanted = site / "node_modules" / ".rollcall-installed", _digest(site, ("package-lock.json", "patches"))
    with _lock(site / "build" / ".install.lock"):
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        # packages' own install scripts are not run: nothing the build needs is made by one
        _run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            site,
            "npm could not install the dashboards' packages",
        )
        _run(
            [node, "node_modules/patch-package/index.js", "--error-on-fail"],
            site,
            "A patch of the dashboards' packages did not apply",
        )
        stamp.write_text(wanted)


def build_shell(site: Path = SITE) -> Path:
    """The folder of the built shell for the site's present sources; built (half a minute) only when it is not there.

    Safe to call from several processes at once: the first builds, the others wait for it. Raises SiteError.
    """
    shell = site / "build" / f"shell-{_digest(site, SOURCES)[:16]}"
    if shell.is_dir():
        return shell
    install(site)
    with _lock(site / "build" / ".build.lock"):
        if not shell.is_dir():
            work = _assemble(site)
            built = work / "build"
            _run(
                [_program("node"), str(site / "node_modules" / "vite" / "bin" / "vite.js"), "build"],
                work,
                "The dashboards could not be built",
            )
            _preload(built / "index.html", work / ".svelte-kit" / "output" / "client" / ".vite" / "manifest.json")
            smoke_check(built)
            _compress(built)
            os.replace(built, shell)
            _forget_old_builds(site, keep=shell)
    return shell


def smoke_check(shell: Path) -> None:
    """Raises SiteError unless the shell is whole, without failed queries or data, and asks for nothing from outside."""
    index = shell / "index.html"
    if (
        not index.is_file()
        or not any(shell.glob("_app/immutable/**/*.wasm"))
        or not any(shell.glob("_app/immutable/**/*.css"))
    ):
        raise SiteError(f"The dashboards' shell in {shell} is incomplete: delete the folder and build it again.")
    if (shell / "data").exists():
        raise SiteError(
            f"The dashboards' shell in {shell} holds data, which it must not: delete the folder and build it again."
        )
    for page in shell.rglob("*.html"):
        text = page.read_text("utf-8")
        if "Error in Query!" in text:
            raise SiteError(f"A query fails on the page {page.relative_to(shell)}.")
        outside = _outside_addresses(text)
        if outside:
            raise SiteError(f"The page {page.relative_to(shell)} asks for {outside[0]} from outside the site.")
    for style in shell.rglob("*.css"):
        if re.search(r"""(?:url\(|@import)\s*["']?(?:https?:)?//""", style.read_text("utf-8")):
            raise SiteError(f"The stylesheet {style.relative_to(shell)} asks for a file from outside the site.")


def _assemble(site: Path) -> Path:
    """Evidence's template with this site's pages in it, as SvelteKit wants them; returns the folder to build in."""
    work = site / ".evidence" / "template"
    shutil.rmtree(site / ".evidence", ignore_errors=True)
    shutil.copytree(TEMPLATE, work, ignore=UNUSED)
    (work / "src" / "pages" / "+page.md").unlink()
    for page in sorted((site / "pages").rglob("*")):
        if not page.is_file():
            continue
        at = page.relative_to(site / "pages")
        if page.suffix == ".md":  # index.md -> +page.md, x.md -> x/+page.md
            at = at.with_name("+page.md") if at.name == "index.md" else at.with_suffix("") / "+page.md"
        target = work / "src" / "pages" / at
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(page, target)
    for name in ("queries", "static"):  # components are read where they are
        if (site / name).is_dir():
            shutil.copytree(site / name, work / name, dirs_exist_ok=True)
    for name in ("app.css", "app.html"):
        shutil.copyfile(site / name, work / "src" / name)
    return work


def _preload(index: Path, manifest: Path) -> None:
    """Has the page ask at once for the scripts and styles that every page needs, not for one after the other."""
    files = json.loads(manifest.read_text("utf-8"))
    nodes = {int(found[1]): entry for key, entry in files.items() if (found := re.search(r"/nodes/(\d+)\.js$", key))}
    layout, pages = nodes[0], [set(nodes[number]["imports"]) for number in nodes if number > 1]
    shared = [files[key] for key in sorted(set(layout["imports"]) | set.intersection(*pages))]
    scripts = sorted({entry["file"] for entry in [layout, *shared]})
    styles = sorted({style for entry in [layout, *shared] for style in entry.get("css", [])})
    text = index.read_text("utf-8")
    links = [f'<link rel="modulepreload" href="/{name}">' for name in scripts if name not in text]
    links += [f'<link rel="preload" as="style" href="/{name}" crossorigin>' for name in styles]
    index.write_text(text.replace("</head>", "".join(links) + "</head>"), "utf-8")


def _compress(shell: Path) -> None:
    """A .gz and a smaller .br beside every file that packs well, made once, so that serving never compresses.

    WebAssembly has no .br: it takes minutes to make, and only a plain web host without this server ever sends it.
    """
    for path in sorted(shell.rglob("*")):
        if path.suffix in COMPRESSED and path.is_file():
            whole = path.read_bytes()
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(whole, 9, mtime=0))
            if path.suffix != ".wasm":
                path.with_name(path.name + ".br").write_bytes(brotli.compress(whole))


def _forget_old_builds(site: Path, keep: Path) -> None:
    builds = sorted(site.glob("build/shell-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in [path for path in builds if path != keep][KEEP_BUILDS - 1 :]:
        shutil.rmtree(old, ignore_errors=True)


def _digest(site: Path, names: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for name in names:
        root = site / name
        for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
            if path.is_file():
                digest.update(f"{path.relative_to(site)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    digest.update(hashlib.sha256(Path(__file__).read_bytes()).digest())
    return digest.hexdigest()


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise SiteError(
            f"The dashboards need {name}, which is not installed: install Node 20 or 22, which brings npm with it."
        )
    return found


def _run(command: list[str], folder: Path, problem: str = "The dashboards' tools did not start") -> str:
    environment = os.environ | {
        "EVIDENCE_IS_BUILDING": "true",
        "EVIDENCE_STRICT_MODE": "true",
        "NODE_OPTIONS": "--max-old-space-size=4096",
        "VITE_EVIDENCE_SPA": "true",
        "NO_COLOR": "1",
        "NO_UPDATE_NOTIFIER": "1",
    }
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        said = next((line for line in lines if "rror" in line), lines[-1] if lines else "no message")
        raise SiteError(f"{problem}: {said[:300]}")
    return done.stdout


class _Addresses(html.parser.HTMLParser):
    """Collects what a page would fetch: src of anything, href of link elements."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and (name in ("src", "srcset", "poster", "action") or (tag == "link" and name == "href")):
                self.found.append(value)


def _outside_addresses(text: str) -> list[str]:
    parser = _Addresses()
    parser.feed(text)
    return [address for address in parser.found if re.match(r"(?:https?:)?//", address)]
