"""What an instance refuses arrives as the error that an engine raises."""

import json
from typing import Any

import pytest

from influencr import errors
from influencr.errors import (
    BadAnswer,
    Busy,
    NotListed,
    NotThere,
    Refused,
    Rejected,
    TooManyCalls,
    UnknownValue,
    Unreachable,
    UsageError,
)
from influencr.remote._calls import Answer, Call
from influencr.remote._errors import document_of

URL = "https://influencr.example"


def read(status: int, body: Any, asked: dict[str, Any] | None = None, **headers: str) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    call = Call("GET", "/api/v1/search", None, (), asked or {})
    return document_of(call, Answer(status, headers, data), URL)


def refused(status: int, code: str, asked: dict[str, Any] | None = None, **more: Any) -> Exception:
    with pytest.raises(errors.InfluencrError) as told:
        read(status, {"error": {"code": code, "message": "One sentence.", **more}}, asked)
    return told.value


def test_an_answer_is_its_document() -> None:
    assert read(200, {"total": 3}) == {"total": 3}
    assert read(201, {"id": "a"}) == {"id": "a"}
    assert read(204, b"") == {}


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (422, "usage", UsageError),
        (422, "unknown_value", UnknownValue),
        (404, "not_listed", NotListed),
        (503, "busy", Busy),
        (503, "home", errors.HomeError),
        (422, "place", errors.PlaceError),
    ],
)
def test_a_code_is_its_class(status: int, code: str, kind: type[Exception]) -> None:
    error = refused(status, code, field="place", valid=["a", "b"])
    assert type(error) is kind
    assert str(error) == "One sentence."
    assert vars(error)["field"] == "place"
    assert vars(error)["valid"] == ["a", "b"]


def test_every_code_of_an_engine_is_known() -> None:
    for name in errors.__all__:
        kind = getattr(errors, name)
        if isinstance(kind, type) and issubclass(kind, errors.InfluencrError):
            assert isinstance(refused(422, kind.code), kind), name


def test_what_was_received_is_known_from_what_was_asked() -> None:
    error = refused(422, "unknown_value", {"verdict": "veted"}, field="verdict", valid=["vetted"])
    assert isinstance(error, UnknownValue)
    assert error.value == "veted"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, Refused),
        (402, Refused),
        (403, Refused),
        (404, NotThere),
        (409, Rejected),
        (429, TooManyCalls),
        (500, Unreachable),
        (503, Unreachable),
    ],
)
def test_codes_of_the_interface_alone_go_by_the_status(status: int, kind: type[Exception]) -> None:
    error = refused(status, "something_new", field="key")
    assert isinstance(error, kind)
    assert isinstance(error, errors.ServiceError)
    assert (error.code, error.status, error.url) == ("something_new", status, URL)
    assert error.field == "key"


def test_a_page_of_a_proxy_is_told_as_what_it_is() -> None:
    with pytest.raises(Unreachable, match="does not answer at the moment"):
        read(502, b"<html>bad gateway</html>")
    with pytest.raises(BadAnswer, match="does not answer like an instance") as told:
        read(200, b"<html>hello</html>", **{"content-type": "text/html"})
    assert "text/html" in str(told.value)
    assert told.value.body == "<html>hello</html>"
    with pytest.raises(BadAnswer):
        read(404, b"\xff\xfe")
    with pytest.raises(BadAnswer):
        read(200, b"[1, 2]")


def test_another_address_is_not_followed() -> None:
    with pytest.raises(Rejected, match=r"sends on to https://www\.influencr\.example/"):
        read(301, b"", location="https://www.influencr.example/")


def test_no_answer_says_why() -> None:
    call = Call("GET", "/", None, (), {})
    with pytest.raises(Unreachable, match="gone"):
        document_of(call, Unreachable("gone"), URL)
