"""`influencr verify`: a number made again, told to a person and to a program."""

from collections.abc import Callable
from typing import Any

WHO = "bluesky:@rubyinlondon.sky.example"


def test_a_number_that_holds_is_told_with_the_records(ask: Callable[..., Any]) -> None:
    ran = ask("verify", f"creator:{WHO}#followers", f"creator:{WHO}#influence")
    assert ran.code == 0
    assert f"agrees        creator:{WHO}#followers" in ran.out
    assert "read: 1 of profiles, 1 of profiles" in ran.out
    assert "needs_whole" in ran.out
    assert "ask with whole=true" in ran.out


def test_a_program_gets_the_document_and_a_difference_fails(ask: Callable[..., Any]) -> None:
    ran = ask("verify", f"creator:{WHO}#followers=1", "--json")
    assert ran.code == 1
    (one,) = ran.document["checked"]
    assert (one["outcome"], one["said"]) == ("differs", 1)
    assert one["recounted"] == one["told"]
    assert ran.document["records"][one["records"][0]]["table"] == "profiles"


def test_everybody_is_judged_anew_when_asked(ask: Callable[..., Any]) -> None:
    ran = ask("verify", f"creator:{WHO}#influence", "--whole", "--quiet", "--json")
    assert ran.code == 0
    (one,) = ran.document["checked"]
    assert one["outcome"] == "agrees"
    assert one["recounted"] > 0


def test_what_is_no_handle_is_refused_in_one_sentence(ask: Callable[..., Any]) -> None:
    ran = ask("verify", "followers of ana")
    assert ran.code == 2
    assert ran.out == ""
    assert "a handle reads like creator:tiktok:@ana#followers=1200" in ran.err
