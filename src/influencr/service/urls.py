"""Which address shows which page."""

from __future__ import annotations

from django.urls import path

from influencr.service.api.application import addresses as api
from influencr.service.billing import views as money
from influencr.service.lists.views import compare, exports, items, lists, shared
from influencr.service.operations import views as operations
from influencr.service.plans import views as plans
from influencr.service.rights.addresses import ADDRESSES
from influencr.service.web.views import brands, creator, failures, pages, saved, search, why

urlpatterns = [
    path("", pages.front, name="front"),
    path("search", search.search, name="search"),
    path("why", why.why, name="why"),
    path("saved", saved.saved, name="saved"),
    path("saved/new", saved.news, name="saved-news"),
    path("saved/keep", saved.keep, name="saved-keep"),
    path("saved/seen", saved.mark, name="saved-mark"),
    path("saved/remove", saved.remove, name="saved-remove"),
    path("lists", lists.index, name="lists"),
    path("lists/make", lists.make, name="list-make"),
    path("lists/save", items.save, name="lists-save"),
    path("lists/<slug:list_id>", lists.of_list, name="list"),
    path("lists/<slug:list_id>/change", lists.change, name="list-change"),
    path("lists/<slug:list_id>/remove", lists.remove, name="list-remove"),
    path("lists/<slug:list_id>/restore", lists.restore, name="list-restore"),
    path("lists/<slug:list_id>/items", items.items, name="list-items"),
    path("lists/<slug:list_id>/back", items.put_back, name="list-back"),
    path("lists/<slug:list_id>/link", shared.link, name="list-link"),
    path("lists/<slug:list_id>/unlink", shared.unlink, name="list-unlink"),
    path("lists/<slug:list_id>/export", exports.of_list, name="list-export"),
    path("shared/<str:token>", shared.shared, name="shared"),
    path("compare", compare.compare, name="compare"),
    path("compare/together", compare.together, name="compare-together"),
    path("search/export", exports.of_search, name="search-export"),
    path("plan", plans.plan, name="plan"),
    path("plan/export", plans.export, name="plan-export"),
    path("plan/prices", plans.prices, name="plan-prices"),
    path("brand", brands.brand, name="brand"),
    path("brand/remove", brands.remove, name="brand-remove"),
    path("suggest/places", search.suggest_places, name="suggest-places"),
    path("c/<slug:platform>/<path:name>", creator.creator, name="creator"),
    path("methods", pages.methods, name="methods"),
    *ADDRESSES,
    path("pricing", money.pricing, name="pricing"),
    path("theme", pages.theme, name="theme"),
    path("api/", api()),
    path("robots.txt", pages.robots, name="robots"),
    path("favicon.ico", pages.favicon, name="favicon"),
    path("health", operations.health, name="health"),
    path("ready", operations.ready, name="ready"),
    path("metrics", operations.metrics, name="metrics"),
]

handler400 = failures.bad_request
handler403 = failures.forbidden
handler404 = failures.not_found
handler500 = failures.failed
