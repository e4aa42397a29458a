"""Saved searches, brands and own prices: kept, changed, forgotten."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import msgspec
from msgspec import Meta

from influencr.answers._question import question
from influencr.answers.documents import saved_document
from influencr.answers.questions.keeping import Nothing
from influencr.errors import UnknownValue
from influencr.search import Query, SavedSearch
from influencr.search.brand import Brand, BrandRead

if TYPE_CHECKING:
    from influencr.engine import Engine

__all__ = ["BrandDocument", "BrandsDocument", "Keep", "KeepBrand", "KeepPrices", "PricesDocument"]

_SEARCH = Meta(description="the saved search, by its name")
_BRAND = Meta(description="the brand, by its name; spelling and case do not tell two apart")


class Keep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A search, and its name."""

    name: Annotated[str, Meta(description="what it is called, 1 to 80 characters")]
    query: Query = Query()


class Named(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which saved search."""

    name: Annotated[str, _SEARCH]


class SeenDocument(TypedDict):
    """How many were new and count as seen now."""

    n: int


class ForgottenDocument(TypedDict):
    """What was forgotten."""

    removed: str


@question(
    "saved_keep", Keep, path="saved/{name}", verb="PUT", scope="lists", writes=True,
    returns=SavedSearch,
)  # fmt: skip
def keep(engine: Engine, request: Keep) -> dict[str, Any]:
    """Keep a search under a name, in place of one of that name; nobody was seen by it yet."""
    return saved_document(engine.saved.save(request.name, request.query))


@question(
    "saved_remove", Named, path="saved/{name}", verb="DELETE", scope="lists", writes=True,
    returns=ForgottenDocument,
)  # fmt: skip
def remove(engine: Engine, request: Named) -> dict[str, Any]:
    """Forget a saved search and whom it has shown."""
    one = engine.saved.get(request.name)
    engine.saved.remove(one.name)
    return {"removed": one.name}


@question(
    "saved_seen", Named, path="saved/{name}/seen", verb="POST", scope="lists", searches=True,
    writes=True, returns=SeenDocument,
)  # fmt: skip
def seen(engine: Engine, request: Named) -> dict[str, Any]:
    """Everybody whom a saved search finds counts as seen from now on."""
    return {"n": engine.saved.run(request.name, limit=1, mark=True).results.total}


class OneBrand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which brand."""

    brand: Annotated[str, _BRAND]


class KeepBrand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A brand and the audience that it wants; one thing to go by beside its name."""

    brand: Annotated[str, _BRAND]
    words: Annotated[tuple[str, ...], Meta(description="words that its creators use")] = ()
    description: Annotated[str, Meta(description="what it makes and for whom")] = ""
    handles: Annotated[tuple[str, ...], Meta(description="its own accounts")] = ()
    examples: Annotated[tuple[str, ...], Meta(description="creators who fit")] = ()
    places: Annotated[tuple[str, ...], Meta(description="where the audience should be")] = ()
    languages: Annotated[
        tuple[str, ...], Meta(description="that creator and audience read, ISO 639-1")
    ] = ()
    topics: Annotated[
        tuple[str, ...], Meta(description="what the audience cares about, as the facet shows it")
    ] = ()
    competitors: Annotated[tuple[str, ...], Meta(description="names or accounts")] = ()


class BrandsDocument(TypedDict):
    """Every brand, by name."""

    brands: list[Brand]


class BrandDocument(TypedDict):
    """A brand as it was given, and how it is understood in this index."""

    brand: Brand
    read: BrandRead


@question("brands", Nothing, path="brands", scope="lists", returns=BrandsDocument)
def brands(engine: Engine, request: Nothing) -> dict[str, Any]:
    """Every brand that is kept, by name."""
    return {"brands": [msgspec.to_builtins(one) for one in engine.brands.list()]}


@question("brand", OneBrand, path="brands/{brand}", scope="lists", returns=BrandDocument)
def brand(engine: Engine, request: OneBrand) -> dict[str, Any]:
    """One brand, and how it is understood in this index."""
    one = engine.brands.get(request.brand)
    return {
        "brand": msgspec.to_builtins(one),
        "read": msgspec.to_builtins(engine.brands.read(one.name)),
    }


@question(
    "brand_keep", KeepBrand, path="brands/{brand}", verb="PUT", scope="lists", writes=True,
    returns=BrandDocument,
)  # fmt: skip
def keep_brand(engine: Engine, request: KeepBrand) -> dict[str, Any]:
    """Keep a brand, in place of one of that name, and prepare it for searches.

    In a home of many followers preparing takes a while.
    """
    from influencr.search.brand import make_brand

    given = msgspec.structs.asdict(request)
    one = make_brand(name=given.pop("brand"), **given)
    read = engine.brands.save(one)
    return {"brand": msgspec.to_builtins(one), "read": msgspec.to_builtins(read)}


@question(
    "brand_remove", OneBrand, path="brands/{brand}", verb="DELETE", scope="lists", writes=True,
    returns=ForgottenDocument,
)  # fmt: skip
def remove_brand(engine: Engine, request: OneBrand) -> dict[str, Any]:
    """Forget a brand and what was prepared for it."""
    one = engine.brands.get(request.brand)
    engine.brands.remove(one.name)
    return {"removed": one.name}


class KeepPrices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a post costs, by creator."""

    prices: Annotated[
        dict[str, tuple[float, float]],
        Meta(
            min_length=1,
            max_length=5_000,
            description="creator -> [lower, upper] end of the price of one post; creators as "
            "platform:@handle, a profile id or a handle",
        ),
    ]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$", description="ISO 4217, as EUR")] = "USD"


class OnePrice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose price, in which currency."""

    who: Annotated[str, Meta(description="platform:@handle, a profile id or a handle")]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$", description="ISO 4217, as EUR")] = "USD"


class PriceDocument(TypedDict):
    """Own price of one post, in `currency`; `about` is a profile id."""

    about: str
    currency: str
    low: float
    high: float
    saved_at: datetime


class PricesDocument(TypedDict):
    """Every own price."""

    prices: list[PriceDocument]


class KeptPricesDocument(TypedDict):
    """How many prices were kept."""

    n: int


@question("prices", Nothing, path="prices", scope="lists", returns=PricesDocument)
def prices(engine: Engine, request: Nothing) -> dict[str, Any]:
    """Own prices of a post, which plans go by."""
    from influencr.kept import Kept

    return {"prices": Kept(engine.home.path, engine.owner).prices.everything()}


@question(
    "prices_keep", KeepPrices, path="prices", verb="PUT", scope="lists", writes=True,
    returns=KeptPricesDocument,
)  # fmt: skip
def keep_prices(engine: Engine, request: KeepPrices) -> dict[str, Any]:
    """Keep own prices of a post, in place of those kept of the same creators."""
    return {"n": engine.keep_prices(request.prices, currency=request.currency)}


@question(
    "price_remove", OnePrice, path="prices", verb="DELETE", scope="lists", writes=True,
    returns=ForgottenDocument,
)  # fmt: skip
def remove_price(engine: Engine, request: OnePrice) -> dict[str, Any]:
    """Forget one own price."""
    from influencr.kept import Kept

    kept = Kept(engine.home.path, engine.owner).prices
    known = [one["about"] for one in kept.everything() if one["currency"] == request.currency]
    about = request.who
    if about not in known:
        row = engine.show(request.who)
        about = request.who if row is None else str(row["profile_id"])
    if not kept.remove(about, request.currency):
        raise UnknownValue("who", request.who, known)
    return {"removed": about}
