"""`influencr manage staff`: who may open the operator's pages."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from influencr.service.admin.models import Deed


def said(*words: str) -> str:
    out = StringIO()
    call_command("staff", *words, stdout=out)
    return out.getvalue()


def test_a_member_becomes_an_operator_and_no_longer_one(members: Any):
    assert "may open /admin with a second step" in said("OLGA@rye.example")
    members.olga.refresh_from_db()
    assert members.olga.is_staff
    assert "is no operator any more" in said("olga@rye.example", "--off")
    members.olga.refresh_from_db()
    assert not members.olga.is_staff
    assert [(one.verb, one.by) for one in Deed.objects.all()] == [
        ("no staff", None),
        ("staff", None),
    ]


def test_nobody_is_nobody(members: Any):
    with pytest.raises(CommandError, match="nobody has that address"):
        said("nobody@new.example")
