"""The way of a listed person: look up, prove, correct, contest, leave; wide and on a phone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import ROOT, SERVER, Visit
from tests.standins.listed import Around, listed_people

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: A folder for pictures of every step, to be looked at.
PICTURES = os.environ.get("INFLUENCR_PICTURES")


@pytest.fixture
def around(tmp_path: Path) -> Iterator[Around]:
    with listed_people(tmp_path) as made:
        yield made


@pytest.fixture
def going(around: Around, chromium: Browser) -> Iterator[Visit]:
    """Visits to an instance over the small home."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("INFLUENCR_")}
    environment["PYTHONPATH"] = str(ROOT / "src")
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(around.home)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    assert "http://" in first, "the service did not start"
    visiting = Visit(chromium, "http://" + first.split("http://", 1)[1].split("/", 1)[0])
    yield visiting
    visiting.close()
    process.terminate()
    process.communicate(timeout=30)
    assert [c for c in visiting.complaints if "status of 4" not in c] == []


def looked_at(page: Page, axe: str, name: str, width: int) -> None:
    """Nothing to complain of; nothing scrolls sideways; a picture where they are asked for.

    The frame around it is that of every page and tested with them (`test_every_page`).
    """
    page.evaluate(axe)
    found = page.evaluate(
        "rules => axe.run(document.querySelector('main'), {runOnly: rules})"
        ".then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 120))]))",
        RULES,
    )
    assert found == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    if PICTURES:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.wait_for_timeout(300)
            page.screenshot(path=f"{PICTURES}/rights-{name}-{width}-{scheme}.png", full_page=True)
        page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("width", [1440, 390, 360])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_from_looking_up_to_being_gone(
    going: Visit, around: Around, axe: str, width: int, script: bool
):
    if not script and width != 390:
        pytest.skip("without a script once is enough")
    page = going("/creators", width=width, java_script_enabled=script)

    def look(name: str) -> None:
        if script:
            looked_at(page, axe, name, width)

    look("1-start")
    page.get_by_label("Your handle, or the address of your profile").fill("@rita.example")
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_role("heading", name="Rita", exact=True)).to_be_visible()
    look("2-listed")
    page.get_by_role("button", name="This is me: prove it").click()
    expect(page.get_by_role("heading", name="Show that @rita.example is yours")).to_be_visible()
    look("3-ways")
    page.get_by_role("link", name="In DNS").click()
    look("4-dns")
    page.get_by_role("button", name="It is there: look now").click()
    expect(page.get_by_role("alert")).to_contain_text("no TXT record at _influencr.rita.example")
    look("5-not-yet")
    page.get_by_role("link", name="Another way").click()
    page.get_by_role("link", name="In a post").click()
    look("6-post")
    code = page.locator("#rt-code").inner_text()
    around.world.write(around.rita, f"I am proving that this profile is mine: {code}")
    page.get_by_role("button", name="It is there: look now").click()
    expect(page.get_by_role("link", name="Download everything")).to_be_visible()
    look("7-open")
    page.get_by_role("link", name="Correct your place").click()
    page.get_by_label("Where are you?").fill("Osaka")
    page.get_by_role("button", name="Find").click()
    look("8-place")
    page.get_by_role("button", name="Osaka, Japan").first.click()
    expect(page.get_by_role("status").first).to_contain_text("it is on your page")
    page.get_by_role("link", name="Correct your topics").click()
    look("9-topics")
    page.get_by_label("Add, with commas between").fill("coffee")
    page.get_by_role("button", name="Keep these").click()
    page.get_by_role("link", name="Contest a conclusion").click()
    page.get_by_label("Why?").fill("My followers came from a fair in Osaka.")
    page.get_by_label("Show my words on my page").check()
    look("a-contest")
    page.get_by_role("button", name="Send").click()
    look("b-contested")
    record = page.url
    page.goto("/c/bluesky/rita.example")
    expect(page.get_by_text("My followers came from a fair in Osaka.")).to_be_visible()
    expect(page.get_by_text("said by the creator, proven on").first).to_be_visible()
    look("c-dossier")
    page.goto("/search?place=Osaka")
    expect(page.get_by_text("Rita").first).to_be_visible()
    page.goto(record)
    page.locator("a.rt-out").click()
    look("d-leave")
    page.get_by_role("link", name="Go on").click()
    page.get_by_label("Your handle").fill("rita.example")
    look("e-sure")
    page.get_by_role("button", name="Erase me now").click()
    expect(page.get_by_role("heading", name="You are gone")).to_be_visible()
    look("f-gone")
    page.goto("/creators?who=rita.example")
    expect(page.get_by_text("Nobody of that name is listed here")).to_be_visible()
    look("g-nobody")


@pytest.mark.parametrize("width", [1440, 390])
def test_who_cannot_prove_it_from_here_asks_the_operator(going: Visit, axe: str, width: int):
    page = going("/creators?who=tiktok:@ana", width=width)
    page.get_by_role("button", name="This is me: prove it").click()
    expect(page.get_by_text("this instance cannot ask that network").first).to_be_visible()
    looked_at(page, axe, "h-file", width)
    page.get_by_role("link", name="Ask the operator").click()
    looked_at(page, axe, "i-help", width)
    page.get_by_label("What do you ask for?").fill("Please take me out.")
    page.get_by_label("Address for the answer").fill("ana@ana.example")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="It is with the operator")).to_be_visible()
    looked_at(page, axe, "j-asked", width)
    page.goto("/creators?who=tiktok:@hanna")
    looked_at(page, axe, "k-unlisted", width)
    page.goto("/creators/mine/x")
    looked_at(page, axe, "l-over", width)
