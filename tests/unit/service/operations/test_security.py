"""Every address in every mode: closed headers, closed cookies, known hosts, small bodies."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as configured
from django.core import mail
from django.test import Client
from tests.standins.members import signed_in
from tests.unit.service.test_isolation import MEMBERS, OPEN

POLICY = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: What a page may not hold for its policy to be worth anything.
INLINE = (
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>",
    r"<style\b",
    r"<[^>]+\sstyle=",
    r"<[^>]+\son[a-z]+=",
    r"(?:href|src|action)=[\"']?\s*javascript:",
    r"(?:href|src|action)=\"http://",
)


def path_of(name: str) -> str:
    return {**OPEN, **MEMBERS}[name].format(token="none", list="none")


def audited(response: Any, name: str) -> None:
    for header, value in HEADERS.items():
        assert response.get(header) == value, (name, header)
    assert "camera=()" in response["Permissions-Policy"]
    assert re.fullmatch(r"[0-9a-f]{16}", response["X-Request-Id"])
    told = dict(
        piece.strip().partition(" ")[::2]
        for piece in response["Content-Security-Policy"].split(";")
    )
    for kind, sources in POLICY.items():
        assert told[kind] == sources, (name, kind)
    for kind, sources in told.items():
        assert not re.search(r"unsafe|\*|https?:", sources), (name, kind, sources)
    for cookie in response.cookies.values():
        assert cookie["httponly"], (name, cookie)
        assert cookie["samesite"] in ("Lax", "Strict"), (name, cookie)
    if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
        cached = response["Cache-Control"]
        assert "no-store" in cached or ("private" in cached and "no-cache" in cached), name
        page = response.content.decode()
        for pattern in INLINE:
            found = re.search(pattern, page)
            assert not found, (name, found and found[0][:200])


def open_names() -> list[str]:
    """Addresses of an instance without members, each by its path in OPEN or MEMBERS."""
    from django.urls import URLPattern

    from influencr.service import urls

    pages = [p for p in urls.urlpatterns if isinstance(p, URLPattern)]
    return [p.name for p in pages if p.name]


@pytest.mark.parametrize("name", open_names())
def test_an_open_instance(client: Client, engine: Any, cast: Any, name: str):
    engine.people["bluesky:@juno"] = cast.creator()
    client.raise_request_exception = False
    if name not in {**OPEN, **MEMBERS}:
        pytest.skip("of another mode, or named by test_isolation")
    for response in (client.get(path_of(name)), client.post(path_of(name), {"name": "x"})):
        audited(response, name)
        # Forms that change what an open instance keeps need their token; nothing else a cookie.
        assert set(response.cookies) <= {"csrftoken", "theme"}
    assert "sessionid" not in client.cookies


@pytest.mark.parametrize("name", [*OPEN, *MEMBERS])
def test_an_instance_with_members(members: Any, engine: Any, cast: Any, name: str):
    engine.people["bluesky:@juno"] = cast.creator()
    for client in (Client(), signed_in(members.olga), signed_in(members.ada)):
        client.raise_request_exception = False
        audited(client.get(path_of(name)), name)


@pytest.mark.parametrize("path", ["/nothing", "/c/bluesky/nobody", "/search?sort=nothing"])
def test_refusals_are_as_closed(client: Client, engine: Any, path: str):
    audited(client.get(path), path)


def test_a_failure_is_as_closed(client: Client, engine: Any):
    engine.answer = RuntimeError("broken")
    client.raise_request_exception = False
    audited(client.get("/search?text=rye"), "500")


HOSTS = ("evil.example", "localhost.evil.example", "localhost:80@evil.example", "127.0.0.1.evil")


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_that_is_not_ours_is_answered_nowhere(members: Any, engine: Any, host: str):
    client = Client()
    for name in {**OPEN, **MEMBERS}:
        # Alive is alive: a probe comes by any name.
        if name in ("health", "robots.txt", "robots"):
            continue
        response = client.get(path_of(name), headers={"host": host})
        assert response.status_code == 400, name
        assert "evil" not in response.content.decode()


def test_a_forwarded_host_gets_into_no_mail(members: Any, engine: Any):
    response = Client().post(
        "/password/forgotten",
        {"email": "olga@rye.example"},
        headers={"x-forwarded-host": "evil.example", "x-forwarded-proto": "https"},
    )
    assert response.status_code == 302
    assert mail.outbox
    for message in mail.outbox:
        assert "evil" not in str(message.message())


def test_nothing_larger_than_a_form_is_read(members: Any, engine: Any):
    client = signed_in(members.olga)
    big = "x" * (configured.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    many = {f"f{i}": "x" for i in range(configured.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    for sent in ({"name": big}, many):
        assert client.post("/account/name", sent).status_code == 400
    members.olga.refresh_from_db()
    assert members.olga.name == ""
    # No form of ours has a file.
    assert configured.FILE_UPLOAD_HANDLERS == []


SHOWN = (
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SECURE_HSTS_SECONDS",
    "SESSION_COOKIE_HTTPONLY",
    "CSRF_COOKIE_HTTPONLY",
    "ACCOUNT_DEFAULT_HTTP_PROTOCOL",
)
SHOW = """
import json, sys
from influencr.service import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}))
"""


@pytest.mark.parametrize(
    ("https", "told"), [("on", [True, True, 31_536_000]), ("off", [False] * 2)]
)
def test_with_https_cookies_and_browsers_stay_with_it(https: str, told: list[Any]):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("INFLUENCR_")}
    done = subprocess.run(
        [sys.executable, "-c", SHOW, *SHOWN],
        env={**kept, "INFLUENCR_HTTPS": https},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert [found[name] for name in SHOWN[: len(told)]] == told
    assert found["SESSION_COOKIE_HTTPONLY"] is found["CSRF_COOKIE_HTTPONLY"] is True
    assert found["ACCOUNT_DEFAULT_HTTP_PROTOCOL"] == ("https" if https == "on" else "http")
