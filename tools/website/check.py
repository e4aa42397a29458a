"""What a built site owes: links and anchors that lead somewhere, and nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: Attributes by which a page loads something at once.
LOADING = {("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("use", "href")}


class Page(HTMLParser):
    """Identifiers, links and loaded things of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.doubled: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.titles = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        if named := held.get("id"):
            (self.doubled if named in self.ids else self.ids).add(named)
        self.titles += tag == "h1"
        if tag == "a" and "href" in held:
            self.links.append(held["href"])
        elif tag == "link" and "href" in held:
            self.loaded.append(held["href"])
        for name, value in held.items():
            if (tag, name) in LOADING:
                self.loaded.append(value)


def faults_of(site: Path) -> list[str]:
    """One sentence per fault; empty when there is none."""
    pages = {
        file.relative_to(site).as_posix(): Page(file.read_text(encoding="utf-8"))
        for file in sorted(site.rglob("*.html"))
    }
    return [fault for name, page in pages.items() for fault in _faults(site, name, page, pages)]


def _faults(site: Path, name: str, page: Page, pages: dict[str, Page]) -> Iterator[str]:
    for doubled in sorted(page.doubled):
        yield f"{name}: the identifier {doubled!r} stands twice"
    if page.titles != 1 and name != "404.html":
        yield f"{name}: has {page.titles} titles, not one"
    for loaded in page.loaded:
        parts = urlsplit(loaded)
        if parts.scheme not in ("", "data") or parts.netloc:
            yield f"{name}: loads {loaded} from elsewhere"
        elif not parts.scheme and parts.path and not _target(site, name, parts.path).is_file():
            yield f"{name}: loads {loaded}, which is not there"
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = _target(site, name, parts.path) if parts.path else site / name
        if not target.is_file():
            yield f"{name}: links to {link}, which is not there"
            continue
        anchor = unquote(parts.fragment)
        there = pages.get(target.relative_to(site.resolve() if parts.path else site).as_posix())
        if anchor and there is not None and anchor not in there.ids:
            yield f"{name}: links to {link}, and there is no such place on that page"


def _target(site: Path, name: str, path: str) -> Path:
    return (site / Path(name).parent / unquote(path)).resolve()
