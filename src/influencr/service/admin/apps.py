"""Django's handle on this folder."""

from __future__ import annotations

from django.apps import AppConfig


class Admin(AppConfig):
    """The operator's pages and what was done on them."""

    name = "influencr.service.admin"
    label = "operator"
    default = True
