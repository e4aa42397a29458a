"""The page docs/benchmarks/listening.md, from a run."""

from __future__ import annotations

from typing import Any

WANTED_P95_SECONDS = 5.0


def page(result: dict[str, Any]) -> str:
    read = result["reading"]
    here = result["machine"]
    lines = [
        "# Listening, measured",
        "",
        "Written by `python -m benchmarks listening`. Real frames of the network with every",
        "account, record key, revision and time rewritten; `benchmarks/listening` says how.",
        "",
        "## Decode and fold, one core",
        "",
        f"{read['events']:,} events of {read['accounts']:,} accounts, "
        f"{read['bytes_per_message']:.0f} bytes a message (zstd, v1 dictionary). Rates are events "
        "per second of processor time, the median of three rounds taken in turns; per second of "
        "wall clock in the last column.",
        "",
        "| what | events/s | rounds | wall |",
        "| --- | ---: | --- | ---: |",
    ]
    for name, told in read["rates"].items():
        shown = name.replace("orjson", read["peer"]) if name.startswith("zstd") else name
        runs = ", ".join(f"{run:,}" for run in told["runs"])
        lines.append(f"| {shown} | {told['per_second']:,} | {runs} | {told['per_second_wall']:,} |")
    edges, wanted = read["edges"], read["wanted_per_second"]
    live = read["rates"]["decoded and folded, 1 % of accounts known"]["per_second"]
    worst = read["rates"]["decoded and folded, everybody known"]["per_second"]
    lines += [
        "",
        f"Wanted: {wanted:,} events/s. As on the network, where few accounts are known: {live:,} "
        f"({'reached' if live >= wanted else 'not reached'}). Where every event is kept: "
        f"{worst:,} ({'reached' if worst >= wanted else 'not reached'}). Kept events cost the "
        "making of rows and the memory of edges on disk; appending to the catalogue is not in "
        "these figures, it is in the next ones.",
        "",
        f"Memory of live edges: {edges['live']:,.0f} edges in {edges['bytes'] / 1e6:,.1f} MB, "
        f"{edges['bytes_per_live_edge']:.0f} bytes an edge with what it is about.",
        "",
        "## From an event to a search",
        "",
        "`influencr listen bluesky` on a websocket of loopback, 2,000 messages a second, a post",
        "with a word of its own every half second; another process searches five times a second",
        "for the words that were not found yet. Seconds from sending to the first search that",
        "finds it.",
        "",
        "| known | sent/s | kept | probes | p50 | p95 | largest | not found | load | niceness |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for told in result["searching"]:
        lines.append(
            f"| {told['share_known']:.0%} | {told['sent_per_second']:,} | "
            f"{told['kept']:,} | {told['probes']} | {told['p50_seconds']} | "
            f"{told['p95_seconds']} | {told['max_seconds']} | {told['not_found']} | "
            f"{told['load']} | {told.get('niceness', 0)} |"
        )
    missed = [told for told in result["searching"] if told["p95_seconds"] > WANTED_P95_SECONDS]
    n = len(result["searching"])
    lines += [
        "",
        f"Wanted: p95 of at most {WANTED_P95_SECONDS:.0f} s; reached in {n - len(missed)} of {n} "
        f"runs. {result['searching'][0]['creators']:,} creators; two cores, so a load above two is "
        "work that waits: most of the seconds are waiting for a processor, since a lot costs a "
        "fifth of a second of one. Niceness below zero is the measured processes put before the "
        "others, which is as near to a machine of its own as this one comes.",
        "",
        f"Version {result['version']}, {result['measured_on']}, {here['cores']} cores of "
        f"{here['processor']}, Python {here['python']}, {here['system']}; load "
        f"{here['load_before']} before, {result['load_after']:.1f} after; other work ran on the "
        "machine, which makes figures worse, never better."
        + (" A quick run, on a tenth of the events." if result["quick"] else ""),
        "",
    ]
    return "\n".join(lines)
