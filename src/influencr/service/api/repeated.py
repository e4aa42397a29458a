"""An order that is sent twice is done once: `Idempotency-Key`.

A program that got no answer sends its order again under the same key and is told what the first
one was answered, for a day. The same key with another order is refused, and so is one whose first
order is still being done. What was refused was not done: its key may be used again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from influencr.errors import UsageError
from influencr.service.accounts.sealed import digest, opened, sealed
from influencr.service.api.asker import Asker
from influencr.service.api.models import Given
from influencr.service.api.refusals import Refusal

__all__ = ["HEADER", "KEPT", "REPEATED", "once", "tidy"]

HEADER: Final = "Idempotency-Key"
#: Says that an answer is that of an earlier call.
REPEATED: Final = "Idempotency-Replayed"
#: How long an answer is kept. Own choice, as payment services have it.
KEPT: Final = timedelta(hours=24)
_LONGEST: Final = 200
_PURPOSE: Final = "answer to an order"


def once(
    request: HttpRequest,
    asker: Asker,
    name: str,
    values: Mapping[str, Any],
    do: Callable[[], HttpResponse],
) -> HttpResponse:
    """The answer of `do`, or the one that was given under the same key before.

    Raises UsageError for a key that cannot be one or that another order has, Refusal while the
    first one is being done, and whatever `do` raises.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return do()
    if not 1 <= len(key) <= _LONGEST or not key.isascii() or not key.isprintable():
        raise UsageError(
            f"{HEADER}: give 1 to {_LONGEST} plain characters, such as a UUID.", field=HEADER
        )
    whose = "" if asker.key is None else asker.key.team.owner_key
    mark = digest(f"{whose}\n{key}", _PURPOSE)
    said = digest(
        f"{name}\n{msgspec.json.encode(values, order='deterministic').decode()}", _PURPOSE
    )
    Given.objects.filter(mark=mark, at__lt=timezone.now() - KEPT).delete()
    one, is_first = Given.objects.get_or_create(mark=mark, defaults={"said": said})
    if not is_first:
        return _told_before(one, said)
    try:
        response = do()
    except BaseException:
        one.delete()
        raise
    Given.objects.filter(pk=one.pk).update(
        status=response.status_code, answer=sealed(response.content.decode(), _PURPOSE)
    )
    return response


def tidy() -> int:
    """Forget answers that were given long ago; how many."""
    return Given.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]


def _told_before(one: Given, said: str) -> HttpResponse:
    if one.said != said:
        raise UsageError(
            f"{HEADER}: another order was sent under this key; take a new key for a new order.",
            field=HEADER,
        )
    if not one.status:
        raise Refusal(
            "in_progress",
            "The first order under this key is still being done, or was cut off: look whether it "
            "was done, then send it under a new key.",
            field=HEADER,
        )
    response = HttpResponse(
        opened(one.answer, _PURPOSE), content_type="application/json", status=one.status
    )
    response.headers[REPEATED] = "true"
    response.headers["Cache-Control"] = "no-store"
    return response
