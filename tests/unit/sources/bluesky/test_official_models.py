"""Every call of a whole run, and the invented answer to it, as the official models have them.

The models come from the lexicons; they are an oracle of this test and nothing else.
"""

import json

import pytest
from tests.standins.bluesky_world import BORN

CID = "bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a"


def model_of(models, method):
    return getattr(models, "".join(part[0].upper() + part[1:] for part in method.split(".")))


def whole(value):
    """With content hashes that can be read, where the invented network has a short word."""
    if isinstance(value, dict):
        return {key: CID if inner == "bafyrei" else whole(inner) for key, inner in value.items()}
    return [whole(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("follow_records", [False, True])
def test_calls_and_answers_have_the_official_shapes(world, make, follow_records):
    models = pytest.importorskip("atproto_client.models")
    author, other = (f"did:plc:{n:024d}" for n in (100, 102))
    uri = f"at://{author}/app.bsky.feed.post/{world.posts[author][0][0]}"
    strong = {"uri": uri, "cid": CID}
    world.reposts[uri] = [other]
    embed = {"$type": "app.bsky.embed.record", "record": strong}
    world.quotes[uri] = [world.write(other, "look", 900, embed=embed)]
    reply = {"root": strong, "parent": strong}
    world.replies[uri] = [world.write(other, "yes", 901, reply=reply)]
    world.declared[other] = True
    world.accounts[author]["labels"] = [
        {"src": author, "uri": author, "val": "bot", "cts": BORN, "ver": 1}
    ]
    list(make(follow_records=follow_records).batches())
    calls = [(m, json.loads(params)) for m, params in world.calls if not m.startswith("did:")]
    methods = {method for method, _ in calls}
    assert len(methods) >= 13
    for method, params in calls:
        model = model_of(models, method)
        sent = {
            k: int(v) if k in ("limit", "depth", "parentHeight") else v for k, v in params.items()
        }
        if isinstance(sent.get("actors"), str):
            sent["actors"] = [sent["actors"]]
        known = {field.alias or name for name, field in model.Params.model_fields.items()}
        assert set(sent) <= known, method
        models.get_or_create(sent, model.Params)
        _, answer = world.answer(method, params)
        models.get_or_create(whole(answer), model.Response)
