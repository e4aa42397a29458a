"""Minutes of calls that Schemathesis makes up: no server error, no undocumented answer.

INFLUENCR_TEST_SECONDS says how long (120 by default, half of them without members, half with; 600
before a release), INFLUENCR_TEST_SEED which calls.
"""

import os
import shutil

import pytest
from tests.standins.generated import generated

from influencr.engine import Engine
from influencr.search import make_query

pytestmark = [pytest.mark.generated, pytest.mark.timeout(0), pytest.mark.django_db]

SECONDS = float(os.environ.get("INFLUENCR_TEST_SECONDS", "120")) / 2
SEED = int(os.environ.get("INFLUENCR_TEST_SEED", "1"))


@pytest.fixture
def home(tiny_home, tmp_path, monkeypatch):
    from influencr.service.web import engine as door

    shutil.copytree(tiny_home, tmp_path / "home")
    with Engine(tmp_path / "home") as opened:
        door.forget_engine()
        monkeypatch.setattr(door, "_open", lambda _: opened)
        yield opened
        door.forget_engine()


def kept(engine):
    """Names of things that there are."""
    found = make_query(limit=1, everything=True)
    who = engine.query(found).hits[0].profile_id
    engine.lists.make("Bakers")
    engine.lists.add("Bakers", [who])
    engine.saved.save("All", make_query(everything=True))
    return {"who": who, "list": "Bakers", "name": "All"}


def test_an_open_instance(home):
    from influencr.service.wsgi import application

    counted, wrong = generated(application, seed=SEED, each=8, seconds=SECONDS, known=kept(home))
    print(dict(counted))  # noqa: T201 - told with -s
    assert wrong == []
    assert counted[200] > 50


def test_an_instance_with_members(home, settings):
    from tests.standins.members import Cast, open_members

    from influencr.service.accounts import keys
    from influencr.service.webhooks import kept as hooks
    from influencr.service.wsgi import application

    open_members(settings)
    olga = Cast().olga
    olga.is_staff = True
    olga.save()
    _, key = keys.make(olga.team, olga, "generated", ["search", "lists", "import"])
    hook, _ = hooks.make(olga.team, olga, "https://hooks.example/in", 0)
    known = {**kept(home.of(olga.team.owner_key)), "webhook": str(hook.pk)}
    counted, wrong = generated(
        application,
        seed=SEED,
        each=8,
        seconds=SECONDS,
        known=known,
        headers={"Authorization": f"Bearer {key}"},
    )
    print(dict(counted))  # noqa: T201 - told with -s
    assert wrong == []
    assert counted[200] > 50
