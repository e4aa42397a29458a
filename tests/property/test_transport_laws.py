"""Laws of the transport: pace, quota and secrecy, whatever is asked, answered and interrupted."""

import json
from datetime import UTC, datetime
from urllib.parse import quote, quote_plus
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from influencr.errors import InfluencrError, TooManyCalls, Unreachable
from influencr.sources.http import Answer, Client, NotSent, Redactor, Rule, State
from influencr.sources.http import read_limits as read
from influencr.sources.http._addresses import is_public

START = 1_790_000_000.0
URL = "https://api.example.org/x"


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        assert seconds >= 0
        self.now += seconds


class Killed(BaseException):
    """The process ends while a call is under way."""


numbers = st.one_of(
    st.integers(-5, 400).map(str),
    st.integers(int(START) - 100, int(START) + 2000).map(str),
    st.just("2026-09-21T14:20:00Z"),
    st.just("Mon, 21 Sep 2026 14:20:00 GMT"),
    st.text(max_size=8),
)
headers = st.dictionaries(
    st.sampled_from(
        [
            *("retry-after", "ratelimit-remaining", "ratelimit-reset", "ratelimit", "date"),
            *("x-ratelimit-remaining", "x-ratelimit-reset"),
        ]
    ),
    numbers,
    max_size=3,
)
answers = st.one_of(
    st.tuples(st.sampled_from([200, 200, 200, 302, 400, 403, 404, 429, 500, 503]), headers),
    st.sampled_from(["not sent", "broke off", "killed"]),
)
# What somebody does: ask, wait a while first, or start anew with the same file.
steps = st.lists(
    st.tuples(st.floats(0, 30), st.booleans(), st.booleans(), answers), min_size=1, max_size=40
)
rates = st.floats(0.05, 50)


def run(rule, schedule, state_file, *, search=None):
    """Instants (and buckets) at which a service saw calls, over a whole schedule."""
    clock, seen = Clock(), []
    pending = [answer for *_, answer in schedule]

    def transport(call):
        seen.append((clock.now, "search" if "search" in call.url else ""))
        answer = pending.pop(0) if pending else (200, {})
        if answer == "killed":
            raise Killed
        if answer == "not sent":
            raise NotSent("no")
        if answer == "broke off":
            raise Unreachable("broke off")
        status, said = answer
        if status == 302:
            said = {**said, "location": "/x"}
        return Answer(status, said, b"", call.url)

    def start():
        state = State(state_file)
        rules = [rule, *([search] if search else [])]
        client = Client(
            contact="a@example.org",
            rules=rules,
            state=state,
            transport=transport,
            clock=clock,
            sleep=clock.sleep,
            random=lambda: 0.5,
            attempts=3,
        )
        return client, state

    client, state = start()
    for wait, is_search, restart, _ in schedule:
        clock.now += wait
        if restart:
            state.close()
            client, state = start()
        bucket = "search" if search and is_search else ""
        try:
            client.get(f"{URL}/search" if bucket else URL, bucket=bucket)
        except Killed:
            state.close()
            client, state = start()
        except InfluencrError:
            pass  # what went wrong is not what this law is about
    state.close()
    return seen


@settings(deadline=None, max_examples=30)
@given(rates, st.integers(1, 6), steps)
def test_in_no_window_are_there_more_calls_than_the_rule_allows(
    tmp_path_factory, per_second, burst, schedule
):
    file = tmp_path_factory.mktemp("state") / "s.sqlite"
    times = [at for at, _ in run(Rule("*", per_second, burst), schedule, file)]
    for first, start in enumerate(times):
        for last in range(first, len(times)):
            most = burst + per_second * (times[last] - start)
            # 1e-6 s: what a float of 1.8e9 s cannot tell apart, a few times over
            assert last - first + 1 <= most + per_second * 1e-5 + 1e-9


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 12), st.integers(0, 6), steps, st.floats(0, 86_400))
def test_no_day_costs_more_than_its_quota(tmp_path_factory, daily, searches, schedule, late):
    """Random calls, answers, waits, restarts and kills, over midnight in the service's zone."""
    file = tmp_path_factory.mktemp("state") / "s.sqlite"
    zone = "America/Los_Angeles"
    rule = Rule("api.example.org", 50.0, 50, daily=daily, zone=zone, refusals=1000)
    search = rule._replace(bucket="search", daily=searches)
    middle = len(schedule) // 2
    wait, *rest = schedule[middle]
    schedule = [*schedule[:middle], (wait + late, *rest), *schedule[middle + 1 :]]
    spent = {}
    for at, bucket in run(rule, schedule, file, search=search):
        day = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone)).date()
        spent[day, bucket] = spent.get((day, bucket), 0) + 1
    for (_, bucket), calls in spent.items():
        assert calls <= (searches if bucket else daily)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0, 5)), min_size=1, max_size=40))
def test_what_a_service_says_is_left_is_never_overdrawn(waits):
    """A service with a fixed window that says what is left: it never has to refuse."""
    clock, window, most = Clock(), 60.0, 5
    used = {"since": START, "calls": 0}

    def transport(call):
        if clock.now >= used["since"] + window - 1e-6:
            used.update(since=clock.now, calls=0)
        used["calls"] += 1
        status = 200 if used["calls"] <= most else 429
        said = {
            "ratelimit-remaining": str(max(0, most - used["calls"])),
            "ratelimit-reset": str(used["since"] + window),
        }
        assert status == 200, "one call too many"
        return Answer(status, said, b"", call.url)

    with Client(
        contact="a@example.org",
        rules=[Rule("*", 1000.0, 1000)],
        transport=transport,
        clock=clock,
        sleep=clock.sleep,
    ) as client:
        for calls, wait in waits:
            for _ in range(calls):
                client.get(URL)
            clock.now += wait


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 15), st.lists(answers.filter(lambda a: a != "killed"), max_size=30))
def test_a_budget_is_never_exceeded(budget, script):
    clock, seen = Clock(), []

    def transport(call):
        answer = script[len(seen)] if len(seen) < len(script) else (200, {})
        seen.append(call)
        if isinstance(answer, str):
            raise NotSent("no") if answer == "not sent" else Unreachable("broke off")
        return Answer(answer[0], {**answer[1], "location": "/x"}, b"", call.url)

    with Client(
        contact="a@example.org",
        rules=[Rule("*", 1000.0, 1000, refusals=1000)],
        budget=budget,
        transport=transport,
        clock=clock,
        sleep=clock.sleep,
    ) as client:
        for _ in range(20):
            try:
                client.get(URL)
            except InfluencrError:
                continue
        assert len(seen) == client.calls <= budget
        assert client.budget_left == budget - len(seen)
        if client.budget_left == 0:
            try:
                client.get(URL)
            except TooManyCalls:
                return
            raise AssertionError("a call beyond the budget")


secrets = st.text(min_size=6, max_size=40).filter(lambda s: "*" not in s and s.strip() == s)


@settings(deadline=None, max_examples=150)
@given(secrets, st.text(max_size=30), st.text(max_size=30))
@example("a/b+c d", "", "")
def test_no_form_of_a_secret_survives(secret, before, after):
    redact = Redactor([secret])
    for form in (
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
    ):
        # The neighbours may hold a beginning or an end by chance: only whole forms count.
        if form in before + after:
            continue
        hidden = redact(f"{before} {form} {after}")
        assert form.casefold() not in hidden.casefold()


@settings(deadline=None, max_examples=60)
@given(secrets, st.sampled_from([200, 302, 400, 403, 404, 500, "not sent"]))
def test_no_error_shows_a_secret(secret, status):
    """A service that repeats everything it was told, in every part of its answer."""

    def transport(call):
        if status == "not sent":
            raise NotSent(f"cannot reach {call.url} with {secret}")
        body = f"{call.url} {secret} {json.dumps(secret)}".encode("utf-8", "replace")
        return Answer(status, {"location": f"{call.url}/http://10.0.0.1"}, body, call.url)

    with Client(
        contact="a@example.org",
        rules=[Rule("*", 1e6, 10**6)],
        transport=transport,
        secrets=[secret],
        attempts=2,
        clock=(clock := Clock()),
        sleep=clock.sleep,
    ) as client:
        try:
            client.get(URL, {"key": secret}, headers={"x-key": quote(secret)}).json()
        except InfluencrError as error:
            shown = " ".join(map(str, (error, error.url, error.body, error.args)))
            for form in (secret, quote(secret, safe=""), quote_plus(secret)):
                assert form.casefold() not in shown.casefold()


@given(st.text(max_size=60), st.text(max_size=60), st.floats(0, 4e9))
def test_headers_never_break_the_reading(name, value, now):
    names = ("retry-after", "ratelimit", "ratelimit-remaining", "x-ratelimit-reset", "date", name)
    found = read(dict.fromkeys(names, value), now)
    assert found.remaining is None or found.remaining >= 0


@given(st.integers(0, 2**32 - 1))
def test_an_address_carried_in_another_is_no_better_than_itself(number):
    import ipaddress

    plain = str(ipaddress.IPv4Address(number))
    for prefix in ("::ffff:0:0", "64:ff9b::", "::"):
        carried = str(ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) + number))
        assert is_public(plain) or not is_public(carried)
