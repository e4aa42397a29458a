"""Through the wire to a server on loopback, and beside Google's own client."""

import json

import polars as pl
import pytest
from tests.standins.discovery import Violation, check_answer, check_request
from tests.standins.loopback import served
from tests.standins.youtube import KEY

from influencr.sources import Phrase, Wanted
from influencr.sources.youtube import YouTubeSource

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

BAKING = Wanted(words="vegan baking", phrases=(Phrase("vegan baking", "en"),), limit=5)


def test_the_whole_run_over_http(desk):
    with served(desk.fake) as address:
        with (desk.home.path / "sources.toml").open("a", encoding="utf-8") as file:
            file.write(f'[youtube]\naddress = "{address}"\n')
            host = address.removeprefix("http://")
            file.write(f'[youtube.limits."{host}"]\nper_second = 1000.0\nburst = 1000\n')
            file.write(f'[youtube.limits."{host} search"]\nper_second = 1000.0\nburst = 1000\n')
        source = YouTubeSource.open(desk.home, BAKING, budget=None)
        told = []
        source.watch = lambda *now: told.append(now)
        frames = [frame for table, frame in source.batches() if table == "profiles"]
        assert source.report().finished
        source.close()
    assert not desk.fake.violations
    assert pl.concat(frames).height >= 5
    assert {strategy for strategy, _, _ in told} == {"search", "channels"}


def test_googles_own_client_reads_the_stand_in_as_we_do(desk):
    """The stand-in speaks the protocol and not only our dialect of it."""
    build = pytest.importorskip("googleapiclient.discovery").build
    with served(desk.fake) as address:
        service = build(
            "youtube",
            "v3",
            developerKey=KEY,
            static_discovery=True,
            client_options={"api_endpoint": address},
        )
        found = service.search().list(part="snippet", type="channel", q="coffee lisbon").execute()
        ids = [item["id"]["channelId"] for item in found["items"]]
        channels = service.channels().list(part="snippet,statistics", id=",".join(ids)).execute()
        service.close()
    assert len(ids) == 5
    assert {c["id"] for c in channels["items"]} == set(ids)


def test_the_document_refuses_what_it_does_not_know():
    question = {"part": ["snippet"], "type": ["channel"], "maxResults": ["50"]}
    check_request("search", question)
    for wrong in (
        {"maxResults": ["51"]},
        {"order": ["best"]},
        {"near": ["Lisbon"]},
        {"part": ["snippet,face"]},
    ):
        with pytest.raises(Violation):
            check_request("search", {**question, **wrong})
    answer = json.loads('{"kind": "youtube#channelListResponse", "items": []}')
    check_answer("channels", answer)
    for wrong in (
        {"items": [{"statistics": {"subscriberCount": 5}}]},
        {"items": [{"snippet": {"publishedAt": "yesterday"}}]},
        {"found": 3},
    ):
        with pytest.raises((Violation, ValueError)):
            check_answer("channels", {**answer, **wrong})
