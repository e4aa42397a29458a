"""Members of an instance, signed in: prints a JSON list of what their browsers would send.

    INFLUENCR_HOME=... INFLUENCR_BILLING=manual python -m benchmarks.service.members 100

Run in a process of its own, after the tables were made. They sign in beside the page: a hundred
sign-ins from one address are what its rate limit is there to stop.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from importlib import import_module

__all__ = ["main"]

_TRIAL = timedelta(days=7)


def main(n: int) -> list[str]:
    """The session cookies of n members, each in a team of their own."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "influencr.service.settings"
    import django

    django.setup()
    from allauth.account.models import EmailAddress
    from django.conf import settings
    from django.contrib.auth import login
    from django.http import HttpRequest
    from django.utils import timezone

    from influencr.service.accounts import teams
    from influencr.service.accounts.models import User
    from influencr.service.billing.models import Subscription

    store = import_module(settings.SESSION_ENGINE).SessionStore
    cookies = []
    for i in range(n):
        email = f"member{i}@benchmark.example"
        user = User.objects.filter(email=email).first()
        if user is None:
            user = User.objects.create_user(email)
            EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
            team = teams.found(user)
            Subscription.objects.create(team=team, trial_until=timezone.now() + _TRIAL)
        Subscription.objects.filter(team=user.team).update(trial_until=timezone.now() + _TRIAL)
        request = HttpRequest()
        request.session = store()
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        request.session.save()
        held = getattr(request.session, "in_browser", "") or request.session.session_key
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={held}")
    return cookies


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
