"""The section about influence: the score opened, the cohort, closeness, growth, the label."""

import math
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from influencr.engine import Cohort, Influence
from influencr.influence import labels, score
from influencr.service.web import charts, methods_text
from influencr.service.web.figures import Axis, axis, figures, line
from influencr.service.web.influence import influence

DAY = 86_400
BEGIN = 1_700_000_000


def facts(**changes: Any) -> dict[str, Any]:
    at = [BEGIN + i * 30 * DAY for i in range(20)]
    return {
        "profile_id": "bluesky:did:plc:juno",
        "platform": "bluesky",
        "influence_per_post": 6.0,
        "influence_per_post_low": 4.5,
        "influence_per_post_high": 8.0,
        "influence_per_1000": 0.88,
        "influence_per_1000_low": 0.66,
        "influence_per_1000_high": 1.17,
        "influence_percentile": 92.4,
        "influence_percentile_low": 85.0,
        "influence_percentile_high": 96.0,
        "influence_cohort_n": 412,
        "influence_n": 24,
        "influence_basis": "events",
        "influence_parts": [
            {"name": "usual for the size", "factor": 4.0, "sentence": "As others <b>here</b>."},
            {"name": "response", "factor": 1.5, "sentence": "More than that."},
        ],
        "influence_reason": "From the reactions to each of 24 posts.",
        "influence_version": "1",
        "closeness": 0.42,
        "closeness_low": 0.3,
        "closeness_high": 0.55,
        "closeness_n": 60,
        "closeness_answer_hours": 0.5,
        "closeness_answer_hours_n": 20,
        "closeness_mutual_reason": "Too few repliers.",
        "engagement_effortful": 6.2,
        "engagement_effortful_n": 24,
        "engagement_per_view_reason": "Views are not public here.",
        "growth_at": at,
        "growth_followers": [i * 100 for i in range(20)],
        "growth_12m": 1200,
        "growth_12m_relative": 1.7,
        "growth_1m_reason": "No count is that old.",
        "growth_reason": "From dated follows.",
        "growth_found": [
            {
                "from_at": datetime(2024, 3, 3, tzinfo=UTC),
                "to_at": datetime(2024, 3, 3, tzinfo=UTC),
                "gained": 250,
                "expected": 3.1,
                "before": 300,
                "basis": "follows",
                "families": ["C"],
            },
            {
                "from_at": datetime(2024, 9, 1, tzinfo=UTC),
                "to_at": datetime(2024, 9, 2, tzinfo=UTC),
                "gained": -40,
                "expected": 0.0,
                "before": 900,
                "basis": "counts",
                "families": [],
            },
        ],
        "label_p": 0.93,
        "label_reasons": [{"sentence": "The bio says <i>baker</i>."}],
        "as_of": datetime(2026, 11, 1, tzinfo=UTC),
        **changes,
    }


COHORT = Cohort(
    412,
    ((100.0, 1.0), (5_000.0, 9.0), (20_000.0, 3.0)),
    (100.0, 1_000.0, 10_000.0),
    (0.4, 1.0, 2.5),
    (1.0, 2.5, 6.0),
    (2.5, 6.0, 15.0),
)


@pytest.fixture
def page(client: Any, engine: Any, cast: Any) -> Any:
    def get(measured: Any, **changes: Any) -> str:
        row = cast.creator(**changes)
        engine.people["bluesky:@junosauerteig.example"] = row
        engine.measured[row["profile_id"]] = measured
        response = client.get("/c/bluesky/junosauerteig.example")
        assert response.status_code == 200
        return response.content.decode()

    return get


def text_of(html: str) -> str:
    return " ".join(
        re.sub("<[^>]+>", " ", html).replace("&nbsp;", " ").replace("\xa0", " ").split()
    )


def test_the_score_is_opened_part_by_part(page: Any) -> None:
    html = page(Influence(facts(), COHORT))
    text = text_of(html)
    assert "6.0 acts a post 95 % interval 4.5–8.0" in text
    assert "92nd percentile of its size (95 % interval 85–96), among 412 creators" in text
    assert "4.00 usual for the size" in text
    assert "× 1.50 response More than that." in text
    assert "= 6.0 acts a post. The parts multiply" in text
    assert "As others &lt;b&gt;here&lt;/b&gt;." in html
    assert "The bio says &lt;i&gt;baker&lt;/i&gt;." in html
    assert 'href="#influence"' in html


def test_the_parts_shown_multiply_to_the_score() -> None:
    told = facts()
    product = math.prod(part["factor"] for part in told["influence_parts"])
    assert product == told["influence_per_post"]


def test_jumps_lead_to_the_tests_that_found_something(page: Any) -> None:
    html = page(Influence(facts(), COHORT))
    text = text_of(html)
    assert "3 Mar 2024 250 came where 3.1 were usual; at that time unusual:" in text
    assert '<a href="#tests">Creation date × arrival</a>' in html
    assert "40 left where 0 were usual; no test of the audience found anything then." in text


def test_what_is_unknown_says_why(page: Any, cast: Any) -> None:
    told = facts(
        influence_per_post=None,
        influence_percentile=None,
        influence_per_1000=None,
        influence_parts=None,
        influence_reason="No own post with known reactions.",
        growth_at=None,
        growth_followers=None,
        growth_found=None,
    )
    html = page(Influence(told, COHORT), followers=None)
    text = text_of(html)
    assert "No own post with known reactions." in text
    assert "Views are not public here." in text
    assert "Too few repliers." in text
    assert "unknown : No count is that old." in text
    assert 'class="mark' not in html
    assert "<polyline" not in html


def test_without_any_measurement_there_is_no_section(page: Any, cast: Any) -> None:
    assert 'id="influence"' not in page(None)
    assert influence(cast.creator(), None) is None


def test_a_cohort_too_small_for_a_line_still_shows_its_points(cast: Any) -> None:
    few = Cohort(3, COHORT.points)
    section = influence(cast.creator(), Influence(facts(), few))
    assert section is not None
    assert section.plot is not None
    assert section.plot.wide.count('class="other"') == 3
    assert "polygon" not in section.plot.wide
    assert section.table == ()


def test_drawings_have_a_name_and_no_colour_of_their_own(cast: Any) -> None:
    section = influence(cast.creator(), Influence(facts(), COHORT))
    assert section is not None
    assert section.plot is not None
    assert section.growth.chart is not None
    for drawn in (*section.plot, *section.growth.chart):
        assert 'role="img" aria-label="' in drawn
        assert "style" not in drawn
        assert "fill=" not in drawn
    assert section.growth.chart.wide.count('class="found"') == 1
    assert section.growth.chart.wide.count('class="jump"') == 1


def test_marks_lie_inside_the_drawing_wherever_the_numbers_are() -> None:
    for size, value in ((1.0, 1e-9), (1e8, 1e5), (50.0, 2.0)):
        mark = charts.Mark(size, value, value / 2, value * 2, "x")
        for drawn in charts.cohort(((10.0, 1.0), (1e5, 40.0)), (), mark, "t"):
            box = [float(n) for n in re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn)[0]]
            for x, y in re.findall(r'c[xy]="([\d.]+)" cy="([\d.]+)"', drawn):
                assert 0 <= float(x) <= box[0]
                assert 0 <= float(y) <= box[1]


def test_all_rows_share_the_axis_of_influence() -> None:
    rows = [
        {"influence": 2.0, "influence_low": 1.0, "influence_high": 4.0},
        {"influence": 20.0, "influence_low": 10.0, "influence_high": 100.0},
        {"influence": None},
    ]
    shared = axis(rows)
    assert shared == Axis(1.0, 100.0)
    first, second = (figures(row, shared)[0].bar for row in rows[:2])
    assert first is not None
    assert second is not None
    assert first.x < second.x
    assert second.x + second.width <= 96
    assert figures(rows[2], shared)[0].value is None
    assert axis([{}]) is None


def test_reach_is_the_last_figure_and_says_how_it_changed() -> None:
    shown = figures({"followers": 1_200, "followers_12m": 200, "growth_line": "Af/"})
    assert [f.name for f in shown] == ["Influence", "Closeness", "Engagement", "Followers"]
    assert shown[-1].note == "+20\xa0% in 12\xa0mo"
    assert shown[-1].line is not None
    fallen = figures({"followers": 900, "followers_12m": -100})[-1]
    assert fallen.note == "−10\xa0% in 12\xa0mo"
    assert line(None) is None


def test_a_percentile_is_spelt_out_for_who_hears_it() -> None:
    shown = figures(
        {
            "influence": 2.0,
            "influence_low": 1.0,
            "influence_high": 4.0,
            "influence_percentile": 91.6,
        }
    )[0]
    assert shown.note == "1.0–4.0 · p92"
    assert shown.spoken == "95\xa0% interval 1.0–4.0, 92nd percentile of its size"


def test_the_methods_page_names_every_part_and_label() -> None:
    sections = {section.key: section for section in methods_text.sections()}
    terms = [name for name, _ in sections["influence"].terms]
    assert terms[: len(score.PARTS)] == list(score.PARTS)
    assert len(sections["labels"].terms) == len(labels.LABELS) - 1
    assert "not-yet" not in sections
