"""From signs to one label with its probability and its reasons.

First the kind: the weights of all signs for person, brand, group and bot are added to `BASE` and
made probabilities (softmax). Then, for a person, how widely known off the platform: two more sums,
for "celebrity" and for "stands in public at all", each through the logistic function. A kind is
only named when a sign speaks for it and its probability passes its threshold; else the label is
"unknown", with that reason. Naming a brand or a bot needs more than naming a person, because these
are left out of a search by default and a person left out wrongly is the worse mistake.

MIN_P: thresholds of the kinds; CELEBRITY: the vetting method's section 11 (above .8 a celebrity);
PUBLIC: our own choice (the method has .4 of the same scale; ours is a scale of its own, so that a
mayor need not be nearly a film star). NO_CORE, CORE_UNNAMED: what the probability of a celebrity is
cut to where no sign tells what somebody is known for, or where only a third party's category does
and no given name or group of musicians is seen. A person of whom a name is all that is told stays
"unknown": it may be anybody. All our own choice, tests/unit/influence/labels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from influencr.errors import SchemaError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["LABELS", "METHOD", "VERSION", "Context", "judge", "reasons_dtype"]

METHOD = "labels"
VERSION = "1"

#: Every label; the first is the ordinary case.
LABELS = ("creator", "public_figure", "celebrity", "brand", "group", "bot", "unknown")

MIN_P: dict[str, float] = {"bot": 0.7, "brand": 0.75, "group": 0.6, "person": 0.6}
CELEBRITY = 0.8
PUBLIC = 0.5
NO_CORE = 0.39
CORE_UNNAMED = 0.79
#: Signs by which a category of a third party is tied to somebody.
_NAMED = ("given_name", "band", "notable_person")
#: Categories so broad that they count by their share of all that are declared.
_BROAD = ("sports_topic", "music_topic")

#: Signs that tell a person and nothing of what the person is known for.
_NAMES = ("given_name", "given_name_only", "handle_name")
#: Columns read, with their types; one that is not there counts as null.
_READ = (
    ("platform", "String"),
    ("handle", "String"),
    ("display_name", "String"),
    ("bio_text", "String"),
    ("followers", "Int64"),
    ("following", "Int64"),
    ("is_bot", "Boolean"),
    ("is_group", "Boolean"),
    ("is_business", "Boolean"),
    ("is_verified", "Boolean"),
)
_HABITS = (
    *("mentions_n", "mentions_answered"),
    *("posts_n", "posts_replies", "posts_links", "posts_repeated"),
)
_WHERE = {
    "bio": "the bio",
    "name": "the name",
    "handle": "the handle",
    "topic": "the declared categories",
}


class Context(NamedTuple):
    """What is known beside the profiles; every part may be missing.

    habits      one row per profile_id: mentions_n, mentions_answered (mentions and replies received
                from others, and how many of them the creator answered), posts_n, posts_replies,
                posts_links, posts_repeated (posts read; of these answers to others, with a link,
                equal to another one). Missing columns count as null
    audience    one row per profile_id: audience_diffusion, 0..1 (`audience_diffusion`)
    notability  the operator's file (`read_notability`)
    """

    habits: pl.DataFrame | None = None
    audience: pl.DataFrame | None = None
    notability: pl.DataFrame | None = None


def reasons_dtype() -> pl.DataType:
    """Type of `label_reasons`: one struct per sign, those that speak most for the label first.

    sign        word of the sign (docs/algorithms/labels.md)
    where       bio, name, handle, topic, numbers or file
    words       what was found, null for a flag
    weight      log-odds that it adds to the label given (to the nearest other one for unknown)
    sentence    the same for people
    """
    import polars as pl

    return pl.List(
        pl.Struct(
            {
                "sign": pl.String,
                "where": pl.String,
                "words": pl.String,
                "weight": pl.Float64,
                "sentence": pl.String,
            }
        )
    )


def judge(creators: pl.DataFrame, context: Context | None = None) -> pl.DataFrame:
    """Celebrity, public figure, brand, group, bot or creator, with probability and reasons.

    creators   one row per creator: `profile_id` and of records.Profile `platform, handle,
               display_name, bio_text, topics_declared, followers, following, account_created_at,
               is_bot, is_group, is_business, is_verified, fetched_at`; missing ones count as null
    context    habits, audience, notability
    returns    one row per row of `creators`, in its order: `profile_id`, `label` (of LABELS),
               `label_p` (probability of it; null when unknown), `label_p_celebrity` (0..1, null
               where nothing tells a person), `label_reason` (a sentence), `label_reasons`
               (`reasons_dtype`), `label_version`

    Raises SchemaError when `profile_id` is missing. The same input gives the same output, and a row
    does not depend on the other rows.
    """
    import polars as pl

    from influencr.influence.labels._signs import KINDS

    known = _known(creators, context or Context())
    signs = _signs(known, (context or Context()).notability)
    sums = _sums(known, signs)
    p = _probabilities(sums)
    label, chance = _label(p)
    judged = p.with_columns(label.alias("label")).with_columns(chance.alias("label_p"))
    told = _told(judged.select("row", "label"), signs)
    return (
        judged.join(told, on="row", how="left", maintain_order="left")
        .with_columns(_in_one_sentence(KINDS).alias("label_reason"))
        .select(
            pl.Series("profile_id", known["profile_id"]),
            "label",
            # Sums of the same weights may differ in the last digit by where a row stands.
            pl.when(pl.col("label") != "unknown").then(pl.col("label_p").round(9)).alias("label_p"),
            pl.when(pl.col("spoken_person") | pl.col("spoken_group"))
            .then(pl.col("p_celebrity").round(9))
            .alias("label_p_celebrity"),
            "label_reason",
            pl.col("label_reasons").fill_null([]).cast(reasons_dtype()),
            pl.lit(VERSION).alias("label_version"),
        )
    )


def _known(creators: pl.DataFrame, context: Context) -> pl.DataFrame:
    import polars as pl

    if "profile_id" not in creators.columns:
        raise SchemaError("The creators to label have no column 'profile_id'.", field="creators")
    time = pl.Datetime("us", "UTC")

    def column(name: str, dtype: pl.DataType | type[pl.DataType]) -> pl.Expr:
        if name not in creators.columns:
            return pl.lit(None, dtype=dtype).alias(name)
        return pl.col(name).cast(dtype)

    known = creators.select(
        pl.col("profile_id").cast(pl.String),
        *(column(name, getattr(pl, dtype)) for name, dtype in _READ),
        column("topics_declared", pl.List(pl.String)),
        column("account_created_at", time),
        column("fetched_at", time),
    )
    habits = context.habits if context.habits is not None else pl.DataFrame()
    audience = context.audience if context.audience is not None else pl.DataFrame()
    for extra, names, dtype in (
        (habits, _HABITS, pl.Int64),
        (audience, ("audience_diffusion",), pl.Float64),
    ):
        there = [name for name in names if name in extra.columns]
        if there:
            known = known.join(
                extra.select("profile_id", *there).unique("profile_id", keep="first"),
                on="profile_id",
                how="left",
                maintain_order="left",
            )
        known = known.with_columns(
            pl.col(name).cast(dtype) if name in there else pl.lit(None, dtype=dtype).alias(name)
            for name in names
        )
    return known


def _signs(known: pl.DataFrame, notability: pl.DataFrame | None) -> pl.DataFrame:
    """row, sign, where, words, amount: everything that speaks, with the weights joined."""
    import polars as pl

    from influencr.influence.labels._cues import found_cues, handle_words
    from influencr.influence.labels._notability import notable_signs
    from influencr.influence.labels._numbers import counted_signs
    from influencr.influence.labels._signs import SIGNS, Sign

    handles = known.select(handle_words(pl.col("handle")).alias("handle"))["handle"]
    nothing = pl.Series("topic", [None] * known.height, dtype=pl.String)
    read = found_cues(
        {
            "bio": known["bio_text"],
            "name": known["display_name"],
            "handle": handles,
            "topic": nothing,
        }
    ).with_columns(pl.lit(1.0).alias("amount"))
    # A handle is read for organisations with less weight than a name.
    read = read.with_columns(
        pl.when((pl.col("where") == "handle") & pl.col("sign").is_in(["org", "org_weak"]))
        .then(pl.lit("org_handle"))
        .otherwise("sign")
        .alias("sign")
    )
    counted = counted_signs(known)
    # "Official account of" somebody with a person's name is the account of that person.
    people = counted.filter(pl.col("sign") == "given_name")["row"].cast(pl.UInt32)
    read = read.with_columns(
        pl.when((pl.col("sign") == "official_account") & pl.col("row").is_in(people.implode()))
        .then(pl.lit("official"))
        .otherwise("sign")
        .alias("sign")
    ).unique(["row", "sign"], keep="first", maintain_order=True)
    parts = [read, _topics(known), counted]
    if notability is not None:
        parts.append(notable_signs(known, notability))
    weights = pl.DataFrame(
        [{"sign": name, **sign._asdict()} for name, sign in SIGNS.items()],
        schema={
            "sign": pl.String,
            "sentence": pl.String,
            **dict.fromkeys(Sign._fields[1:-1], pl.Float64),
            "core": pl.Boolean,
        },
    )
    return (
        pl.concat(part.with_columns(pl.col("row").cast(pl.UInt32)) for part in parts)
        .join(weights, on="sign", how="inner", maintain_order="left")
        .with_columns(pl.col(name) * pl.col("amount") for name in Sign._fields[1:-1])
    )


def _topics(known: pl.DataFrame) -> pl.DataFrame:
    """Signs of declared categories; a broad one counts by its share of all that are declared."""
    import polars as pl

    from influencr.influence.labels._cues import found_cues

    items = (
        known.select("topics_declared", "is_business")
        .with_row_index("owner")
        .filter(pl.col("topics_declared").list.len() > 0)
        .with_columns(pl.col("topics_declared").list.len().alias("n"))
        .explode("topics_declared", empty_as_null=False)
    )
    empty = pl.Series("empty", [None] * items.height, dtype=pl.String)
    found = found_cues(
        {"bio": empty, "name": empty, "handle": empty, "topic": items["topics_declared"]}
    )
    shared = pl.col("sign").is_in([*_BROAD, "creator_topic"])
    # "Sports, fitness & outdoors" is what everyday creators are about, and what a closer word of
    # the same category says is not counted twice.
    other = pl.col("sign").is_in(["creator_topic", "stage_topic", "film_topic"])
    found = found.filter(~(other.any().over("row") & pl.col("sign").is_in(_BROAD)))
    return (
        found.join(
            items.select("owner", "n", "topics_declared", "is_business").with_row_index("row"),
            on="row",
            how="left",
        )
        # Where creators have business accounts, they choose among the categories of businesses.
        .with_columns(
            pl.when((pl.col("sign") == "org_topic") & pl.col("is_business"))
            .then(pl.lit("org_topic_own"))
            .otherwise("sign")
            .alias("sign")
        )
        .group_by("owner", "sign", maintain_order=True)
        .agg(
            pl.lit("topic").alias("where").first(),
            pl.col("topics_declared").first().alias("words"),
            pl.len().alias("met"),
            pl.col("n").first(),
        )
        .select(
            pl.col("owner").alias("row"),
            "sign",
            "where",
            pl.when(pl.col("sign").is_in(_BROAD))
            .then(pl.format("Declared category “{}”, one of {}", "words", "n"))
            .otherwise("words")
            .alias("words"),
            pl.when(shared)
            .then(pl.col("met") / pl.col("n"))
            .otherwise(1.0)
            .cast(pl.Float64)
            .alias("amount"),
        )
    )


def _sums(known: pl.DataFrame, signs: pl.DataFrame) -> pl.DataFrame:
    """Log-odds per row and what speaks at all."""
    import polars as pl

    from influencr.influence.labels._signs import BASE, KINDS, SIZE_SLOPE

    axes = (*KINDS, "celebrity", "public")
    core = pl.col("core") & (pl.col("celebrity") > 0)
    found = signs.group_by("row").agg(
        *(pl.col(axis).sum() for axis in axes),
        *(
            ((pl.col(kind) >= 0.5) & (pl.col("sign") != "verified")).any().alias(f"spoken_{kind}")
            for kind in KINDS
        ),
        core.any().alias("core"),
        (core & (pl.col("where") != "topic")).any().alias("core_own"),
        pl.col("sign").is_in(_NAMED).any().alias("named"),
        ((pl.col("person") >= 0.5) & ~pl.col("sign").is_in(_NAMES)).any().alias("told"),
        (pl.col("sign") == "band").any().alias("act"),
    )
    size = pl.col("followers").clip(lower_bound=1).cast(pl.Float64).log(10)
    flags = ("core", "core_own", "named", "told", "act", *(f"spoken_{kind}" for kind in KINDS))
    summed = (
        known.select("followers")
        .with_row_index("row")
        .join(found, on="row", how="left", maintain_order="left")
        .with_columns(
            *((pl.col(axis).fill_null(0.0) + BASE[axis]).alias(axis) for axis in axes),
            *(pl.col(flag).fill_null(value=False) for flag in flags),
        )
    )
    return summed.with_columns(
        pl.col(axis) + (slope * (size - middle).clip(low, high)).fill_null(0.0)
        for axis, (slope, middle, low, high) in SIZE_SLOPE.items()
    )


def _probabilities(sums: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    from influencr.influence.labels._signs import KINDS

    top = pl.max_horizontal(KINDS)
    grown = {kind: (pl.col(kind) - top).exp() for kind in KINDS}
    total = pl.sum_horizontal(grown.values())
    p_celebrity = 1 / (1 + (-pl.col("celebrity")).exp())
    # Whoever is known to everybody stands in public.
    public = pl.max_horizontal("public", pl.when("core").then(pl.col("celebrity") + 1))
    someone = pl.col("p_person") + pl.when("act").then("p_group").otherwise(0.0)
    bounded = (
        pl.when(~pl.col("core"))
        .then(p_celebrity.clip(upper_bound=NO_CORE))
        .when(~pl.col("core_own") & ~pl.col("named"))
        .then(p_celebrity.clip(upper_bound=CORE_UNNAMED))
        .otherwise(p_celebrity)
    )
    return (
        sums.with_columns((grown[kind] / total).alias(f"p_{kind}") for kind in KINDS)
        .with_columns(someone.alias("p_someone"), (1 / (1 + (-public).exp())).alias("p_public"))
        .with_columns((pl.col("p_someone") * bounded).alias("p_celebrity"))
    )


def _label(p: pl.DataFrame) -> tuple[pl.Expr, pl.Expr]:
    import polars as pl

    def named(kind: str) -> pl.Expr:
        return pl.col(f"spoken_{kind}") & (pl.col(f"p_{kind}") >= MIN_P[kind])

    someone = (pl.col("spoken_person") | pl.col("spoken_group")) & (
        pl.col("p_someone") >= MIN_P["person"]
    )
    label = (
        pl.when(named("bot"))
        .then(pl.lit("bot"))
        .when(named("brand"))
        .then(pl.lit("brand"))
        .when(someone & (pl.col("p_celebrity") > CELEBRITY))
        .then(pl.lit("celebrity"))
        .when(named("group"))
        .then(pl.lit("group"))
        .when(named("person") & (pl.col("p_public") >= PUBLIC))
        .then(pl.lit("public_figure"))
        .when(named("person") & pl.col("told"))
        .then(pl.lit("creator"))
        .otherwise(pl.lit("unknown"))
    )
    chance = (
        pl.when(pl.col("label") == "celebrity")
        .then("p_celebrity")
        .when(pl.col("label") == "public_figure")
        .then(pl.col("p_person") * pl.col("p_public"))
        .when(pl.col("label") == "creator")
        .then(pl.col("p_person") * (1 - pl.col("p_public")))
        .when(pl.col("label") == "brand")
        .then("p_brand")
        .when(pl.col("label") == "group")
        .then("p_group")
        .when(pl.col("label") == "bot")
        .then("p_bot")
    )
    return label, chance


def _told(labels: pl.DataFrame, signs: pl.DataFrame) -> pl.DataFrame:
    """row, label_reasons: the signs of each row, those that speak most for its label first."""
    import polars as pl

    axis = {
        "creator": pl.col("person"),
        "public_figure": pl.col("public"),
        "celebrity": pl.col("celebrity"),
        "brand": pl.col("brand"),
        "group": pl.col("group"),
        "bot": pl.col("bot"),
    }
    weight = pl.max_horizontal("person", "brand", "group", "bot")
    for label, column in axis.items():
        weight = pl.when(pl.col("label") == label).then(column).otherwise(weight)
    where = pl.col("where").replace_strict(_WHERE, default=pl.lit(""), return_dtype=pl.String)
    sentence = (
        pl.col("sentence")
        .str.replace("{words}", pl.col("words").fill_null(""), literal=True)
        .str.replace("{where}", where, literal=True)
    )
    return (
        signs.join(labels, on="row", how="inner", maintain_order="left")
        .with_columns(weight.alias("weight"), sentence.alias("sentence"))
        .sort(["row", "weight", "sign"], descending=[False, True, False])
        .group_by("row", maintain_order=True)
        .agg(
            pl.struct("sign", "where", "words", "weight", "sentence").alias("label_reasons"),
            pl.col("sentence")
            .filter((pl.col("weight") > 0) | (pl.col("weight") == pl.col("weight").max()))
            .head(2)
            .str.join(" ")
            .alias("why"),
        )
    )


def _in_one_sentence(kinds: tuple[str, ...]) -> pl.Expr:
    import polars as pl

    spoken = pl.any_horizontal([f"spoken_{kind}" for kind in kinds])
    return (
        pl.when((pl.col("label") == "unknown") & ~spoken)
        .then(pl.lit("Nothing in the profile tells whether this is a person or an organisation."))
        .when((pl.col("label") == "unknown") & (pl.col("p_person") >= MIN_P["person"]))
        .then(pl.lit("A person by the name; nothing tells what this person is known for."))
        .when(pl.col("label") == "unknown")
        .then(pl.concat_str(pl.lit("Signs are weak or disagree. "), pl.col("why").fill_null("")))
        .otherwise(pl.col("why").fill_null(""))
        .str.strip_chars(" ")
    )
