"""The stand-in behind the official library: within the process, or over HTTP on loopback with
pages for a browser; and events signed as Stripe documents it.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import html
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import stripe
from tests.standins.stripe_world.account import SECRET, Account
from tests.standins.stripe_world.api import Api
from tests.standins.stripe_world.things import Thing


def signed(event: Thing, at: int, secret: str = SECRET) -> tuple[bytes, str]:
    """Body and header of an event as it is sent at an instant."""
    body = json.dumps(event, separators=(",", ":")).encode()
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return body, f"t={at},v1={mac}"


class InProcess(stripe.HTTPClient):
    """The library's way to the stand-in without a socket."""

    name = "in-process"

    def __init__(self, api: Api) -> None:
        super().__init__()
        self.api = api

    def request(
        self, method: str, url: str, headers: Any, post_data: Any = None
    ) -> tuple[str, int, dict[str, str]]:
        asked = urlsplit(url)
        lower = {name.lower(): value for name, value in headers.items()}
        body = post_data or ""
        status, answer = self.api(method.upper(), asked.path, asked.query, body, lower)
        return json.dumps(answer), status, {"request-id": "req_standin"}

    def close(self) -> None:
        """Nothing is open."""


class Service:
    """The stand-in while it is served: its address, and where it sends its events."""

    def __init__(self, api: Api, lock: threading.RLock) -> None:
        self.api = api
        self.account = api.account
        self.lock = lock
        self.webhook = ""
        self.sent: list[tuple[str, int]] = []

    @property
    def address(self) -> str:
        return self.account.base

    def forward(self, **time: float) -> None:
        """Time passes at Stripe, and the news of it goes out."""
        with self.lock:
            self.account.forward(**time)
        self.post_news()

    def post_news(self) -> None:
        """Send what is in the outbox, in its order, as Stripe does: outside of any answer."""
        while self.account.outbox:
            event = self.account.outbox.pop(0)
            if not self.webhook:
                continue
            body, signature = signed(event, self.account.now)
            request = urllib.request.Request(
                self.webhook,
                body,
                {"Stripe-Signature": signature, "Content-Type": "application/json"},
            )
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    status = answer.status
            except urllib.error.HTTPError as error:
                status = error.code
            self.sent.append((event["type"], status))


_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body><main><h1>{title}</h1>{body}</main></body></html>"""


@contextlib.contextmanager
def served(account: Account) -> Iterator[Service]:
    """The stand-in on a free port of 127.0.0.1, until the block ends."""
    api = Api(account)
    lock = threading.RLock()
    service = Service(api, lock)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def do_DELETE(self) -> None:
            self._answer("DELETE")

        def _answer(self, method: str) -> None:
            asked = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            if not asked.path.startswith("/v1/"):
                self._page(method, asked.path, {k: v[0] for k, v in parse_qs(body).items()})
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            with lock:
                status, answer = api(method, asked.path, asked.query, body, headers)
            self._send(status, json.dumps(answer), "application/json")

        def _page(self, method: str, path: str, sent: dict[str, str]) -> None:
            kind, _, name = path.strip("/").partition("/")
            if method == "GET":
                self._show(kind, name)
                return
            with lock:
                back = _act(account, kind, name, sent)
            # Stripe too tells before it sends people back, or after. Without the lock, because
            # whoever is told asks back.
            service.post_news()
            self.send_response(303)
            self.send_header("Location", back)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _show(self, kind: str, name: str) -> None:
            buttons = {
                "pay": [("good", "Pay with a good card"), ("bad", "Pay with a bad card")],
                "portal": [("good", "Keep a good card"), ("bad", "Keep a bad card")],
                "invoice": [("good", "Pay with a good card")],
            }.get(kind, [])
            buttons = [*buttons, ("", "Back")] if kind != "invoice" else buttons
            form = "".join(
                f'<button name="card" value="{value}">{html.escape(text)}</button>'
                for value, text in buttons
            )
            titles = {"pay": "Checkout", "portal": "Portal", "invoice": "Invoice"}
            markup = _PAGE.format(
                title=f"{titles.get(kind, 'Nothing')} of the stand-in",
                body=f'<form method="post">{form}</form>',
            )
            self._send(200 if kind in titles else 404, markup, "text/html; charset=utf-8")

        def _send(self, status: int, text: str, kind: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Say nothing: a test's output is the test's."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    account.base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _act(account: Account, kind: str, name: str, sent: dict[str, str]) -> str:
    """What a button of a page does; the address that follows."""
    card = sent.get("card", "")
    if kind == "pay":
        session = account.sessions[name]
        if not card:
            return str(session["cancel_url"])
        done = account.pay(name, works=card == "good")
        return str(session["success_url"]) if done else f"{account.base}/pay/{name}"
    if kind == "portal":
        portal = account.portals[name]
        if card:
            account.set_card(portal["customer"], works=card == "good")
        return str(portal["return_url"])
    account.set_card(account.invoices[name]["customer"], works=True)
    account.settle(name)
    return f"{account.base}/invoice/{name}"


__all__ = ["InProcess", "Service", "served", "signed"]
