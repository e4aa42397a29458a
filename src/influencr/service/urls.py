"""Which address shows which page."""

from __future__ import annotations

from django.urls import path

from influencr.service.web.views import creator, failures, pages, search

urlpatterns = [
    path("", pages.front, name="front"),
    path("search", search.search, name="search"),
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
