"""Calls that nobody thought of: made from the description of the interface, by Schemathesis.

Every call goes through the whole service in this process. Nothing may fail on our side, and
nothing may be answered that the description does not say: no status, no media type, no header, no
document of another shape.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

__all__ = ["generated"]

_CHECKED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
#: The transport without a server unpacks nothing.
_SENT = {"Accept-Encoding": "identity"}


def generated(
    application: Any,
    *,
    seed: int,
    each: int,
    known: Mapping[str, str],
    headers: Mapping[str, str] | None = None,
    seconds: float | None = None,
    rounds: int | None = None,
) -> tuple[Counter[int], list[str]]:
    """(answers by status, what was wrong: one sentence per address and kind of call).

    each     calls of one address, with what the description allows and again with what it does
             not, before the next one has its turn
    known    parameter of the path -> something that there is; every second turn asks for that
    headers  sent with every call
    seconds, rounds   when to stop
    """
    with _one_connection():
        return _generated(
            application,
            {**(headers or {}), **_SENT},
            seed=seed,
            each=each,
            known=known,
            is_over=lambda turn, spent: (
                (rounds is not None and turn >= rounds) or (seconds is not None and spent > seconds)
            ),
        )


@contextmanager
def _one_connection() -> Iterator[None]:
    """A request does not close the database, which a test has a transaction open in.

    Django's own client does the same.
    """
    from django.core.signals import request_finished, request_started
    from django.db import close_old_connections

    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def _generated(
    application: Any,
    sent: Mapping[str, str],
    *,
    seed: int,
    each: int,
    known: Mapping[str, str],
    is_over: Callable[[int, float], bool],
) -> tuple[Counter[int], list[str]]:
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application)
    schema.config.seed = seed
    operations = [found.ok() for found in schema.get_all_operations()]
    counted: Counter[int] = Counter()
    wrong: dict[tuple[str, str], str] = {}
    began = time.monotonic()
    turn = 0
    while not is_over(turn, 0.0):
        for operation in operations:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                if is_over(turn, time.monotonic() - began):
                    return counted, list(wrong.values())
                if (operation.label, mode.value) in wrong:
                    continue
                path = _path(operation.path, known) if turn % 2 == 0 else None
                cases = operation.as_strategy(generation_mode=mode, path_parameters=path)
                problem = _called(cases, each, seed + turn, sent, counted)
                if problem:
                    wrong[operation.label, mode.value] = f"{operation.label}, {mode}: {problem}"
        turn += 1
    return counted, list(wrong.values())


def _path(address: str, known: Mapping[str, str]) -> dict[str, str] | None:
    """Known things for all parameters of an address; None where it has none, or others."""
    names = re.findall(r"{(\w+)}", address)
    if not names or not all(name in known for name in names):
        return None
    return {name: known[name] for name in names}


def _called(
    cases: Any, each: int, seed: int, headers: Mapping[str, str], counted: Counter[int]
) -> str:
    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=each,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @hypothesis.given(case=cases)
    def call(case: Any) -> None:
        response = case.call(headers=dict(headers))
        counted[response.status_code] += 1
        case.validate_response(response, checks=_CHECKED)

    try:
        call()
    except hypothesis.errors.Unsatisfiable:
        return ""  # what takes nothing cannot be asked wrongly
    except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - each is a finding to be told
        return f"{type(error).__name__}: {error}"
    return ""
