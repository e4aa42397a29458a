"""Who lives on the suite's network: a scene that can be found in several ways, and everybody else.

The scene is "specialty coffee" near Lisbon. How a member can be found is planted, so that a run's
recall can be told by strategy:

    said       topic and place stand in name or bio: actor search finds them
    packed     a silent bio, but in a starter pack or list that names both
    both       said and packed
    followed   a silent bio, followed by many of the scene
    heard      a silent bio and hardly followed: only posts tell. Nobody but a listener finds them

Beside it: people who love coffee elsewhere, people of Lisbon who love something else, and an
audience.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from atproto_world import writer as write
from atproto_world.ledger import did_of
from atproto_world.writer import Writer

#: How many of each kind; more than 200 accounts together.
MEMBERS = {"said": 30, "both": 14, "packed": 20, "followed": 14, "heard": 4}
ELSEWHERE, OTHERS_HERE, AUDIENCE = 16, 18, 120

_SAID = (
    (
        "{} | specialty coffee",
        "Specialty coffee roaster in Lisbon. Filter, origins, brew recipes.",
        "en",
    ),
    ("{}", "Barista and latte art teacher, Lisbon. Specialty coffee every day.", "en"),
    ("{} café", "Café de especialidade em Lisboa. Torra própria e muita conversa.", "pt"),
    ("{}", "Escrevo sobre cafés especiais em Lisboa e onde beber bom espresso.", "pt"),
    ("{} ☕ Lisboa", "Home barista. Specialty coffee guides and café maps of Lisboa.", "en"),
)
_SILENT = (
    "Notes from a small counter.",
    "Early mornings, slow afternoons.",
    "Photographs and lists.",
    "Asking questions, mostly.",
    "",
)
_ELSEWHERE = (
    "Specialty coffee roaster in Berlin.",
    "Spezialitätenkaffee aus Hamburg, Röstung und Kurse.",
    "Specialty coffee in Melbourne, third wave and proud.",
)
_OTHERS_HERE = (
    "Football first. Lisbon, always in red.",
    "Fado guitarist in Lisboa.",
    "Ceramics studio in Lisbon, tiles and glazes.",
)
_FIRST = (
    *("Ana", "Rui", "Marta", "Tiago", "Ines", "Joao", "Sofia", "Pedro", "Clara", "Nuno", "Lia"),
    *("Hugo", "Eva", "Bruno", "Rita", "Vasco", "Luisa", "Andre", "Teresa", "Miguel", "Nora"),
)
_ABOUT = (
    "Dialling in a washed Ethiopian this morning #specialtycoffee",
    "New filter recipe: 15 grams, 250 water, three pours #coffee",
    "Best flat white of the week, and it was not close #latteart",
    "O melhor espresso do bairro está de volta #cafe",
    "Cupping table is open on Saturday, come by #specialtycoffee #lisboa",
    "Why freshly ground matters more than the machine",
)
_ELSE = ("Rain again.", "A walk by the water.", "Reading late.", "What a match.", "Bread day.")


@dataclass
class Scene:
    """Who was planted, by kind; everything else of them is in the ledger."""

    members: dict[str, list[str]] = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)
    others_here: list[str] = field(default_factory=list)
    audience: list[str] = field(default_factory=list)
    no_signed_out: list[str] = field(default_factory=list)
    no_recommend: list[str] = field(default_factory=list)
    packs: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)

    @property
    def all_members(self) -> list[str]:
        return [did for kind in self.members.values() for did in kind]

    @property
    def everybody(self) -> list[str]:
        return [*self.all_members, *self.elsewhere, *self.others_here, *self.audience]

    @property
    def lively(self) -> list[str]:
        """Who may act at random without changing how the scene can be found."""
        return [*self.members["said"], *self.members["followed"], *self.audience]

    def kind_of(self, did: str) -> str:
        return next((kind for kind, dids in self.members.items() if did in dids), "")


def settle_in(writer: Writer, mark: str = "", seed: int = 7) -> Scene:
    """Sign everybody up and write what they are and did; returns when the AppView has read it.

    mark   part of every handle, so that a network can be settled more than once
    """
    chance = random.Random(seed)
    n_members = sum(MEMBERS.values())
    n = n_members + ELSEWHERE + OTHERS_HERE + AUDIENCE
    accounts = writer.sign_up(
        f"{chance.choice(_FIRST).lower()}{mark}{i:03d}.test" for i in range(n)
    )
    dids = [account.did for account in accounts]
    scene = Scene()
    rest = iter(dids)
    for kind, many in MEMBERS.items():
        scene.members[kind] = [next(rest) for _ in range(many)]
    scene.elsewhere = [next(rest) for _ in range(ELSEWHERE)]
    scene.others_here = [next(rest) for _ in range(OTHERS_HERE)]
    scene.audience = list(rest)
    scene.no_signed_out = scene.members["said"][:2]
    scene.no_recommend = scene.members["said"][2:4]

    writer.create_for_many({did: _own(scene, did, chance) for did in dids})
    for did in scene.no_recommend:
        writer.create(did, [write.hidden_from_recommendations()])
    _gather(writer, scene)
    writer.create_for_many({did: _acts(writer, scene, did, chance) for did in dids})
    _answers(writer, scene, chance)
    writer.settle()
    return scene


def _own(scene: Scene, did: str, chance: random.Random) -> list[dict[str, Any]]:
    """An account's profile and posts."""
    kind, name = scene.kind_of(did), chance.choice(_FIRST)
    labels = ["!no-unauthenticated"] if did in scene.no_signed_out else []
    if kind in ("said", "both"):
        title, bio, _ = chance.choice(_SAID)
        name = title.format(name)
    elif did in scene.elsewhere:
        bio = chance.choice(_ELSEWHERE)
    elif did in scene.others_here:
        bio = chance.choice(_OTHERS_HERE)
    else:
        bio = chance.choice(_SILENT)
    words = _ABOUT if kind or did in scene.elsewhere else _ELSE
    posts = [
        write.post(
            f"{chance.choice(words)} ({n})",
            at=write.ago(days=chance.uniform(0.1, 45)),
            langs=[chance.choice(["en", "pt"])],
        )
        for n in range(chance.randint(2, 5) if kind else chance.randint(1, 2))
    ]
    return [write.profile(name, bio, labels=labels), *posts]


def _gather(writer: Writer, scene: Scene) -> None:
    """Two starter packs and a list that name the scene, and a pack that is about something else."""
    both, packed = scene.members["both"], scene.members["packed"]
    told = (
        (both[:9] + packed[:12], "Lisbon Specialty Coffee", "Roasters and baristas.", True),
        (both[7:] + packed[10:], "Cafés especiais de Lisboa", "Quem torra e serve bom café.", True),
        (both, "Lisbon coffee people", "", False),
        (scene.others_here, "Lisbon football", "For the season.", True),
    )
    owners = scene.audience[: len(told)]
    for owner, (members, name, description, is_pack) in zip(owners, told, strict=True):
        purpose = "referencelist" if is_pack else "curatelist"
        uri = writer.create(owner, [write.curated_list(name, purpose=purpose)])[0]
        writer.create(owner, [write.list_item(uri, did) for did in members])
        if is_pack:
            pack = writer.create(owner, [write.starter_pack(name, description, uri)])
            scene.packs += pack
        else:
            scene.lists.append(uri)


def _acts(writer: Writer, scene: Scene, did: str, chance: random.Random) -> list[dict[str, Any]]:
    """An account's follows, likes and reposts."""
    liked, others = scene.all_members, scene.elsewhere + scene.others_here
    known = [*scene.members["followed"]]
    follows: list[str]
    if scene.kind_of(did) == "heard":
        follows = chance.sample(others, 3)
    elif scene.kind_of(did):
        follows = chance.sample(known, 6) + _some(scene.members["said"], 4, chance)
        follows += _some(scene.members["packed"], 2, chance)
    elif did in scene.audience:
        follows = _some([d for d in liked if d not in scene.members["heard"]], 8, chance)
        follows += _some(others, 2, chance)
    else:
        follows = _some(others, 4, chance)
    follows = [whom for whom in dict.fromkeys(follows) if whom != did]
    records = [write.follow(whom, at=write.ago(days=chance.uniform(1, 300))) for whom in follows]
    posts = sorted(uri for uri in writer.ledger.posts() if did_of(uri) in follows)
    for make, many in ((write.like, 6), (write.repost, 1)):
        for uri in _some(posts, many, chance):
            records.append(make(subject_of(writer, uri), at=write.ago(days=chance.uniform(0, 30))))
    return records


def _answers(writer: Writer, scene: Scene, chance: random.Random) -> None:
    """Some of the audience answer what members of the scene wrote."""
    posts = sorted(u for u in writer.ledger.posts() if did_of(u) in scene.all_members)
    records = {
        did: [write.reply("Going there tomorrow.", subject_of(writer, chance.choice(posts)))]
        for did in scene.audience[::3]
    }
    writer.create_for_many(records)


def subject_of(writer: Writer, uri: str) -> dict[str, str]:
    return {"uri": uri, "cid": writer.ledger.cids[uri]}


def _some(given: Sequence[str], many: int, chance: random.Random) -> list[str]:
    return chance.sample(list(given), min(many, len(given)))
