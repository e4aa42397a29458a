"""Briefs end in the right call or in a named error; errors alone lead from the one to the other."""

from __future__ import annotations

import difflib
from typing import Any

import pytest
from tests.unit.mcp.briefs import BRIEFS, Brief

from influencr.mcp import Tools

#: Corrections that a client makes before it gives up.
_TRIES = 3


def corrected(
    tool: str, arguments: dict[str, Any], error: dict[str, Any]
) -> tuple[str, dict[str, Any]] | None:
    """The next call, from nothing but what the error says; None when it names nothing to do."""
    field, valid = error.get("field"), error.get("valid")
    if not valid:
        return None
    if field == "tool":
        return closest(tool, valid), arguments
    if error["code"] == "unknown_parameter":
        meant = closest(field, valid)
        return tool, {meant if name == field else name: v for name, v in arguments.items()}
    given = arguments[field]
    if isinstance(given, list):
        new: Any = [one if one in valid else closest(one, valid) for one in given]
    else:
        new = closest(given, valid)
    return tool, {**arguments, field: new}


def closest(word: str, valid: list[str]) -> str:
    return difflib.get_close_matches(word, valid, n=1, cutoff=0.0)[0]


def without_time(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "took_ms"}


def test_there_are_forty() -> None:
    assert len(BRIEFS) == len({brief.wanted for brief in BRIEFS}) == 40


@pytest.mark.parametrize("brief", BRIEFS, ids=lambda brief: brief.wanted)
def test_a_brief_ends_where_it_should(tools: Tools, brief: Brief) -> None:
    tool, arguments = brief.tool, brief.arguments
    answer = tools.call(tool, arguments)
    assert answer.document.get("error", {}).get("code") == brief.says
    for _ in range(_TRIES):
        if not answer.is_error or isinstance(brief.ends, str):
            break
        following = corrected(tool, arguments, answer.document["error"])
        assert following is not None, answer.document
        tool, arguments = following
        answer = tools.call(tool, arguments)
    if isinstance(brief.ends, str):
        assert answer.document["error"]["code"] == brief.ends
        assert answer.document["error"]["message"].endswith((".", "?"))
        return
    assert (tool, arguments) == brief.ends
    assert not answer.is_error
    assert without_time(answer.document) == without_time(tools.call(*brief.ends).document)
