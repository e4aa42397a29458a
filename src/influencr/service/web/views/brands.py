"""The brands of this home: make one, see how it is understood, change it, let it go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from influencr.errors import PlaceError, UsageError
from influencr.kept import kept_key
from influencr.search import Query
from influencr.search.brand import Brand
from influencr.service.accounts.views.again import members_only
from influencr.service.web import brand_form, numbers
from influencr.service.web.address import Address
from influencr.service.web.brand_facts import understood
from influencr.service.web.engine import engine_of
from influencr.service.web.row import row

if TYPE_CHECKING:
    from influencr.engine import Engine

__all__ = ["brand", "remove"]

_SHOWN = 5
_DONE = {"kept": "“{0}” is kept.", "removed": "“{0}” is no longer kept."}


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def brand(request: HttpRequest) -> HttpResponse:
    """The brands with the form of one of them (`name` in the address), or of a new one."""
    engine = engine_of(request)
    if request.method == "POST":
        return _kept(request, engine)
    name = request.GET.get("name", "")
    done = _DONE.get(request.GET.get("done", ""), "").format(request.GET.get("of", name))
    if not name:
        return _page(request, engine, None, brand_form.empty(), done)
    one = engine.brands.get(name)
    return _page(request, engine, one, brand_form.of(one), done)


@members_only
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Forget a brand and what was read for it."""
    name = request.POST.get("name", "")
    brands = engine_of(request).brands
    if any(kept_key(one.name) == kept_key(name) for one in brands.list()):
        brands.remove(name)
    return _to(done="removed", of=name)


def _kept(request: HttpRequest, engine: Engine) -> HttpResponse:
    """Keeps the brand of a filled form; what is wrong is said in it, and nothing is lost."""
    values = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    topics, was = request.POST.getlist("topics"), request.POST.get("was", "")
    try:
        made = brand_form.read(values, topics)
        names = {kept_key(one.name): one.name for one in engine.brands.list()}
        renamed = kept_key(was) != kept_key(made.name)
        if renamed and kept_key(made.name) in names:
            raise UsageError(
                f"name: a brand called “{names[kept_key(made.name)]}” is kept already; "
                "choose another name, or change that one.",
                field="name",
            )
        engine.brands.save(made)
        if renamed and kept_key(was) in names:
            engine.brands.remove(was)
    except (UsageError, PlaceError) as error:
        form = brand_form.filled(values, topics, was=was, error=error)
        one = next((b for b in engine.brands.list() if kept_key(b.name) == kept_key(was)), None)
        return _page(request, engine, one, form, "", status=400)
    return _to(name=made.name, done="kept")


def _page(
    request: HttpRequest,
    engine: Engine,
    one: Brand | None,
    form: brand_form.Form,
    done: str,
    *,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "done": done,
        "one": one,
        "brands": [
            (b.name, f"{reverse('brand')}?{urlencode({'name': b.name})}", b == one)
            for b in engine.brands.list()
        ],
    }
    if one is not None:
        # Example rows are those of a search that anybody can open: no figure is made here.
        query = Query(brand=one.name, limit=_SHOWN, facets=(), funnel=False)
        results = engine.query(query)
        context |= {
            "read": understood(
                engine.brands.read(one.name), [_read(engine, place) for place in one.places]
            ),
            "rows": [row(hit, i, results.as_of) for i, hit in enumerate(results.hits, start=1)],
            "total": results.total,
            "href": Address([("brand", one.name)]).href,
        }
    return render(request, "brand.html", context, status=status)


def _read(engine: Engine, place: str) -> str:
    """How a place was read: never a silent guess."""
    area = engine.read_place(place)
    return f"{numbers.km(area.within_km)} around {area.label}" if area.within_km else area.label


def _to(**params: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('brand')}?{urlencode(params)}")
