"""What was recorded is answered again, and holds no secret."""

import pytest

from influencr.errors import UnreadableInput
from influencr.sources.http import Answer, Client, Recorder, Replay, Rule

RULES = [Rule("*", 1000.0, 1000)]
URL = "https://api.example.org/x"


def service(call):
    n = call.url.count("n=")
    body = b"\xff\x00" if "bytes" in call.url else b'{"token":"t-1","said":"hush-hush","n":%d}' % n
    headers = {"set-cookie": "a=hush-hush", "link": f"<{call.url}>", "x-ratelimit-remaining": "5"}
    return Answer(200, headers, body, call.url)


def ask(transport):
    with Client(
        contact="a@example.org", rules=RULES, transport=transport, secrets=["hush-hush"]
    ) as client:
        headers = {"authorization": "Bearer hush-hush"}
        return [
            client.get(URL, {"key": "hush-hush", "q": "1"}, headers=headers),
            client.get(URL, {"n": "2"}),
            client.get(URL, {"bytes": "1"}),
            client.post(URL, json={"secret": "hush-hush"}),
        ]


def test_a_recording_answers_the_same_and_holds_no_secret(tmp_path):
    said = ask(Recorder(tmp_path, service, secrets=["hush-hush"]))
    files = sorted(tmp_path.iterdir())
    assert [f.name for f in files] == ["0001.json", "0002.json", "0003.json", "0004.json"]
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert not [word for word in ("hush", "t-1", "Bearer", "a=") if word in text]
    again = ask(Replay(tmp_path, secrets=["hush-hush"]))
    assert [a.status for a in again] == [a.status for a in said]
    assert again[1].json() == {"token": "***", "said": "***", "n": 1}
    assert again[2].body == b"\xff\x00"
    assert again[0].headers["x-ratelimit-remaining"] == "5"


def test_equal_calls_get_their_answers_in_order_and_unknown_ones_none(tmp_path):
    answers = iter([b"1", b"2"])
    recorder = Recorder(tmp_path, lambda call: Answer(200, {}, next(answers), call.url))
    with Client(contact="a@example.org", rules=RULES, transport=recorder) as client:
        client.get(URL, {"a": 1, "b": 2})
        client.get(URL, {"a": 1, "b": 2})
    with Client(contact="a@example.org", rules=RULES, transport=Replay(tmp_path)) as client:
        found = [client.get(URL, {"b": 2, "a": 1}).body for _ in range(3)]
        assert found == [b"1", b"2", b"2"]
        with pytest.raises(UnreadableInput, match="was not recorded"):
            client.get(URL, {"a": 1})


def test_a_damaged_recording_is_named(tmp_path):
    (tmp_path / "0001.json").write_text("{", encoding="utf-8")
    with pytest.raises(UnreadableInput, match=r"0001\.json is no recorded exchange"):
        Replay(tmp_path)
