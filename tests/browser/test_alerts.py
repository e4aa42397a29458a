"""A search is saved with an alert, somebody new comes, and it is told: on the page and by mail."""

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
from playwright.sync_api import Browser, expect
from tests.browser.conftest import COLUMNS
from tests.browser.members import ROOT, Postbox, post_office, served
from tests.browser.test_members import AXE_RUN, RULES, sign_up

from influencr.engine import Engine

pytestmark = pytest.mark.browser

LOOK = "from influencr.service.alerts.tasks import look; look.enqueue()"
DUE = """
from django.utils import timezone
from influencr.service.alerts.models import Digest
from influencr.service.alerts.tasks import mail
Digest.objects.exclude(every="off").update(due_at=timezone.now())
mail.enqueue()
"""


class Instance:
    """A running instance over its own copy of the small world."""

    def __init__(self, home: Path, site: str, box: Postbox) -> None:
        self.home, self.site, self.box = home, site, box
        self._n = 0

    def come(self, *people: tuple[Any, ...]) -> None:
        """New creators, imported and judged by another process than the one that serves."""
        self._n += 1
        file = self.home.parent / f"came{self._n}.csv"
        with file.open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows([COLUMNS, *people])
        with Engine(self.home) as engine:
            engine.import_files([file], licence="invented for this test", platform="instagram")
            engine.refresh()

    def do(self, script: str) -> None:
        """Put something into the queue, which the worker inside the server does."""
        subprocess.run(
            [
                sys.executable,
                "-m",
                "influencr",
                "--home",
                self.home,
                "manage",
                "shell",
                "-c",
                script,
            ],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "INFLUENCR_BILLING": "manual"},
        )


@pytest.fixture(scope="module")
def instance(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    own = tmp_path_factory.mktemp("alerts") / "home"
    shutil.copytree(home, own)
    with post_office() as (box, mail), served(own, mail) as site:
        yield Instance(own, site, box)


@pytest.fixture
def enter(chromium: Browser, instance: Instance) -> Iterator[Any]:
    contexts, complaints = [], []

    def opened(**options: Any) -> Any:
        context = chromium.new_context(base_url=instance.site, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if said.type == "error" else None,
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [c for c in complaints if "status of 40" not in c] == []


def save_with_alert(page: Any, name: str) -> None:
    page.goto("/search?text=vegan")
    page.get_by_text("Save search with alert").click()
    page.get_by_label("Name").fill(name)
    expect(page.get_by_label("Tell us who is new")).to_be_checked()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(f"“{name}” is kept.")).to_be_visible()


def told(page: Any, instance: Instance, text: str) -> None:
    """The worker in the server looks, and the page says it."""
    for _ in range(60):
        page.goto("/alerts")
        if page.get_by_role("heading", name=text).count():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{text}: {page.locator('main').inner_text()}")


@pytest.mark.parametrize("scripted", [True, False])
def test_somebody_new_is_told_on_the_page_and_by_mail_and_one_click_stops_it(
    enter: Any, instance: Instance, scripted: bool
):
    kind = "script" if scripted else "plain"
    mila, new = f"mila.{kind}@new.example", f"newcomer.{kind}"
    page = enter(java_script_enabled=scripted)
    sign_up(page, instance.box, mila)
    save_with_alert(page, "Vegan bakers")
    page.goto("/alerts")
    expect(page.get_by_text("Nothing has changed yet.")).to_be_visible()
    instance.come((new, f"Nele {kind}", "vegan rye, I answer", 4200, 12, "DE", "Berlin"))
    instance.do(LOOK)
    told(page, instance, f"Nele {kind} is new")
    expect(page.get_by_role("link", name="Alerts").first).to_contain_text("1")
    page.get_by_role("link", name="Why they are found").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Nele {kind}")

    instance.do(DUE)
    message = instance.box.newest(mila, "1 alert")
    text = message.get_body(("plain",)).get_content()
    assert f"Nele {kind}" in text
    assert instance.site in text
    stop = message["List-Unsubscribe"].strip("<>").removeprefix(instance.site)
    other = enter(java_script_enabled=scripted)
    other.goto(stop)
    other.get_by_role("button", name="Stop the mail").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("No mail with alerts any more")
    page.goto("/alerts")
    expect(page.get_by_label("Never")).to_be_checked()

    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_text("All read.")).to_be_visible()
    page.locator(".al-mute summary").first.click()
    page.get_by_role("button", name=f"Mute Nele {kind}").click()
    expect(page.get_by_text(f"Nothing more is told of Nele {kind}.")).to_be_visible()
    expect(page.get_by_role("heading", name=f"Nele {kind} is new")).to_have_count(0)

    # Who leaves disappears from all of it at once.
    page.get_by_role("button", name=f"Unmute Nele {kind}").click()
    expect(page.get_by_role("heading", name=f"Nele {kind} is new")).to_be_visible()
    with Engine(instance.home) as engine:
        engine.forget([f"instagram:@{new}"])
    page.goto("/alerts")
    expect(page.get_by_text(f"Nele {kind}")).to_have_count(0)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 390)])
def test_axe_finds_nothing_on_the_pages_of_alerts(
    enter: Any, instance: Instance, axe: str, scheme: str, width: int
):
    page = enter(color_scheme=scheme, viewport={"width": width, "height": 900})
    found: dict[str, Any] = {}

    def look(path: str, opened: str = "") -> None:
        page.goto(path)
        if opened:
            page.locator(opened).first.click()
        page.evaluate(axe)
        said = page.evaluate(AXE_RUN, RULES)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if said or wide > width:
            found[path + opened] = [*said, wide]

    sign_up(page, instance.box, f"axe.alerts.{scheme}.{width}@new.example")
    look("/alerts")
    save_with_alert(page, "Vegan")
    who = f"axe.{scheme}.{width}"
    instance.come((who, f"Axel {scheme} {width}", "vegan buns", 900, 12, "FR", "Lyon"))
    instance.do(LOOK)
    told(page, instance, f"Axel {scheme} {width} is new")
    look("/alerts")
    look("/alerts", ".al-mute summary")
    if width < 900:
        look("/alerts", ".al-rules > summary")
    look("/alerts?before=1")
    look("/search?text=vegan", "details.keep summary")
    look("/alerts/mail/stop/x")
    assert found == {}
