"""Django's handle on this folder."""

from __future__ import annotations

from django.apps import AppConfig


class Billing(AppConfig):
    """Trials and subscriptions."""

    name = "influencr.service.billing"
    label = "billing"
    default = True
