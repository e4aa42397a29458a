"""Asking: names, waits, second tries, redirects, budgets, and what every failure is called."""

import threading

import pytest

from influencr.errors import (
    BadAnswer,
    NoContact,
    NotThere,
    Refused,
    Rejected,
    TooManyCalls,
    Unreachable,
    UsageError,
)
from influencr.sources.http import Client, NotSent, Rule, State

HOST = "https://api.example.org"
FAST = [Rule("*", 1000.0, 1000)]


@pytest.fixture
def client(clock):
    """Makes clients that are closed at the end."""
    made = []

    def make(transport, *, rules=FAST, **others):
        others.setdefault("contact", "mailto:ops@example.org")
        others.setdefault("random", lambda: 1.0)
        made.append(
            Client(rules=rules, transport=transport, clock=clock, sleep=clock.sleep, **others)
        )
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.mark.parametrize("contact", [None, "", "  "])
def test_nobody_is_asked_without_a_contact(contact):
    with pytest.raises(NoContact, match="INFLUENCR_CONTACT"):
        Client(contact=contact)


@pytest.mark.parametrize(
    "contact", ["you", "http://example.org", "a@b", "a@b.org\r\nX: y", "mailto:é@example.org"]
)
def test_a_contact_that_nobody_could_use_is_refused(contact):
    with pytest.raises(UsageError, match="contact"):
        Client(contact=contact)


@pytest.mark.parametrize(
    ("contact", "named"),
    [
        ("ops@example.org", "mailto:ops@example.org"),
        ("mailto:ops@example.org", "mailto:ops@example.org"),
        ("https://example.org/who", "https://example.org/who"),
    ],
)
def test_every_call_names_program_and_operator(client, service, contact, named):
    asked = service()
    client(asked, contact=contact).get(HOST)
    agent = asked.calls[0].headers["user-agent"]
    assert agent.startswith("influencr/")
    assert agent.endswith(f"(+{named})")


def test_parameters_and_json_are_sent_as_documented(client, service):
    asked = service((200, {}, b'{"a": [1]}'))
    one = client(asked)
    params = {"actors": ["a:b", "c d"], "limit": 5, "on": True, "off": False, "none": None}
    assert one.get(f"{HOST}/x?first=1", params).json() == {"a": [1]}
    assert (
        asked.calls[0].url == f"{HOST}/x?first=1&actors=a%3Ab&actors=c+d&limit=5&on=true&off=false"
    )
    one.post(f"{HOST}/y", json={"b": None})
    assert (asked.calls[1].method, asked.calls[1].body) == ("POST", b'{"b":null}')
    assert asked.calls[1].headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, Refused) for status in (401, 403, 451)),
        *((status, NotThere) for status in (404, 410)),
        *((status, Rejected) for status in (400, 405, 409, 422, 431)),
    ],
)
def test_terminal_answers_are_not_asked_for_again(client, service, clock, status, kind):
    asked = service((status, {}, b'{"error":"InvalidRequest"}'))
    with pytest.raises(kind) as raised:
        client(asked).get(f"{HOST}/x")
    assert len(asked.calls) == 1
    assert not clock.slept
    assert (raised.value.status, raised.value.url) == (status, f"{HOST}/x")
    assert "InvalidRequest" in raised.value.body


@pytest.mark.parametrize(
    "failure", [408, 425, 429, 500, 502, 503, 504, Unreachable("broke off"), NotSent("no")]
)
def test_what_may_pass_is_tried_again(client, service, clock, failure):
    asked = service(failure, failure, 200)
    one = client(asked)
    assert one.get(HOST).status == 200
    assert (len(asked.calls), one.calls, one.spent) == (3, 3, {"api.example.org": 3})
    assert sum(clock.slept) == pytest.approx(0.5 + 1.0)


def test_it_gives_up_after_all_attempts(client, service, clock):
    asked = service(503)
    with pytest.raises(Unreachable, match=r"answered only with errors \(503"):
        client(asked, attempts=3).get(HOST)
    assert len(asked.calls) == 3
    assert len(clock.slept) == 2


def test_waits_are_jittered_and_bounded(client, service, clock):
    with pytest.raises(Unreachable):
        client(service(500), attempts=12, random=lambda: 0.0).get(HOST)
    assert clock.slept[:3] == [0.25, 0.5, 1.0]
    assert max(clock.slept) == 30.0


@pytest.mark.parametrize(
    ("failure", "times"),
    [(NotSent("no"), 2), (429, 2), (503, 2), (500, 1), (504, 1), (Unreachable("broke off"), 1)],
)
def test_a_post_is_sent_again_only_when_it_cannot_have_been_taken(client, service, failure, times):
    asked = service(failure, 200)
    one = client(asked)
    if times == 1:
        with pytest.raises(Unreachable):
            one.post(HOST, json={})
    else:
        assert one.post(HOST, json={}).status == 200
    assert len(asked.calls) == times


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "Mon, 21 Sep 2026 14:13:40 GMT"}, 20),
        ({"ratelimit-reset": "1790000030", "ratelimit-remaining": "0"}, 30),
        ({"x-ratelimit-reset": "2026-09-21T14:14:00.000Z", "x-ratelimit-remaining": "0"}, 40),
        ({"retry-after": "soon"}, 0.5),
        ({}, 0.5),
    ],
)
def test_a_429_makes_everybody_wait_as_long_as_it_says(client, service, clock, headers, seconds):
    asked = service((429, headers, b""), 200, clock=clock)
    client(asked).get(HOST)
    assert asked.times[1] - asked.times[0] == pytest.approx(seconds)


def test_no_calls_left_is_obeyed_before_the_first_refusal(client, service, clock):
    said = {"ratelimit-remaining": "1", "ratelimit-reset": str(int(clock.now) + 100)}
    asked = service((200, said, b""), 200, clock=clock)
    one = client(asked)
    for _ in range(3):
        one.get(HOST)
    assert [t - asked.times[0] for t in asked.times] == [0, 0, 100]


def test_a_pause_longer_than_the_limit_ends_the_call(client, service, clock):
    asked = service((429, {"retry-after": "86400"}, b""))
    one = client(asked)
    with pytest.raises(TooManyCalls, match="86,400 seconds") as raised:
        one.get(HOST)
    assert raised.value.until == clock.now + 86_400
    assert not clock.slept
    assert one.calls == 1


def test_a_host_may_be_paused_by_its_source(client, service, clock):
    one = client(service())
    one.pause(f"{HOST}/any/path", clock.now + 60)
    one.get(HOST)
    assert sum(clock.slept) == pytest.approx(60)


def test_a_budget_counts_every_attempt_and_ends_the_run(client, service):
    one = client(service(500, 500, 200), budget=4)
    one.get(HOST, purpose="packs")
    assert (one.calls, one.budget_left, one.by_purpose) == (3, 1, {"packs": 3})
    one.get(HOST, purpose="search")
    with pytest.raises(TooManyCalls, match="budget of 4 calls"):
        one.get(HOST)
    assert (one.calls, one.by_purpose) == (4, {"packs": 3, "search": 1})


def test_buckets_of_a_host_have_their_own_quota(client, service, clock):
    rules = [
        Rule("api.example.org", 100.0, 100, daily=3),
        Rule("api.example.org", 100.0, 100, daily=2, bucket="search", zone="America/Los_Angeles"),
    ]
    one = client(service(), rules=rules)
    one.get(HOST, bucket="search", units=2)
    with pytest.raises(TooManyCalls, match="2 units a day") as raised:
        one.get(HOST, bucket="search")
    assert raised.value.until == pytest.approx(1790060400)  # 07:00 UTC: midnight in Los Angeles
    one.get(HOST)
    assert one.left == {"api.example.org": 2, "api.example.org search": 0}
    assert one.spent == {"api.example.org": 1, "api.example.org search": 2}
    clock.now = 1790060401.0
    one.get(HOST, bucket="search")


def test_a_bucket_without_a_rule_is_refused(client, service):
    with pytest.raises(UsageError, match="bucket 'search'"):
        client(service()).get(HOST, bucket="search")


def test_repeated_refusals_close_the_host_for_this_run(client, service):
    asked = service(403)
    one = client(asked, rules=[Rule("*", 100.0, 100, refusals=2)])
    for _ in range(2):
        with pytest.raises(Refused, match="refused the call"):
            one.get(HOST)
    with pytest.raises(Refused, match="refused 2 calls in a row"):
        one.get(HOST)
    assert len(asked.calls) == 2
    asked.answers = [200]
    assert one.get("https://other.example.org").status == 200


def test_redirects_are_followed_without_the_keys_of_the_first_host(client, service):
    asked = service(
        (302, {"location": "/b?x=1"}, b""),
        (301, {"location": "https://other.example.net/c"}, b""),
        200,
    )
    one = client(asked)
    answer = one.get(f"{HOST}/a", headers={"Authorization": "Bearer abc", "If-None-Match": "1"})
    assert [c.url for c in asked.calls] == [
        f"{HOST}/a",
        f"{HOST}/b?x=1",
        "https://other.example.net/c",
    ]
    assert answer.url == "https://other.example.net/c"
    assert asked.calls[1].headers["authorization"] == "Bearer abc"
    assert not {"authorization", "if-none-match"} & set(asked.calls[2].headers)
    assert one.spent == {"api.example.org": 2, "other.example.net": 1}


@pytest.mark.parametrize(
    "target",
    [
        "http://api.example.org/plain",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.1.2.3/",
        "http://127.0.0.1:2584/",
        "ftp://api.example.org/",
        "file:///etc/passwd",
        "//192.168.1.1/",
        "https://api.example.org:99999/",
    ],
)
def test_redirects_to_private_or_lesser_places_are_refused(client, service, target):
    asked = service((302, {"location": target}, b""), 200)
    # even where the settings name a service on this machine
    one = client(asked, allow=["http://127.0.0.1:2584"])
    with pytest.raises(Refused):
        one.get(HOST)
    assert len(asked.calls) == 1


def test_named_private_places_are_asked_and_may_redirect_among_themselves(client, service):
    base = "http://127.0.0.1:2584"
    asked = service((307, {"location": "/b"}, b""), 200)
    one = client(asked, allow=[base])
    assert one.get(f"{base}/a").url == f"{base}/b"
    for other in ("http://127.0.0.1:2585/", "http://127.0.0.2:2584/", "http://example.org/"):
        with pytest.raises(Refused):
            one.get(other)
    assert len(asked.calls) == 2


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([(302, {"location": "/again"}, b"")], "more than 5 times"),
        ([(302, {}, b"")], "redirects a call"),
    ],
)
def test_endless_or_empty_redirects_end(client, service, answers, words):
    with pytest.raises(Rejected, match=words):
        client(service(*answers)).get(HOST)


def test_a_redirected_post_is_not_sent_elsewhere(client, service):
    asked = service((307, {"location": "/b"}, b""), 200)
    with pytest.raises(Rejected):
        client(asked).post(HOST, json={})
    assert len(asked.calls) == 1


def test_what_is_too_large_or_no_json_is_a_bad_answer(client, service):
    asked = service((200, {}, b"x" * 11), (200, {}, b"{"), (200, {}, b"[" * 100_000))
    one = client(asked)
    with pytest.raises(BadAnswer, match="more than 10 bytes"):
        one.get(HOST, max_bytes=10)
    for _ in range(2):
        with pytest.raises(BadAnswer, match="not JSON"):
            one.get(HOST).json()


def test_several_threads_share_pace_and_budget(client, service, clock):
    lock = threading.Lock()
    asked = service(clock=clock)

    def sleep(seconds):
        with lock:
            clock.now += seconds

    one = Client(
        contact="a@example.org",
        rules=[Rule("*", 10.0, 2)],
        budget=30,
        transport=asked,
        clock=clock,
        sleep=sleep,
    )
    threads = [threading.Thread(target=lambda: [one.get(HOST) for _ in range(5)]) for _ in "abcd"]
    with one:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert one.calls == len(asked.times) == 20
    assert clock.now - asked.times[0] >= 18 / 10.0 - 1e-4


def test_two_clients_on_one_state_share_the_pace(client, service, clock, tmp_path):
    asked = service(clock=clock)
    rules = [Rule("*", 1.0, 1)]
    with State(tmp_path / "s.sqlite") as a, State(tmp_path / "s.sqlite") as b:
        one, two = client(asked, rules=rules, state=a), client(asked, rules=rules, state=b)
        for _ in range(3):
            one.get(HOST)
            two.get(HOST)
    assert [round(t - asked.times[0], 6) for t in asked.times] == [0, 1, 2, 3, 4, 5]


def test_the_most_exact_rule_holds(client, service, clock):
    rules = [
        Rule("*", 0.1),
        Rule("*.Host.example.org", 0.2),
        Rule("a.host.example.org", 0.5),
        Rule("a.host.example.org:8443", 1.0),
    ]
    one = client(service(), rules=rules)
    for url, seconds in (
        ("https://example.net", 10),
        ("https://b.host.example.org", 5),
        ("https://a.host.example.org", 2),
        ("https://a.host.example.org:8443", 1),
    ):
        before = clock.now
        one.get(url)
        one.get(url)
        assert clock.now - before == pytest.approx(seconds)


@pytest.mark.parametrize(
    "rule",
    [Rule("*", 0.0), Rule("*", 1.0, 0), Rule("*", 1.0, daily=-1), Rule("*", 1.0, zone="Moon/Sea")],
)
def test_a_rule_that_allows_nothing_is_refused(rule):
    with pytest.raises(UsageError):
        Client(contact="a@example.org", rules=[rule])


def test_nothing_shows_what_a_value_carries(client, service):
    asked = service()
    answer = client(asked, secrets=["hush"]).get(f"{HOST}/a?key=hush", headers={"X-Key": "hush"})
    assert "hush" not in repr(answer) + repr(asked.calls[0]) + repr(client(asked, secrets=["hush"]))
