"""A clock that only moves when somebody sleeps or a test says so."""

from datetime import UTC, datetime


class Clock:
    """Call it for unix seconds; `sleep` and `forward` move it."""

    def __init__(self, at: datetime) -> None:
        self.now = at.timestamp()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def forward(self, *, hours: float = 0.0, days: float = 0.0) -> None:
        self.now += 3_600 * hours + 86_400 * days

    @property
    def instant(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)
