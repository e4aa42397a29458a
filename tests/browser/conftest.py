"""A small invented world behind the real server, and Debian's Chromium in front of it."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from influencr.engine import Engine
from influencr.search import make_query
from influencr.search.brand import make_brand

ROOT = Path(__file__).parents[2]
AXE = ROOT / "assets" / "node_modules" / "axe-core" / "axe.min.js"
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SERVER = "import sys; from influencr.service.serve import serve; serve(sys.argv[1], port=0)"

COLUMNS = [
    "username",
    "full_name",
    "biography",
    "followers_count",
    "media_count",
    "country",
    "city",
]
PEOPLE = [
    (
        "evil",
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)> vegan',
        90,
        "FR",
        "Paris",
    ),
    ("long", "A" * 180, "vegan " + "W" * 400, 70, "DE", "Berlin"),
    ("layla", "ليلى دقيق", "مخبوزات نباتية vegan من فيدينغ", 8450, "DE", "Berlin"),
    ("haru", "小麦ハル", "ベルリンの焼き菓子。vegan レシピを公開。", 2960, "DE", "Berlin"),
    ("nowhere", "Wanda", "vegan baking without a place", 400, "", ""),
]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data home with 50 creators, imported from a file like any other."""
    folder = tmp_path_factory.mktemp("browser")
    cities = [
        ("DE", "Berlin"),
        ("DE", "Potsdam"),
        ("FR", "Lyon"),
        ("JP", "Osaka"),
        ("BR", "Recife"),
    ]
    people = [
        (
            f"baker{i}",
            f"Baker Number {i}",
            f"{'Vegan' if i % 3 else 'Rye'} baking, batch {i}. I answer every question.",
            100 * (i + 1) ** 2,
            *cities[i % len(cities)],
        )
        for i in range(45)
    ]
    file = folder / "bakers.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(COLUMNS)
        rows.writerows((*row[:4], 12, *row[4:]) for row in (*PEOPLE, *people))
    with Engine(folder / "home", create=True) as engine:
        engine.import_files([file], licence="invented for this test", platform="instagram")
        engine.refresh()
        engine.brands.save(
            make_brand(
                name="Rye & Sons",
                words=["rye baking"],
                competitors=["Number 7"],
                places=["Germany"],
                topics=["baking"],
            )
        )
        engine.saved.save("every vegan", make_query(text="vegan"))
    return folder / "home"


@pytest.fixture(scope="session")
def site(home: Path) -> Iterator[str]:
    """The address of the running service."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("INFLUENCR_")}
    environment["PYTHONPATH"] = str(ROOT / "src")
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(home)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    assert "http://" in first, "the service did not start"
    yield first.split("http://", 1)[1].split("/", 1)[0].join(("http://", ""))
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 0


@pytest.fixture(scope="session")
def steering() -> Iterator[Playwright]:
    """What steers browsers: one for all of them, as a second would not start beside it."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(steering: Playwright) -> Iterator[Browser]:
    browser = steering.chromium.launch(
        executable_path=shutil.which("chromium"), args=SWITCHES, timeout=120_000
    )
    yield browser
    browser.close()


class Visit:
    """Opens pages; whatever the browser complained about is kept in `complaints`."""

    def __init__(self, browser: Browser, site: str) -> None:
        self._browser = browser
        self.site = site
        self.complaints: list[str] = []
        self._contexts: list[BrowserContext] = []

    def __call__(self, path: str, *, width: int = 1440, height: int = 900, **options: Any) -> Page:
        context = self._browser.new_context(
            viewport={"width": width, "height": height}, base_url=self.site, **options
        )
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", self._dialog)
        page.on(
            "console",
            lambda said: self.complaints.append(said.text) if said.type == "error" else None,
        )
        page.goto(path)
        return page

    def _dialog(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def visit(chromium: Browser, site: str) -> Iterator[Visit]:
    """Visits pages; the test fails when a script failed or the content policy was hurt."""
    visiting = Visit(chromium, site)
    yield visiting
    visiting.close()
    # A refused question is answered with 400, which the browser reports as an error of its own.
    own = [c for c in visiting.complaints if "status of 40" not in c]
    assert own == []


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of the accessibility checker."""
    assert AXE.is_file(), "axe-core is not installed; run `npm ci` in assets/"
    return AXE.read_text(encoding="utf-8")
