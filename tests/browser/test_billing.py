"""From sign-up through trial, end, payment, a refused card and cancelling: in a real browser, with
a real mail server, a stand-in for Stripe over HTTP, and one clock for all.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.members import Postbox, post_office, served
from tests.standins.stripe_world import KEY, SECRET, Account
from tests.standins.stripe_world import served as till_of
from tests.standins.stripe_world.wire import Service

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE_RUN = (
    "rules => axe.run(document, {runOnly: rules})"
    ".then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 120))]))"
)
PASSWORD = "five slow barges"
#: The server, with a clock that is ahead by as many seconds as a file says.
AHEAD = """
import pathlib, sys, threading, time, time_machine
file, ahead, travel = pathlib.Path(sys.argv[2]), 0, None
def look():
    global ahead, travel
    while True:
        told = int(file.read_text() or 0)
        if told != ahead:
            at = (time if travel is None else time_machine.escape_hatch.time).time() + told
            if travel is not None:
                travel.stop()
            travel = time_machine.travel(at, tick=True)
            travel.start()
            ahead = told
            file.with_suffix(".seen").write_text(str(told))
        pause(0.05)
pause = threading.Event().wait
threading.Thread(target=look, daemon=True).start()
from influencr.service.serve import serve
serve(sys.argv[1], port=0)
"""


class Instance:
    """The running service with its post, its till, and the clock of both."""

    def __init__(self, site: str, box: Postbox, till: Service, file: Path) -> None:
        self.site = site
        self.box = box
        self.till = till
        self.file = file
        self.ahead = 0

    def forward(self, *, days: float) -> None:
        """Time passes for the service first, then at Stripe, whose news then come."""
        self.ahead += int(days * 86_400)
        self.file.write_text(str(self.ahead))
        seen = self.file.with_suffix(".seen")
        for _ in range(400):
            if seen.is_file() and seen.read_text() == str(self.ahead):
                break
            time.sleep(0.05)
        else:
            raise AssertionError("the clock of the service did not move")
        now = datetime.now(UTC).timestamp() + self.ahead
        with self.till.lock:
            self.till.account.until(int(now))
        self.till.post_news()


@contextmanager
def opened(home: Path, folder: Path) -> Iterator[Instance]:
    file = folder / "ahead"
    file.write_text("0")
    account = Account(datetime.now(UTC))
    with post_office() as (box, mail), till_of(account) as till:
        settings = {
            "INFLUENCR_BILLING": "stripe",
            "INFLUENCR_STRIPE_KEY": KEY,
            "INFLUENCR_STRIPE_WEBHOOK_SECRET": SECRET,
            "INFLUENCR_STRIPE_API": till.address,
        }
        with served(home, mail, program=AHEAD, words=[str(file)], **settings) as site:
            till.webhook = f"{site}/billing/webhook"
            yield Instance(site, box, till, file)


@pytest.fixture(scope="module")
def instance(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance whose members pay by card."""
    with opened(home, tmp_path_factory.mktemp("clock")) as one:
        yield one


@pytest.fixture
def page(chromium: Browser, instance: Instance) -> Iterator[Any]:
    """A browser on it; a script's failure or a hurt policy fails the test."""
    complaints: list[str] = []
    # Colours change in 120 ms, in which the checker would find them between two schemes.
    context = chromium.new_context(base_url=instance.site, reduced_motion="reduce")
    one = context.new_page()
    one.on("pageerror", lambda error: complaints.append(str(error)))
    one.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield one
    context.close()
    assert [c for c in complaints if "status of 40" not in c] == []


def sign_up(page: Any, box: Postbox, email: str) -> None:
    page.goto("/signup")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Send me the confirmation").click()
    page.goto(box.link(email, "7 days begin"))
    page.get_by_role("button", name="Yes, confirm it").click()
    expect(page.get_by_role("link", name=re.compile("7 days left"))).to_be_visible()


def sign_in(page: Any, email: str) -> None:
    page.goto("/login")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("link", name="Account", exact=True).first).to_be_attached()


class Looking:
    """Runs the accessibility checker, and takes a picture where somebody wants to look."""

    def __init__(self, page: Any, axe: str) -> None:
        self.page = page
        self.axe = axe

    def __call__(self, name: str) -> None:
        for width in (1440, 390):
            self.page.set_viewport_size({"width": width, "height": 900})
            for scheme in ("light", "dark"):
                self.page.emulate_media(color_scheme=scheme)
                self.page.evaluate(self.axe)
                assert self.page.evaluate(AXE_RUN, RULES) == [], (name, width, scheme)
                assert self.page.evaluate("document.documentElement.scrollWidth") <= width
                if folder := os.environ.get("INFLUENCR_PICTURES"):
                    path = f"{folder}/{name}-{width}-{scheme}.png"
                    self.page.screenshot(path=path, full_page=True)
        self.page.set_viewport_size({"width": 1440, "height": 900})
        self.page.emulate_media(color_scheme="light")


def rows(page: Any, n: int) -> None:
    page.goto("/search?text=vegan")
    expect(page.locator("[data-row]")).to_have_count(n)


def test_a_team_tries_pays_is_refused_pays_and_cancels(page: Any, instance: Instance, axe: str):
    look = Looking(page, axe)
    nora = "nora@paying.example"
    page.goto("/pricing")
    look("pricing")
    sign_up(page, instance.box, nora)
    rows(page, 20)
    page.locator("details.keep summary").first.click()
    page.goto("/billing")
    expect(page.locator("main").get_by_text("Your trial ends on")).to_be_visible()
    look("billing-trial")

    instance.forward(days=6.5)
    page.goto("/billing")
    expect(page.get_by_text("1 day left").first).to_be_visible()
    instance.forward(days=1)
    rows(page, 5)
    expect(page.get_by_role("heading", name=re.compile("are closed$"))).to_be_visible()
    page.get_by_role("link", name="Open the search again").click()
    expect(page.locator("main").get_by_text("Your trial ended on")).to_be_visible()
    look("billing-locked")

    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("heading", name="Checkout of the stand-in")).to_be_visible()
    page.get_by_role("button", name="Pay with a bad card").click()
    expect(page.get_by_role("heading", name="Checkout of the stand-in")).to_be_visible()
    page.get_by_role("button", name="Pay with a good card").click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile(r"\$49\.00"))).to_have_count(1)
    look("billing-active")
    rows(page, 20)

    # The card stops working: a month later the payment fails, and a week is left.
    page.goto("/billing")
    page.get_by_role("button", name="Card and address").click()
    page.get_by_role("button", name="Keep a bad card").click()
    instance.forward(days=31.5)
    sign_in(page, nora)
    page.goto("/billing")
    expect(page.get_by_text("The card was refused.")).to_be_visible()
    look("billing-grace")
    rows(page, 20)
    instance.forward(days=7)
    rows(page, 5)
    page.goto("/billing")
    page.get_by_role("link", name="Pay $49.00 now").click()
    page.get_by_role("button", name="Pay with a good card").click()
    rows(page, 20)

    page.goto("/billing")
    page.get_by_role("link", name="Cancel the subscription").click()
    look("billing-cancel")
    page.get_by_role("button", name="Cancel it now").click()
    expect(page.get_by_text("It is cancelled: nothing more is charged").first).to_be_visible()
    look("billing-cancelled")
    page.get_by_role("button", name="Resume the subscription").click()
    expect(page.get_by_text("The subscription goes on.")).to_be_visible()
    page.get_by_role("link", name="Cancel the subscription").click()
    page.get_by_role("button", name="Cancel it now").click()
    rows(page, 20)
    instance.forward(days=31)
    sign_in(page, nora)
    rows(page, 5)
    for path in ("/saved", "/brand", "/account", "/team", "/lists"):
        assert page.goto(path).status == 200
    assert {status for _, status in instance.till.sent} == {200}
    assert sum(c["amount"] for c in instance.till.account.charges.values()) == 2 * 4_900


def test_the_worker_sends_the_mails_of_a_trial(page: Any, instance: Instance):
    sign_up(page, instance.box, "omar@trying.example")
    instance.forward(days=6.2)
    assert "ends tomorrow" in instance.box.newest("omar@trying.example", "trial")["Subject"]


def test_paying_works_without_a_script(chromium: Browser, instance: Instance):
    context = chromium.new_context(base_url=instance.site, java_script_enabled=False)
    page = context.new_page()
    sign_up(page, instance.box, "pia@plain.example")
    page.goto("/billing")
    page.get_by_role("button", name="Subscribe").click()
    page.get_by_role("button", name="Pay with a good card").click()
    expect(page.get_by_text("the subscription begins then").first).to_be_visible()
    page.get_by_role("link", name="Cancel the subscription").click()
    page.get_by_role("button", name="Cancel it now").click()
    expect(page.get_by_text("It is cancelled: nothing more is charged").first).to_be_visible()
    context.close()
