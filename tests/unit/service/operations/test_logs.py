"""What is written down: enough to find a failure, nothing that tells who or what was asked."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import re
from typing import Any

import pytest
from django.test import Client
from tests.standins.members import PASSWORD, signed_in

from influencr.service.operations import logs


@pytest.fixture
def written(monkeypatch: Any):
    """Everything that reaches stderr, as the service sets logging up."""
    before = {name: list(logging.getLogger(name).handlers) for name in ("", "django.request")}
    told = logs.settings_of(requests=True, debug=False)
    stream = io.StringIO()
    told["handlers"]["stderr"]["stream"] = stream
    logging.config.dictConfig(told)
    yield stream
    for name, handlers in before.items():
        logging.getLogger(name).handlers = handlers
    logging.getLogger("influencr.service").setLevel(logging.NOTSET)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_is_a_line_with_route_status_and_time(client: Client, engine: Any, written: Any):
    response = client.get("/search?text=rye")
    (line,) = lines(written)
    assert line.pop("at").endswith("Z")
    assert line.pop("ms") > 0
    assert line == {
        "level": "info",
        "event": "request",
        "request": response["X-Request-Id"],
        "route": "search",
        "method": "GET",
        "status": 200,
    }


def test_a_failure_is_found_by_its_number_and_tells_no_words(
    client: Client, engine: Any, written: Any
):
    engine.answer = ValueError("secret question of juno@rye.example")
    client.raise_request_exception = False
    response = client.get("/search?text=secret+question")
    assert response.status_code == 500
    number = response["X-Request-Id"]
    assert number in response.content.decode()
    told = lines(written)
    failed = next(line for line in told if line["event"] == "failed")
    assert failed["error"] == "ValueError"
    assert any("views/search.py" in frame for frame in failed["frames"])
    assert any(line.get("request") == number and line["level"] == "error" for line in told)
    assert "secret" not in written.getvalue()
    assert "juno" not in written.getvalue()


HOSTILE = (
    "juno@rye.example",
    "@junosauerteig.example",
    "203.0.113.77",
    '"},{"event":"forged"}',
    "line\nbreak",
    "\u202eesrever",
)


def test_whatever_is_sent_none_of_it_is_written(members: Any, engine: Any, written: Any):
    engine.people["bluesky:@juno"] = None
    for text in HOSTILE:
        client = Client(
            headers={"user-agent": text.replace("\n", " "), "referer": "http://x/" + text[:5]},
            REMOTE_ADDR="203.0.113.77",
        )
        client.raise_request_exception = False
        client.get("/search", {"text": text, "place": text})
        client.get("/suggest/places", {"q": text})
        client.get(f"/c/bluesky/{text}")
        client.get(f"/{text}")
        client.get("/signup/confirm/" + text)
        client.post("/login", {"login": text, "password": PASSWORD})
        client.post("/signup", {"email": text, "password1": PASSWORD})
        client.post("/password/forgotten", {"email": text})
        client.get("/", headers={"host": "evil.example"})
        client.generic("BREW" + re.sub(r"\W", "", text)[:5].upper(), "/search")
        engine.answer = RuntimeError(text)
        client.get("/search", {"text": text})
        engine.answer = OSError(text, text)
        signed_in(members.olga).get("/creators")
    for line in lines(written):
        assert set(line) <= {*logs.FIELDS, "at", "level", "event"}
        assert line["event"] in ("request", "failed", "warned")
    text = written.getvalue()
    hidden = ("juno", "rye.example", "203.0.113", "forged", "esrever", "evil", "olga", PASSWORD)
    for piece in (*hidden, "sauerteig"):
        assert piece not in text, piece


def test_a_library_that_formats_its_own_message_is_cut_to_its_place(written: Any):
    logging.getLogger("some.library").warning("cannot reach juno@rye.example")
    logging.getLogger("some.library").error("cannot reach %s", "juno@rye.example")
    first, second = lines(written)
    assert first["logger"] == "some.library"
    assert "said" not in first
    assert second["said"] == "cannot reach %s"
    assert "juno" not in written.getvalue()


def test_a_field_that_is_not_known_is_left_out(written: Any):
    logs.event("mail_not_sent", kind="digest", address="juno@rye.example", n=3)
    (line,) = lines(written)
    assert line["kind"] == "digest"
    assert line["n"] == 3
    assert "address" not in line


def test_requests_are_written_only_where_they_are_wanted(client: Client, engine: Any):
    told = logs.settings_of(requests=False, debug=False)
    assert told["loggers"]["influencr.service"]["level"] == "WARNING"
    assert "formatter" not in logs.settings_of(requests=False, debug=True)["handlers"]["stderr"]
