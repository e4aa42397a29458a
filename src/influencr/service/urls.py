"""Which address shows which page."""

from __future__ import annotations

from django.urls import path

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
    path("brand", brands.brand, name="brand"),
    path("brand/remove", brands.remove, name="brand-remove"),
    path("suggest/places", search.suggest_places, name="suggest-places"),
    path("c/<slug:platform>/<path:name>", creator.creator, name="creator"),
    path("methods", pages.methods, name="methods"),
    path("creators", pages.creators, name="creators"),
    path("theme", pages.theme, name="theme"),
    path("robots.txt", pages.robots, name="robots"),
    path("favicon.ico", pages.favicon, name="favicon"),
    path("health", pages.health, name="health"),
]

handler400 = failures.bad_request
handler403 = failures.forbidden
handler404 = failures.not_found
handler500 = failures.failed
