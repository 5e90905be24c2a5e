"""The site's pages as text: their queries, filled in as the browser would fill them."""

import re
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
SITE = REPO / "dashboards" / "site"
PAGES = sorted((SITE / "pages").rglob("*.md"))
BLOCK = re.compile(r"^```sql (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CHOICE = re.compile(r"<Choice\b[^>]*>")
EXTERNAL = re.compile(r"^  - (\w+): (\S+\.sql)$", re.MULTILINE)


def queries(page: Path) -> dict[str, str]:
    """Each query of a page by name: those written in it and those it takes from the queries folder."""
    text = page.read_text("utf-8")
    shared = {name: (SITE / "queries" / file).read_text("utf-8") for name, file in EXTERNAL.findall(text)}
    return shared | dict(BLOCK.findall(text))


def fill(query: str, page_queries: dict[str, str], inputs: dict[str, str]) -> str:
    """The query with other queries' text and the reader's choices put in place of ${...}."""

    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        if name in page_queries:
            return f"({fill(page_queries[name], page_queries, inputs)})"
        return inputs[name]

    return re.sub(r"\$\{([^}]+)\}", value, query)


def choices(page: Path) -> dict[str, str]:
    """The query that each of a page's choices offers values from, by the choice's name."""
    found = {}
    for tag in CHOICE.findall(page.read_text("utf-8")):
        name, data = re.search(r'\bname="(\w+)"', tag), re.search(r"\bdata=\{(\w+)\}", tag)
        assert name, f"{page.name}: {tag} has no name"
        assert data, f"{page.name}: {tag} has no query"
        found[name.group(1)] = data.group(1)
    return found
