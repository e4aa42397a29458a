"""Orders that were given under an `Idempotency-Key`, and what they were answered."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

__all__ = ["Given"]


class Given(models.Model):
    """An order under a key, for a day.

    mark      digest of whose key it is, and the key
    said      digest of the order and its parameters
    status    of HTTP; 0 while it is being done
    answer    sealed; "" while it is being done
    """

    mark = models.CharField(max_length=64, unique=True)
    said = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.TextField(default="")
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.mark[:8]
