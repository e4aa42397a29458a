"""What is known of an audience, for a person and for a program: `vet` prints it.

Colour repeats what a word says. A table for many creators, a report for one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from influencr.cli._page import harmless
from influencr.cli._values import share

if TYPE_CHECKING:
    from influencr.kept import Dispute
    from influencr.pipeline.vetting import Vetted
    from influencr.records import BoughtShare, Evidence

__all__ = [
    "print_disputed",
    "print_vetted",
    "print_vetted_table",
]

_WORDS = {
    "vetted": ("Vetted", "green"),
    "needs_a_look": ("Needs a look", "yellow"),
    "looks_inflated": ("Audience looks inflated", "red"),
    "unknown": ("Unknown", "dim"),
}
_LABEL = 12
#: Wider than the label and short enough to leave the sentence its room.
_WHO = 34


def print_vetted(
    row: Vetted,
    out: Console,
    *,
    member_ids: Sequence[tuple[str, ...]] | None = None,
    disputes: Sequence[Dispute] = (),
) -> None:
    """The report of one creator: verdict, share, followers, findings, what was clear."""
    from influencr.vetting.verdict import FAMILIES

    word, style = _WORDS[row.verdict.status]
    head = Text().append(harmless(_name(row)), style="bold")
    head.append(f"  {row.platform}", style="dim").append("  ").append(word, style=f"bold {style}")
    out.print(head)
    _hung(out, "", row.verdict.sentence)
    out.print()
    _hung(out, "share", _share_line(row.verdict.share))
    if row.states is not None:
        _hung(out, "followers", _states_line(row))
    for number, line in enumerate(row.verdict.evidence):
        if line.fires:
            out.print()
            named = None if member_ids is None else member_ids[number]
            _finding(line, FAMILIES[line.family], out, named)
    out.print()
    fired = {line.family for line in row.verdict.evidence if line.fires}
    clear = [FAMILIES[f] for f in row.families if f not in fired]
    unseen = [words for f, words in FAMILIES.items() if f not in row.families and f not in fired]
    if clear:
        _hung(out, "clear", "; ".join(clear))
    if unseen:
        _hung(out, "not looked", "; ".join(unseen))
    for fact in _beside(row):
        _hung(out, "beside", fact)
    for one in disputes:
        _hung(out, "disputed", _dispute_line(one))
    versions = f"as of {row.verdict.as_of:%Y-%m-%d}, rule {row.verdict.version}"
    _hung(out, "made", versions, style="dim")


def _beside(row: Vetted) -> Iterator[str]:
    """Facts that no verdict rests on: what the replies look like, who is followed back, and what
    "active" rests on."""
    for line in row.verdict.evidence:
        if line.statistic == "generic_replies" and line.value is not None:
            detail = line.checked[0].detail if line.checked else ""
            yield f"{share(line.value)} of the replies say nothing about the post. {detail}"
        if line.statistic == "followed_back" and not line.fires:
            yield f"follows back {share(line.value)} of those seen"
        if line.statistic == "last_post" and line.chart:
            yield f"last post {line.value or 0:,.0f} days ago. {json.loads(line.chart)['meaning']}"


def _dispute_line(one: Dispute) -> str:
    """Disputed when, checked again when, and what came out."""
    said = f"disputed on {one.at:%Y-%m-%d}"
    if one.checked_at is None or one.after is None:
        return f"{said}, not checked again yet (the next refresh does)"
    word = _WORDS[one.after][0].lower()
    result = f"{word}, as before" if one.after == one.before else word
    reason = f" ({one.reason})" if one.reason else ""
    return f"{said}{reason}, checked again on {one.checked_at:%Y-%m-%d}: {result}"


def _finding(line: Evidence, words: str, out: Console, named: tuple[str, ...] | None) -> None:
    p = "" if line.p is None else f", p {line.p:.1g}" if line.p else ", p below 1e-300"
    value = "" if line.value is None else f" {line.value:,.4g}"
    _hung(out, line.family, f"{words}: {line.statistic.replace('_', ' ')}{value}{p}")
    when = []
    if line.from_at is not None and line.to_at is not None:
        when.append(f"{line.from_at:%Y-%m-%d %H:%M} to {line.to_at:%Y-%m-%d %H:%M} UTC")
    if line.members:
        of = f", {share(line.share)} of those seen" if line.share is not None else ""
        when.append(f"{line.members:,} followers{of}")
    if when:
        _hung(out, "", "; ".join(when))
    for checked in line.checked:
        detail = f": {harmless(checked.detail)}" if checked.detail else ""
        _hung(out, "", f"{checked.alternative} {checked.outcome}{detail}", style="dim")
    if line.effect:
        _hung(out, "", line.effect, style="dim")
    for profile_id in named or ():
        out.print(" " * _LABEL + harmless(profile_id), style="dim", soft_wrap=True)


def _share_line(bought: BoughtShare) -> str:
    if bought.point is None:
        least = "unknown" if bought.lo is None else f"at least {share(bought.lo)} look bought"
        return f"{least}: {bought.reason}"
    interval = ""
    if bought.lo is not None and bought.hi is not None:
        interval = f" ({bought.level:.0%} interval {share(bought.lo)} to {share(bought.hi)})"
    of = f" of {bought.followers:,}" if bought.followers is not None else ""
    return (
        f"{share(bought.point)}{interval} look bought; {bought.n:,}{of} followers looked at, "
        f"{bought.method}"
    )


def _states_line(row: Vetted) -> str:
    if row.states is None:
        return "unknown"
    counted = {name: getattr(row.states, name) for name in ("active", "quiet", "dormant")}
    known = sum(counted.values())
    seen = f"{row.verdict.n_seen:,} seen"
    if not known:
        return f"{seen}; when they last posted is not known"
    parts = ", ".join(f"{share(n / known)} {name}" for name, n in counted.items())
    return f"{seen}; of {known:,} whose last post is known {parts}. Silence is no sign of buying."


def print_vetted_table(rows: Iterable[Vetted], out: Console) -> None:
    """One line for each of many creators: verdict, share with interval, findings."""
    head = Text("Creator".ljust(_WHO) + "  " + "Verdict".ljust(24) + "  " + "Look bought".rjust(18))
    head.append("   Findings").stylize("dim")
    out.print(head, no_wrap=True, overflow="ellipsis")
    n = 0
    for row in rows:
        n += 1
        word, style = _WORDS[row.verdict.status]
        bought = row.verdict.share
        told = "-"
        if bought.point is None and bought.lo is not None:
            told = f"at least {share(bought.lo)}"
        elif bought.point is not None:
            told = f"{share(bought.point)} ({share(bought.lo)}-{share(bought.hi)})"
        who = harmless(f"{row.platform} {_name(row)}")
        line = Text(who[:_WHO].ljust(_WHO) + "  ")
        line.append(word.ljust(24), style=style).append("  " + told.rjust(18))
        fired = sorted({line.family for line in row.verdict.evidence if line.fires})
        line.append("   " + (" ".join(fired) or "-"), style="dim")
        out.print(line, no_wrap=True, overflow="ellipsis")
    out.print(f"{n:,} creators; `influencr vet HANDLE` tells why.", style="dim")


def print_disputed(before: Vetted | None, after: Vetted, dispute: Dispute, out: Console) -> None:
    """What was stored, what the records give now, and what is kept of it."""
    for title, row in (("Stored", before), ("Again", after)):
        out.print(Text(title, style="bold underline"))
        if row is None:
            out.print("Nothing was stored.")
        else:
            print_vetted(row, out)
        out.print()
    same = "The check differs; see both." if dispute.changed else "The check gives the same again."
    out.print(f"{same} Kept: {_dispute_line(dispute)}. A refresh stores what is found then.")


def _name(row: Vetted) -> str:
    return f"@{row.handle}" if row.handle else row.profile_id


def _hung(out: Console, label: str, value: str, *, style: str = "") -> None:
    """A labelled line, broken at words, every following line under the value."""
    width = max(20, out.width - _LABEL)
    for number, part in enumerate(_wrapped(Text(harmless(value)), width, out)):
        line = Text((label if number == 0 else "").ljust(_LABEL), style="dim")
        out.print(line.append(part.plain.rstrip(), style=style), no_wrap=True, overflow="fold")


def _wrapped(text: Text, width: int, out: Console) -> Iterator[Text]:
    yield from text.wrap(out, width)
