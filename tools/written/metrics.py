"""Figures that `/metrics` tells, read off the program's source: nothing is opened for a list."""

from __future__ import annotations

import ast
from pathlib import Path

#: What makes a figure -> its type in Prometheus. `_gauge` is the short form in the same file.
MADE = {
    "Counter": "counter",
    "Histogram": "histogram",
    "Gauge": "gauge",
    "GaugeMetricFamily": "gauge",
    "CounterMetricFamily": "counter",
    "_gauge": "gauge",
}


def metrics(root: Path) -> str:
    """Raises SystemExit where a figure is made in a form that this cannot read."""
    service = root / "src" / "influencr" / "service"
    found: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    for file in sorted(service.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if "prometheus_client" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            read = _figure(node)
            if read is not None:
                found[read[0]] = read[1:]
    if not found:
        raise SystemExit("tools/written/metrics.py found no figure under src/influencr/service")
    lines = [
        "# Metrics",
        "",
        "What `/metrics` tells, in the text format of Prometheus; who may ask is in the guide to",
        "[operating](../guides/operate.md#is-it-well).",
        "No figure names a member, a creator, a place or a word: labels say how many, never who.",
        "Beside these stand the figures of the process itself (`process_...`, `python_...`).",
        "",
        "| figure | type | labels | meaning |",
        "| --- | --- | --- | --- |",
    ]
    for name, (kind, meaning, labels) in sorted(found.items()):
        # The library names what counts upwards so.
        shown = f"{name}_total" if kind == "counter" else name
        told = ", ".join(f"`{label}`" for label in labels)
        lines.append(f"| `{shown}` | {kind} | {told} | {' '.join(meaning.split())} |")
    return "\n".join(lines)


def _figure(node: ast.AST) -> tuple[str, str, str, tuple[str, ...]] | None:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return None
    kind = MADE.get(node.func.id)
    if kind is None or not node.args or not isinstance(node.args[0], ast.Constant):
        return None
    name = str(node.args[0].value)
    if not name.startswith("influencr_"):
        return None
    if len(node.args) < 2 or not isinstance(node.args[1], ast.Constant):
        raise SystemExit(f"the figure {name} has no meaning beside its name")
    labels: tuple[str, ...] = ()
    third = node.args[2] if len(node.args) > 2 and kind != "gauge" else None
    for keyword in node.keywords:
        if keyword.arg in ("labels", "labelnames"):
            third = keyword.value
    if isinstance(third, ast.Tuple):
        labels = tuple(str(e.value) for e in third.elts if isinstance(e, ast.Constant))
    return name, kind, str(node.args[1].value), labels
