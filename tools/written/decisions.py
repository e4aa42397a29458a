"""The list of decisions, read off their own titles."""

from __future__ import annotations

import re
from pathlib import Path

#: "0001: One engine", "0002 The catalogue" and "13. Brands" are all in use.
TITLE = re.compile(r"^# (?:Decision )?(\d+)[.:]? (.+)$", re.MULTILINE)


def decisions(root: Path) -> str:
    """Raises SystemExit naming a decision whose first line is no numbered title."""
    lines = [
        "# Decisions",
        "",
        "What was chosen, what was rejected, and on which evidence. A decision is superseded by a",
        "later one and never rewritten, so its figures are those of its day.",
        "",
        "| no. | decision |",
        "| ---: | --- |",
    ]
    for file in sorted((root / "docs" / "decisions").glob("[0-9]*.md")):
        found = TITLE.search(file.read_text(encoding="utf-8"))
        if not found or int(found[1]) != int(file.name[:4]):
            raise SystemExit(f"docs/decisions/{file.name} does not begin with '# NNNN: its title'")
        title = found[2][0].upper() + found[2][1:]
        lines.append(f"| {int(found[1])} | [{title}]({file.name}) |")
    return "\n".join(lines)
