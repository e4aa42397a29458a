"""Signing up with a real mail server, by keyboard and script or without one; axe on every page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.members import ROOT, Postbox, post_office, served

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PASSWORD = "five slow barges"
OUTSIDE = ("/", "/search", "/login", "/signup", "/signup/sent", "/password/forgotten")
INSIDE = (
    *("/account", "/team", "/account/keys", "/account/email", "/account/password", "/billing"),
    *("/account/second", "/account/second/app", "/account/passkeys/add", "/account/sessions"),
    *("/account/webhooks", "/account/delete", "/search", "/saved", "/logout"),
)
AXE_RUN = (
    "rules => axe.run(document, {runOnly: rules})"
    ".then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 120))]))"
)


@pytest.fixture(scope="module")
def instance(home: Path) -> Iterator[tuple[str, Postbox]]:
    """An instance with members over the small world, and where its mail arrives."""
    with post_office() as (box, mail), served(home, mail) as site:
        yield site, box


@pytest.fixture
def enter(chromium: Browser, instance: tuple[str, Postbox]) -> Iterator[Any]:
    """Opens browsers on the instance; a script's failure or a hurt policy fails the test."""
    site, _ = instance
    contexts, complaints = [], []

    def opened(**options: Any) -> Any:
        context = chromium.new_context(base_url=site, **options)
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


def sign_up(page: Any, box: Postbox, email: str) -> None:
    page.goto("/search")
    page.get_by_role("link", name="Start 7 days free").click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Send me the confirmation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    page.goto(box.link(email, "7 days begin"))
    page.get_by_role("button", name="Yes, confirm it").click()
    expect(page.get_by_role("link", name="7 days left")).to_be_visible()


@pytest.mark.parametrize("scripted", [True, False])
def test_from_a_strangers_first_search_to_a_team_of_two(enter: Any, instance: Any, scripted: bool):
    _, box = instance
    kind = "script" if scripted else "plain"
    nora, omar = f"nora.{kind}@new.example", f"omar.{kind}@new.example"
    page = enter(java_script_enabled=scripted)
    page.goto("/search?text=vegan")
    expect(page.locator("[data-row]")).to_have_count(5)
    expect(page.get_by_role("heading", name=re.compile(r"^The other \d+ open"))).to_be_visible()
    sign_up(page, box, nora)
    page.goto("/search?text=vegan")
    expect(page.locator("[data-row]")).to_have_count(20)

    page.goto("/team")
    page.get_by_label("E-mail address").fill(omar)
    page.get_by_role("button", name="Send an invitation").click()
    expect(page.get_by_text(f"An invitation is on its way to {omar}.")).to_be_visible()
    link = box.link(omar, "invited")
    other = enter(java_script_enabled=scripted)
    other.goto(link)
    sign_up(other, box, omar)
    other.goto(link)
    other.get_by_role("button", name="Join the team").click()
    expect(other.get_by_text(nora).first).to_be_visible()

    page.goto("/search?text=vegan&place=Berlin")
    page.get_by_text("Save search with alert").click()
    page.get_by_label("Name").fill(f"berlin {kind}")
    page.get_by_role("button", name="Save", exact=True).click()
    other.goto("/saved")
    expect(other.get_by_role("heading", name=f"berlin {kind}")).to_be_visible()


def test_a_passkey_stands_for_the_password(enter: Any, instance: Any):
    _, box = instance
    page = enter()
    sign_up(page, box, "pia@new.example")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto("/account/passkeys/add")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("It also opens the account").check()
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    assert "A passkey was added" in box.newest("pia@new.example", "passkey")["Subject"]
    page.goto("/logout")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/login")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("link", name="Account", exact=True)).to_be_visible()


def test_the_trial_ends_by_the_operators_word_and_begins_again_when_paid(
    enter: Any, instance: Any, home: Path
):
    _, box = instance
    page = enter()
    sign_up(page, box, "lina@new.example")

    def subscription(*words: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "influencr", "--home", home, "manage", "subscription", *words],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "INFLUENCR_BILLING": "manual"},
        )

    subscription("lina@new.example", "--end")
    page.goto("/search?text=vegan")
    expect(page.locator("[data-row]")).to_have_count(5)
    expect(page.get_by_role("heading", name=re.compile("are closed$"))).to_be_visible()
    page.get_by_role("link", name="Open the search again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Billing")
    subscription("lina@new.example", "--until", "2099-12-31")
    page.goto("/search?text=vegan")
    expect(page.locator("[data-row]")).to_have_count(20)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 390)])
def test_axe_finds_nothing_on_pages_of_members(
    enter: Any, instance: Any, axe: str, scheme: str, width: int
):
    _, box = instance
    page = enter(color_scheme=scheme, viewport={"width": width, "height": 900})
    found: dict[str, Any] = {}

    def look(path: str) -> None:
        page.goto(path)
        page.evaluate(axe)
        told = page.evaluate(AXE_RUN, RULES)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if told or wide > width:
            found[path] = [*told, wide]

    for path in OUTSIDE:
        look(path)
    sign_up(page, box, f"axe.{scheme}.{width}@new.example")
    look("/account/again?next=/account/keys")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    for path in INSIDE:
        look(path)
    assert found == {}
