"""What the pages of lists ask first: whose list it is, and where to go back to."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from influencr.engine import Shortlist
from influencr.errors import UsageError
from influencr.service.web.engine import engine_of

__all__ = ["back_of", "mine"]


def mine(request: HttpRequest, list_id: str) -> Shortlist:
    """A list of whoever asks. Raises Http404 for another's and for none, which look the same."""
    try:
        one = engine_of(request).lists.get(list_id)
    except UsageError:
        raise Http404 from None
    if one.id != list_id:  # a name is no address
        raise Http404
    return one


def back_of(request: HttpRequest, otherwise: str) -> str:
    """The page of this site that a form came from."""
    back = request.POST.get("back", "")
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return back
    return otherwise
