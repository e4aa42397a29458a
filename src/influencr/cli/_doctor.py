"""Is everything there that a run needs? One check, one line, and what to do when it fails."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from influencr.errors import InfluencrError
from influencr.home import Home

__all__ = ["Check", "examine"]

#: Below the first an import may fail any moment, below the second a large one will. Own choice.
_DISK_FAIL_BYTES = 200_000_000
_DISK_WARN_BYTES = 2_000_000_000


class Check(NamedTuple):
    """What was looked at, how it stands (ok, warn, fail), what was found, and what to do."""

    name: str
    state: str
    found: str
    do: str | None = None


def examine(home: Path | None) -> Iterator[Check]:
    """Every check in the order in which a failure would explain the following ones.

    Nothing is changed: a home that does not exist yet is not made.
    """
    yield _python()
    yield _packages()
    yield from _guarded("gazetteer", _gazetteer)
    yield _assets()
    path = Path(home).expanduser().resolve() if home else Home.default_path()
    yield _disk(path)
    if not path.exists():
        yield Check(
            "home",
            "warn",
            f"{path} does not exist",
            "run `influencr import FILE` or `influencr demo`",
        )
        return
    yield from _guarded("home", lambda: _home(path))
    yield from _guarded("catalogue and index", lambda: _contents(path))


def _guarded(name: str, check: Callable[[], Check]) -> Iterator[Check]:
    """The check, or what kept it from being made, as a failed one."""
    try:
        yield check()
    except InfluencrError as error:
        yield Check(name, "fail", str(error))
    except (OSError, ImportError) as error:
        yield Check(name, "fail", f"{type(error).__name__}: {error}", "see `INFLUENCR_DEBUG=1`")


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    return Check("python", "ok", f"{version} ({sys.executable})")


def _packages() -> Check:
    """Every declared dependency is installed in at least the declared version."""
    try:
        wanted = [r for r in metadata.requires("influencr") or () if "extra ==" not in r]
    except metadata.PackageNotFoundError:
        found = "influencr runs from its sources without being installed"
        return Check("packages", "warn", found, "run `pip install -e .` to have them checked")
    wrong: list[str] = []
    for requirement in wanted:
        name = re.split(r"[<>=!~;\s\[]", requirement, maxsplit=1)[0]
        least = re.search(r">=\s*([0-9.]+)", requirement)
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{name} is missing")
            continue
        if least and _numbers(version) < _numbers(least[1]):
            wrong.append(f"{name} {version} is older than {least[1]}")
    if wrong:
        return Check("packages", "fail", "; ".join(wrong), "install influencr again")
    return Check("packages", "ok", f"{len(wanted)} packages, each as declared")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(n) for n in re.findall(r"\d+", version)[:3])


def _gazetteer() -> Check:
    from influencr.geography import Gazetteer

    gazetteer = Gazetteer.load()
    return Check("gazetteer", "ok", f"{len(gazetteer):,} places")


def _assets() -> Check:
    import influencr

    manifest = Path(influencr.__file__).parent / "service/web/static/dist/manifest.json"
    if manifest.is_file():
        return Check("page assets", "ok", "built")
    return Check(
        "page assets",
        "warn",
        "the web page's style sheet and scripts are not built; search works, `serve` does not",
        "run `make assets` in the checkout",
    )


def _disk(path: Path) -> Check:
    there = path
    while not there.exists():
        there = there.parent
    free = shutil.disk_usage(there).free
    found = f"{free / 1e9:,.1f} GB free at {there}"
    if free < _DISK_FAIL_BYTES:
        return Check("disk", "fail", found, "free some space or choose another --home")
    if free < _DISK_WARN_BYTES:
        return Check("disk", "warn", found, "a large import may not fit")
    return Check("disk", "ok", found)


def _home(path: Path) -> Check:
    home = Home(path, create=False)
    probe = home.path / ".doctor"
    probe.touch()
    probe.unlink()
    return Check("home", "ok", f"{home.path}, readable and writable")


def _contents(path: Path) -> Check:
    from influencr.engine import Engine

    with Engine(path) as engine:
        found = engine.status()
    rows = sum(table["rows"] for table in found["tables"].values())
    index = found["index"]
    text = f"{rows:,} rows, {index['n_creators']:,} creators in generation {index['generation']}"
    if found["pending_removals"]:
        return Check(
            "catalogue and index",
            "warn",
            text + "; a removal is not complete",
            "run `influencr forget` again",
        )
    if found["is_stale"] and rows:
        return Check(
            "catalogue and index",
            "warn",
            text + "; the index is older than the catalogue",
            "run `influencr import` again",
        )
    return Check("catalogue and index", "ok", text)
