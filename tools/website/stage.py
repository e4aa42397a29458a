"""Which files of the repository are pages of the site, and what each of them is called there.

The pages are written to be read where they lie: plain Markdown, no directive, folders whose index
is README.md. A site wants an `index` per folder, a tree of all pages, and every link inside of
itself. So the Markdown is copied to a folder of its own, changed in three ways and no other:

1. README.md becomes index.md, and Markdown outside of docs/ that a page links to becomes a page
   below project/. Links between pages follow.
2. An index gets a hidden tree: the pages that it links to, in its own order, then those of its
   folder that it forgot. What the tree says is therefore what a reader of the repository sees.
3. Comments go; they are notes to whoever writes, or to the tests.

A notebook becomes a page of its words and its code; what it prints is not kept in it, so that it
cannot be stale. The notebook itself can be downloaded from the page.

A link to any other file of the repository is kept as a copy that can be downloaded; one that leads
nowhere stops the build with file, line and target.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

#: The folder of the site in which pages from outside of docs/ stand.
PROJECT = "project"
#: A file that is offered as a copy is no larger: the site is read, not mirrored.
MAX_BYTES = 1_000_000

LINK = re.compile(r"(?P<before>!?\[(?:[^\[\]]|\[[^\]]*\])*\]\()(?P<target>[^)\s]+)(?P<after>\))")
FENCE = re.compile(r"^\s*(```+|~~~+)")
CODE = re.compile(r"(`+)(?:.+?)\1")
COMMENT = re.compile(r"<!--.*?-->[ \t]*\n?", re.DOTALL)


class BrokenLink(Exception):
    """A page links to what is not there."""


def stage(root: Path, out: Path) -> dict[str, Path]:
    """Writes the pages to `out`; name of a page on the site -> its file in the repository.

    root   the checkout
    out    a folder of our own: what was in it is gone afterwards

    Raises BrokenLink with every link that leads nowhere.
    """
    if out.exists():
        shutil.rmtree(out)
    pages = _pages(root)
    broken: list[str] = []
    for file, name in pages.items():
        written = out / f"{name}.md"
        written.parent.mkdir(parents=True, exist_ok=True)
        text, links = _rewritten(root, file, pages, out, broken)
        if name == "index" or name.endswith("/index"):
            text += _tree(name, links, pages)
        written.write_text(text, encoding="utf-8")
    if broken:
        raise BrokenLink("\n".join(broken))
    return {name: file for file, name in pages.items()}


def prose(text: str) -> Iterator[tuple[int, str, bool]]:
    """Line by line: its number, the line, and whether it is prose (not inside a fenced block)."""
    fence = ""
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        mark = FENCE.match(line)
        if fence:
            yield number, line, False
            if mark and line.strip() == fence:
                fence = ""
        elif mark:
            fence = mark[1]
            yield number, line, False
        else:
            yield number, line, True


def replaced(line: str, change: Callable[[re.Match[str]], str]) -> str:
    """A line of prose with its links changed, and nothing inside of `code`."""
    parts, at = [], 0
    for code in CODE.finditer(line):
        # Code may itself be what a link is called; a link around it is found in the whole line.
        parts.append((at, code.start()))
        at = code.end()
    parts.append((at, len(line)))
    inside = [(a, b) for (_, a), (b, _) in pairwise(parts)]

    def changed(match: re.Match[str]) -> str:
        start = match.start("target")
        return match[0] if any(a <= start < b for a, b in inside) else change(match)

    return LINK.sub(changed, line)


def _pages(root: Path) -> dict[Path, str]:
    """File -> name of its page: docs/ as it lies, then what those pages link to elsewhere."""
    docs = root / "docs"
    found = [*docs.rglob("*.md"), *docs.rglob("*.ipynb")]
    pages = {file: _name(file.relative_to(docs)) for file in sorted(found)}
    for file in list(pages):
        for _, line, is_prose in prose(_text(file)):
            for match in LINK.finditer(line) if is_prose else ():
                target = _file(root, file, match["target"])
                if target is None or target.suffix != ".md" or not target.is_file():
                    continue
                if target not in pages:
                    where = target.relative_to(root)
                    if where == Path("README.md"):
                        continue  # the home page says it again
                    name = where.with_suffix("").as_posix().lower()
                    pages[target] = f"{PROJECT}/{name.removesuffix('/readme').replace('/', '-')}"
    return pages


def _name(path: Path) -> str:
    if path.name == "README.md":
        path = path.with_name("index.md")
    return path.with_suffix("").as_posix()


def _text(file: Path) -> str:
    """The Markdown of a page."""
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".ipynb":
        return text
    pieces = []
    for cell in json.loads(text)["cells"]:
        source = "".join(cell["source"]).strip("\n")
        pieces.append(source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```")
    taken = f"This page is a notebook: [{file.name}]({file.name}) to run it yourself."
    title, _, rest = "\n\n".join(pieces).partition("\n")
    return f"{title}\n\n{taken}\n{rest}\n"


def _file(root: Path, page: Path, target: str) -> Path | None:
    """The file or folder of the repository that a link leads to; None for an address or anchor."""
    path = target.partition("#")[0]
    if not path or re.match(r"[a-z][a-z0-9+.-]*:", path):
        return None
    found = Path(os.path.normpath(page.parent / path))
    return found if found.is_relative_to(root) else None


def _rewritten(
    root: Path, page: Path, pages: dict[Path, str], out: Path, broken: list[str]
) -> tuple[str, list[str]]:
    """The text of a page with its links as they are on the site; the pages that it links to."""
    here = Path(pages[page]).parent
    links: list[str] = []

    def change(match: re.Match[str], number: int) -> str:
        target = _file(root, page, match["target"])
        if target is None:
            return match[0]
        anchor = match["target"].partition("#")[2]
        if target.is_dir() and target / "README.md" in pages:
            target = target / "README.md"
        if target in pages and target != page:
            links.append(pages[target])
            path = os.path.relpath(f"{pages[target]}.md", here)
        elif target == root / "README.md":
            links.append("index")
            path = os.path.relpath("index.md", here)
        elif target.is_file():
            if target.stat().st_size > MAX_BYTES:
                broken.append(
                    f"{page.relative_to(root)}:{number}: {target.name} is too large to be offered"
                )
            copied = out / "files" / target.relative_to(root)
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(target, copied)
            path = os.path.relpath(copied.relative_to(out), here)
        elif target.is_dir():
            # A folder of the program: nothing to open here, its name says where to look.
            return match["before"].removesuffix("](").lstrip("[")
        else:
            broken.append(f"{page.relative_to(root)}:{number}: {match['target']} leads nowhere")
            return match[0]
        return match["before"] + path + (f"#{anchor}" if anchor else "") + match["after"]

    lines = []
    for number, line, is_prose in prose(_without_comments(_text(page))):
        lines.append(replaced(line, partial(change, number=number)) if is_prose else line)
    return "".join(lines), links


def _without_comments(text: str) -> str:
    """Comments of Markdown go, examples of them inside fenced blocks stay."""
    fences: list[str] = []

    def keep(match: re.Match[str]) -> str:
        fences.append(match[0])
        return f"\0{len(fences) - 1}\0"

    held = re.sub(r"^(```+|~~~+).*?^\1[ \t]*$", keep, text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"\0(\d+)\0", lambda m: fences[int(m[1])], COMMENT.sub("", held))


def _tree(index: str, links: list[str], pages: dict[Path, str]) -> str:
    """The hidden tree of an index: its own links below it, then what its folder holds besides."""
    folder = index.removesuffix("index")
    names = set(pages.values())

    def is_below(name: str) -> bool:
        if name == index or not name.startswith(folder):
            return False
        rest = name[len(folder) :]
        return "/" not in rest or (rest.endswith("/index") and rest.count("/") == 1)

    def is_lent(name: str) -> bool:
        """Pages from outside of docs/: those about measuring stand with the figures."""
        if not name.startswith(f"{PROJECT}/"):
            return False
        return folder == ("benchmarks/" if name.startswith(f"{PROJECT}/benchmarks-") else "")

    tree = [name for name in dict.fromkeys(links) if is_below(name) or is_lent(name)]
    tree += sorted(n for n in names if n not in tree and (is_below(n) or is_lent(n)))
    if not tree:
        return ""
    entries = "\n".join(f"/{name}" for name in tree)
    return f"\n```{{toctree}}\n:hidden:\n\n{entries}\n```\n"
