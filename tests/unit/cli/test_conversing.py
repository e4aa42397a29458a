"""`influencr mcp`: what is refused before anything is served."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--token-file", "token"], "only --http asks for a token"),
        (["--http", "--token-file", "nowhere"], "nowhere cannot be read"),
        (["--http", "--host", "0.0.0.0", "--port", "0"], "give --token-file"),
        (["--http", "--host", "not an address", "--port", "0"], "reached by other machines"),
        (["--http", "--port", "70000"], "--port: 70000 is not possible"),
        (["--url", "ftp://example.org"], "http"),
    ],
)
def test_what_cannot_be_served_is_refused(
    ask: Callable[..., Any], words: list[str], says: str
) -> None:
    ran = ask("mcp", *words)
    assert ran.code == 2
    assert says in ran.err
    assert ran.out == ""


def test_a_token_that_is_easily_guessed_is_refused(ask: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("secret\n", encoding="utf-8")
    ran = ask("mcp", "--http", "--token-file", file)
    assert ran.code == 2
    assert "write 16 or more letters and digits" in ran.err
    assert "secret" not in ran.err
