"""Prices of posts: each owner's own, and gone with the person."""

from pathlib import Path

from influencr.kept import Kept


def test_prices_are_kept_by_owner_and_currency(tmp_path: Path) -> None:
    ours, others = Kept(tmp_path, "team:1"), Kept(tmp_path, "team:2")
    assert ours.prices.all("USD") == {}
    ours.prices.keep({"tiktok:1": (90, 140), "tiktok:2": (10, 10)}, "USD")
    ours.prices.keep({"tiktok:1": (100, 150)}, "USD")
    ours.prices.keep({"tiktok:1": (80, 90)}, "EUR")
    assert ours.prices.all("USD") == {"tiktok:1": (100, 150), "tiktok:2": (10, 10)}
    assert others.prices.all("USD") == {}
    assert ours.prices.remove("tiktok:2", "USD")
    assert not ours.prices.remove("tiktok:2", "USD")
    assert ours.prices.all("USD") == {"tiktok:1": (100, 150)}


def test_who_leaves_has_no_price_and_an_owner_can_drop_all(tmp_path: Path) -> None:
    ours = Kept(tmp_path, "team:1")
    ours.prices.keep({"tiktok:1": (90, 140), "tiktok:2": (10, 10)}, "USD")
    assert ours.forget(["tiktok:1"]) == 1
    assert ours.prices.all("USD") == {"tiktok:2": (10, 10)}
    ours.drop()
    assert ours.prices.all("USD") == {}


def test_prices_are_told_whole(tmp_path: Path) -> None:
    ours = Kept(tmp_path, "team:1")
    ours.prices.keep({"tiktok:1": (80, 90)}, "EUR")
    (told,) = ours.prices.everything()
    assert told.pop("saved_at")
    assert told == {"about": "tiktok:1", "currency": "EUR", "low": 80.0, "high": 90.0}
    assert Kept(tmp_path, "team:2").prices.everything() == []
