"""`listen` at a terminal: what it refuses, and what it tells."""

import json
from pathlib import Path

import pytest

from influencr.cli import listening as command
from influencr.cli import main
from influencr.errors import UsageError
from influencr.home import Home
from influencr.pipeline.listening import Heard, cursor_of, ears


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(list(words)) == 2
    return capsys.readouterr().err


def test_what_cannot_be_meant_is_one_sentence(
    home_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INFLUENCR_CONTACT", raising=False)
    Home(home_folder)
    assert "did you mean 'bluesky'" in refused(capsys, "listen", "bluesk")
    assert "files are for plc" in refused(capsys, "listen", "bluesky", "file.jsonl")
    assert "are for bluesky" in refused(capsys, "listen", "plc", "--newcomers", "x")
    assert "neither a number" in refused(capsys, "listen", "bluesky", "--from", "yesterday")
    assert "INFLUENCR_CONTACT" in refused(capsys, "listen", "bluesky")


def test_settings_name_the_streams(home_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFLUENCR_CONTACT", "mailto:ops@example.org")
    home = Home(home_folder)
    assert len(ears(home).servers) == 4
    settings = home_folder / "sources.toml"
    settings.write_text('[bluesky]\njetstream = ["ws://127.0.0.1:7/subscribe"]\n')
    (only,) = ears(home).servers
    assert only.address == "ws://127.0.0.1:7/subscribe"
    for wrong in ("[]", "[1]", '["https://x"]', '"wss://x/subscribe"'):
        settings.write_text(f"[bluesky]\njetstream = {wrong}\n")
        with pytest.raises(UsageError, match="jetstream"):
            ears(home)


def test_a_position_is_a_number_or_an_instant() -> None:
    assert cursor_of("12") == 12
    assert cursor_of("2026-07-04T14:38:08") == cursor_of("2026-07-04T14:38:08Z")


def test_a_run_is_told_in_lines_that_add_up(capsys: pytest.CaptureFixture[str]) -> None:
    from datetime import UTC, datetime

    from influencr.catalogue import Appended

    at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    heard = Heard(
        events=9_000,
        kept=90,
        tables={"posts": Appended(5, 1, 0), "follows": Appended(7, 0, 0)},
        brought_in=4,
        taken_out=1,
        forgotten=0,
        waiting=2,
        newest=at,
        lines=1,
        unreadable=3,
        gaps=((at, at),),
        problem="no route",
        seconds=60.0,
    )
    told = "\n".join(command._lines(heard))
    for words in (
        "9,000 events",
        "12 rows stored",
        "7 follows",
        "2 changed",
        "3 messages",
        "no route",
    ):
        assert words in told
    assert json.dumps(command._document(heard), default=str)
    tell = command._Teller()
    tell(heard)
    tell(heard)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Trouble: no route"
    assert len(lines) == 2


def test_the_ledger_is_read_from_a_file(
    home_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = {
        "did": "did:plc:" + "a" * 24,
        "operation": {"type": "plc_operation", "prev": None},
        "createdAt": "2026-01-01T00:00:00Z",
        "seq": 4,
    }
    file = tmp_path / "export.jsonl"
    file.write_text(json.dumps(line) + "\n")
    assert main(["listen", "plc", str(file)]) == 0
    told = capsys.readouterr().out
    assert "1 operations read" in told
    assert "births of 1 accounts" in told
    assert "number 4" in told
    assert main(["listen", "plc", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["n_accounts"] == 1
    assert main(["listen", "plc", str(tmp_path / "none")]) == 1
