from __future__ import annotations

from django.http import QueryDict

from influencr.service.web.address import Address


def of(query: str) -> Address:
    return Address.of(QueryDict(query))


def test_empty_boxes_of_a_form_do_not_lengthen_the_address():
    assert of("text=gym&place=&country=").href == "/search?text=gym"


def test_choosing_twice_takes_a_value_out_again():
    once = of("text=gym").toggled("platform", "tiktok")
    assert once.href == "/search?text=gym&platform=tiktok"
    assert once.toggled("platform", "tiktok").href == "/search?text=gym"


def test_a_changed_question_starts_at_the_first_page():
    deep = of("text=gym&after=abc&start=40&trail=x")
    assert deep.toggled("language", "de").href == "/search?text=gym&language=de"
    assert deep.without("text").href == "/search"


def test_other_values_of_the_same_filter_stay():
    address = of("platform=tiktok&platform=bluesky&text=a%26b")
    assert address.toggled("platform", "tiktok").params() == {
        "platform": ["bluesky"],
        "text": ["a&b"],
    }


def test_the_parameters_of_the_page_are_no_part_of_the_question():
    asked = of("text=gym&after=abc&start=20&trail=x").question()
    assert asked == {"text": ["gym"], "after": ["abc"]}


def test_a_form_carries_what_it_does_not_set_itself():
    address = of("text=gym&followers_min=10&platform=tiktok&after=abc")
    assert address.fields(without=("followers_min",)) == [("text", "gym"), ("platform", "tiktok")]
