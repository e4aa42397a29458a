"""How far a member has read, and which mails they want."""

from __future__ import annotations

from django.utils import timezone

from influencr.errors import UnknownValue
from influencr.service.accounts.models import Team, User
from influencr.service.alerts import digest
from influencr.service.alerts.models import EVERY, Digest, Reading

__all__ = ["mail", "mails", "of", "read"]


def of(user: User, team: Team) -> Reading:
    """How far a member has read in a team; not kept before they read something."""
    return Reading.objects.filter(user=user, team=team).first() or Reading(user=user, team=team)


def read(user: User, team: Team, upto: int) -> None:
    """Everything up to a number counts as read; it never becomes unread again."""
    one, _ = Reading.objects.get_or_create(user=user, team=team)
    Reading.objects.filter(pk=one.pk, read_to__lt=upto).update(read_to=upto)


def mails(user: User) -> str:
    """How often mail comes: a key of EVERY."""
    one = Digest.objects.filter(user=user).first()
    return one.every if one else "off"


def mail(user: User, every: str, site: str, *, only_first: bool = False) -> None:
    """Have mail sent that often, with links to the address at which the member reaches us.

    only_first   change nothing for a member who has said before how often

    Raises UnknownValue for a word that is not one of EVERY.
    """
    if every not in EVERY:
        raise UnknownValue("every", every, list(EVERY))
    due = None if every == "off" else digest.next_after(every, timezone.now())
    wanted = {"every": every, "site": site, "due_at": due}
    if only_first:
        Digest.objects.get_or_create(user=user, defaults=wanted)
    else:
        Digest.objects.update_or_create(user=user, defaults=wanted)
