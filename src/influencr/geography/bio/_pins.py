"""Places behind or before 📍, 📌 and, where nothing else stands there, 🏠 🌍 🗺."""

from __future__ import annotations

from influencr.geography.bio._items import Item, Sign
from influencr.geography.bio._state import Reading

__all__ = ["read_pins"]

# 📌 also marks "pinned: orders by message", 🏠 and 🌍 are pictures as often as pins.
_SURE = {"📍": 1.0, "📌": 0.95, "🏠": 0.9, "🏡": 0.9, "🗺": 0.85, "🧭": 0.85, "🏘": 0.85}
_GLOBE = 0.8
#: Places behind one pin that are read: "📍 Paris / Lyon".
_MAX_LISTED = 3
_LISTS = frozenset(("/", "|", "+", "•", "·", "\\", "-", "–", "—", "~", "("))


def read_pins(reading: Reading) -> None:
    """Every pin of the bio."""
    for position, item in enumerate(reading.items):
        if item.sign == Sign.PIN or item.sign == Sign.GLOBE:
            _pin(reading, position, item)


def _pin(reading: Reading, position: int, item: Item) -> None:
    share = _SURE.get(item.text, _GLOBE)
    is_globe = item.sign == Sign.GLOBE
    after = reading.after(position, thin=True)
    if after is not None and _at(reading, after, item.text, share, whole=is_globe):
        return
    before = reading.before(position)
    if before is None:
        return
    found = reading.items[before]
    if found.sign == Sign.FLAG:
        # "Lagos 🇳🇬📍": the words before the flag, else the flag itself.
        further = reading.before(before)
        if (
            further is not None
            and reading.items[further].sign == Sign.TEXT
            and _ends(reading, further, item.text, share, whole=is_globe)
        ):
            return
        if after is None and before == position - 1 and not is_globe:
            _flag(reading, before, item.text, share * 0.9)
    elif found.sign == Sign.TEXT:
        _ends(reading, before, item.text, share, whole=is_globe)


def _at(reading: Reading, position: int, pin: str, share: float, *, whole: bool) -> bool:
    """A place at the start of an item, and those listed behind it."""
    item = reading.items[position]
    if item.sign == Sign.FLAG:
        if whole and pin not in ("🏠", "🏡"):
            return False
        _flag(reading, position, pin, share)
        _listed(reading, position, pin, share)
        return True
    if item.sign != Sign.TEXT or not item.words:
        return False
    country = reading.beside(position)
    found = reading.names.right(item, 0, country=country, prior=reading.prior, weak=whole)
    if found is None:
        return False
    named, end = found
    if whole and end != len(item.words):
        return False
    last = item.words[end - 1].end
    item.used.append((0, last))
    reading.add_named("pin", named, share, f"{pin} {item.text[:last]}")
    if end == len(item.words):
        _listed(reading, position, pin, share)
    return True


def _listed(reading: Reading, position: int, pin: str, share: float) -> None:
    """What stands behind the first place: a list of homes, or where they fly to."""
    at = position
    role = "lives"
    first = reading.found[-1].row
    for _ in range(_MAX_LISTED):
        at += 1
        if at >= len(reading.items):
            return
        item = reading.items[at]
        if item.sign in (Sign.PLANE, Sign.ARROW):
            role = "visits"
            continue
        if item.sign == Sign.STOP and item.text in _LISTS:
            continue
        if item.sign == Sign.FLAG:
            row = reading.flag_row(item.text)
            if row is None or first is None:
                return
            if reading.country(row) == reading.country(first):
                continue
            if at == position + 1:
                return  # "📍Doha 🇰🇪": a flag with nothing between is where they are from
            reading.flag_roles[at] = ""
            reading.add("pin", row, share * 0.7, f"{pin} flag", role=role)
            continue
        if item.sign != Sign.TEXT or not item.words:
            return
        named = reading.names.span(item, 0, len(item.words), prior=reading.prior)
        if named is None:
            return
        item.used.append((0, len(item.text)))
        reading.add_named("pin", named, share * 0.75, f"{pin} {item.text}", role=role)


def _ends(reading: Reading, position: int, pin: str, share: float, *, whole: bool) -> bool:
    """A place at the end of an item, or at its start when nothing else is there."""
    item = reading.items[position]
    if not item.words or item.used:
        return False
    country = reading.beside(position)
    n = len(item.words)
    found = reading.names.left(item, n, country=country, prior=reading.prior, weak=whole)
    if found is not None and not (whole and found[1] > 0):
        named, at = found
        item.used.append((item.words[at].start, len(item.text)))
        words = item.text[item.words[at].start :]
        reading.add_named("pin", named, share * 0.95, f"{words} {pin}")
        return True
    if whole or n > 3:
        return False
    start = reading.names.right(item, 0, country=country, prior=reading.prior, weak=True)
    if start is None:
        return False
    last = item.words[start[1] - 1].end
    item.used.append((0, last))
    reading.add_named("pin", start[0], share * 0.85, f"{item.text} {pin}")
    return True


def _flag(reading: Reading, position: int, pin: str, share: float) -> None:
    item = reading.items[position]
    row = reading.flag_row(item.text)
    if row is None:
        return
    reading.flag_roles[position] = ""
    reading.add("pin", row, 0.97 * share, f"{pin} flag of {reading.gazetteer.name(row)}")
