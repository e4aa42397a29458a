"""Neither counter of a key is ever exceeded, whatever is asked when, and whoever restarts."""

import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.standins.clock import Clock
from tests.standins.loopback import transport_of
from tests.standins.youtube import KEY, FakeYouTube, channel_id

from influencr.errors import TooManyCalls
from influencr.sources import Wanted
from influencr.sources.http import Client, Rule, State
from influencr.sources.youtube._api import YouTubeApi, next_midnight, rules

PACIFIC = ZoneInfo("America/Los_Angeles")

steps = st.one_of(
    st.tuples(st.just("search"), st.integers(1, 50)),
    st.tuples(st.just("channels"), st.integers(1, 50)),
    st.tuples(st.just("wait"), st.floats(0.01, 30)),
    st.just(("restart", 0)),
    st.just(("kill", 0)),
)


class Counted(FakeYouTube):
    """Counts what reaches it by Pacific day, without a limit of its own: the client must stop."""

    def __init__(self, **invented):
        super().__init__(**invented)
        self.searches_per_day = self.units_per_day = 10**9
        self.drops = 0

    def __call__(self, path, query, headers):
        if self.drops:
            # The call was made and counted there, and its answer never came.
            self.drops -= 1
            super().__call__(path, query, headers)
            raise KeyboardInterrupt
        return super().__call__(path, query, headers)


@settings(max_examples=25, deadline=None)
@given(
    schedule=st.lists(steps, max_size=30),
    begin=st.datetimes(datetime(2026, 10, 25), datetime(2026, 11, 8)),
)
def test_no_schedule_exceeds_either_counter(schedule, begin):
    """Days of 25 hours are among them: clocks go back on 2026-11-01."""
    clock = Clock(begin.replace(tzinfo=UTC))
    fake = Counted(channels=3, videos=0, clock=clock)
    limits = {"search": 20, "units": 45}
    small = [
        rule._replace(daily=limits["search" if rule.bucket else "units"], per_second=1_000.0)
        for rule in rules()
    ]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "youtube.sqlite"
        api = state = None
        untils = []
        for what, amount in [("restart", 0), *schedule]:
            if what in ("restart", "kill"):
                if api is not None:
                    if what == "kill":
                        fake.drops = 1
                        try:
                            api.channels([channel_id(0)], purpose="channels")
                        except (KeyboardInterrupt, TooManyCalls):
                            fake.drops = 0
                    api.client.close()
                    state.close()
                state = State(file)
                client = Client(
                    contact="mailto:operator@example.org",
                    rules=small,
                    state=state,
                    transport=transport_of(fake),
                    clock=clock,
                    sleep=clock.sleep,
                )
                api = YouTubeApi(client, key=KEY, clock=clock)
            elif what == "wait":
                clock.forward(hours=amount)
            else:
                for _ in range(amount):
                    try:
                        if what == "search":
                            question = {"type": "channel", "q": "coffee"}
                            api.search(question, page=None, purpose="search")
                        else:
                            api.channels([channel_id(1)], purpose="channels")
                    except TooManyCalls as told:
                        untils.append((told.until, next_midnight(clock())))
                        break
        api.client.close()
        state.close()
    assert all(said == midnight for said, midnight in untils)
    for (bucket, _), spent in fake.spent.items():
        assert spent <= limits[bucket]


def test_a_used_up_quota_comes_back_at_midnight_in_california(desk):
    desk.fake.units_per_day = 30
    rows: Counter[str] = Counter()
    ids = tuple(channel_id(n) for n in range(40))
    days = []
    for _ in range(10):
        source = desk.open(Wanted(again=ids))
        for table, frame in source.batches():
            rows[table] += len(frame)
        report = source.report()
        source.close()
        days.append(desk.clock.instant.astimezone(PACIFIC).date())
        if report.finished:
            break
        # The service itself said so: nothing is asked again before its midnight.
        assert any("quota" in note for note in report.notes)
        calls = sum(desk.fake.calls.values())
        early = desk.open(Wanted(again=ids))
        assert not list(early.batches())
        assert not early.report().finished
        early.close()
        assert sum(desk.fake.calls.values()) == calls
        desk.clock.now = next_midnight(desk.clock())
    assert len(days) == len(set(days)) == 3
    assert max(spent for spent in desk.fake.spent.values()) == 30
    assert rows["posts"] == 38 * 3


def test_midnight_in_california_is_right_when_the_clocks_change():
    for day in (datetime(2026, 3, 8, 12, tzinfo=UTC), datetime(2026, 11, 1, 12, tzinfo=UTC)):
        until = datetime.fromtimestamp(next_midnight(day.timestamp()), PACIFIC)
        assert (until.hour, until.minute) == (0, 0)
        assert until.date() == day.astimezone(PACIFIC).date() + timedelta(days=1)


def test_the_documented_limits_are_the_rules():
    assert [(r.bucket, r.daily, r.zone) for r in rules("http://127.0.0.1:9")] == [
        ("", 10_000, "America/Los_Angeles"),
        ("search", 100, "America/Los_Angeles"),
    ]
    assert all(isinstance(r, Rule) and r.host == "127.0.0.1:9" for r in rules("http://127.0.0.1:9"))
