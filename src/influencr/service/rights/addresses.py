"""The addresses of listed people, the same in every mode."""

from __future__ import annotations

from django.urls import path

from influencr.service.rights.views import look, mine, proving

__all__ = ["ADDRESSES"]

ADDRESSES = [
    path("creators", look.creators, name="creators"),
    path("creators/start", look.start, name="creators-start"),
    path("creators/prove/<str:key>", proving.prove, name="creators-prove"),
    path("creators/prove/<str:key>/help", proving.help_, name="creators-help"),
    path("creators/asked/<str:number>", proving.asked, name="creators-asked"),
    path("creators/mine/<str:key>", mine.mine, name="creators-mine"),
    path("creators/mine/<str:key>/change", mine.change, name="creators-change"),
    path("creators/mine/<str:key>/everything.json", mine.everything, name="creators-everything"),
    path("creators/left/<str:number>", mine.left, name="creators-left"),
]
