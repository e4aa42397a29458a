"""The operator's pages in a browser: the second step, axe on every page, a change asked twice."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.members import ROOT, post_office, served

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PASSWORD = "five slow barges"
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PAGES = ("", "/members", "/cases", "/removals", "/sources", "/jobs", "/log")
AXE_RUN = (
    "rules => axe.run(document, {runOnly: rules})"
    ".then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 120))]))"
)
SETUP = f"""
import django
django.setup()
from influencr.service.manage import migrate
migrate()
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from influencr.service.accounts import teams
from influencr.service.accounts.models import User
from influencr.service.billing import entitlements
for email in ("op@instance.example", "mina@rye.example"):
    if not User.objects.filter(email=email).exists():
        one = User.objects.create_user(email, {PASSWORD!r})
        EmailAddress.objects.create(user=one, email=email, verified=True, primary=True)
        entitlements.begin_trial(teams.found(one))
        if email.startswith("op"):
            TOTP.activate(one, {KEY!r})
"""


def code() -> str:
    """What an app would show now (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    told = hmac.new(base64.b32decode(KEY), counter, hashlib.sha1).digest()
    number = struct.unpack(">I", told[told[-1] & 15 :][:4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def run(home: Path, *words: str) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("INFLUENCR_")}
    environment |= {
        "PYTHONPATH": str(ROOT / "src"),
        "INFLUENCR_HOME": str(home),
        "INFLUENCR_BILLING": "manual",
        "DJANGO_SETTINGS_MODULE": "influencr.service.settings",
    }
    subprocess.run([sys.executable, *words], check=True, env=environment, capture_output=True)


@pytest.fixture(scope="module")
def site(home: Path) -> Iterator[str]:
    """An instance with a member and an operator over the small world."""
    run(home, "-c", SETUP)
    run(home, "-m", "influencr", "manage", "staff", "op@instance.example")
    with post_office() as (_, mail), served(home, mail) as address:
        yield address


@pytest.fixture(scope="module")
def state(chromium: Browser, site: str) -> Any:
    """The cookies of an operator who has signed in with both steps."""
    context = chromium.new_context(base_url=site)
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("E-mail address").fill("op@instance.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code").fill(code())
    page.locator("main").get_by_role("button").first.click()
    page.wait_for_url("**/search")
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def enter(chromium: Browser, site: str, state: Any) -> Iterator[Any]:
    """Opens browsers of the operator; what a script or the policy complains of fails the test."""
    contexts, complaints = [], []

    def opened(**options: Any) -> Any:
        context = chromium.new_context(base_url=site, storage_state=state, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda said: complaints.append(said.text) if said.type == "error" else None
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390)]
)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    enter: Any, axe: str, scheme: str, width: int
):
    page = enter(color_scheme=scheme, viewport={"width": width, "height": 900})
    page.goto("/admin/members?q=mina")
    own = page.locator(".ad-people a").first.get_attribute("href")
    for path in (*(f"/admin{one}" for one in PAGES), own):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        page.evaluate(axe)
        assert page.evaluate(AXE_RUN, RULES) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_a_change_is_asked_twice_and_stands_in_the_log(enter: Any):
    page = enter()
    page.goto("/admin/members?q=mina")
    page.get_by_role("link", name="mina@rye.example").click()
    page.get_by_label("May search up to").fill("2099-01-31")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Shall this happen?")
    page.get_by_role("button", name="Let them search").click()
    expect(page.get_by_role("status").first).to_contain_text(re.compile(r"may search until 1\sFeb"))
    page.get_by_role("link", name="Log", exact=True).click()
    expect(page.locator(".ad-table")).to_contain_text("op@instance.example")
    expect(page.locator(".ad-table")).to_contain_text("lets search until")


def test_on_a_phone_money_and_access_are_not_changed(enter: Any):
    page = enter(viewport={"width": 390, "height": 844})
    page.goto("/admin/members?q=mina")
    page.get_by_role("link", name="mina@rye.example").click()
    expect(page.get_by_text("Changes need a wider screen.")).to_be_visible()
    expect(page.locator(".ad-acts")).to_be_hidden()


def test_who_is_no_operator_finds_nothing(chromium: Browser, site: str):
    context = chromium.new_context(base_url=site)
    try:
        for path in PAGES:
            assert context.request.get(f"/admin{path}").status == 404
    finally:
        context.close()
