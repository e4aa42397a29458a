"""A clock that only sleeping moves, and a service that answers from a script."""

import pytest

from influencr.sources.http import Answer

START = 1_790_000_000.0


class Clock:
    """Unix seconds; `sleep` moves them and remembers how far."""

    def __init__(self, now: float = START) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept.append(seconds)
        self.now += seconds


class Service:
    """A transport that answers in order, the last answer from then on; remembers every call."""

    def __init__(self, *answers, clock=None):
        self.answers = list(answers) or [(200, {}, b"{}")]
        self.calls = []
        self.times = []
        self.clock = clock

    def __call__(self, call):
        self.calls.append(call)
        if self.clock is not None:
            self.times.append(self.clock.now)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer):
            answer = answer(call)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            answer = (answer, {}, b"{}")
        status, headers, body = answer
        return Answer(status, headers, body, call.url)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def service():
    return Service
