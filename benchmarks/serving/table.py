"""Markdown tables of the measured rounds, and how the service compares with the best peer and bare Flask."""

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

OURS, ECHO = "this service", "bare Flask echo"
ANSWERS = "answers"
Record = dict[str, Any]

PEER_FLOOR = {
    ("random_forest", "single"): 25.0,
    ("random_forest", "batch"): 4.0,
    ("logistic_regression", "single"): 5.0,
    ("logistic_regression", "batch"): 2.0,
}
ECHO_FLOOR, P99_CEILING = 0.6, 0.2


def servers_table(records: Sequence[Record], model: str, load: str) -> str:
    """Return a line for each server: medians of the rounds, fastest and slowest beside them."""
    lines = [
        f"| {model}, {load} | requests/s | p50 ms | p99 ms | RSS MiB | answers | wrong | failed |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for server in _servers(records):
        rounds = _rounds(records, server, model, load)
        if not rounds:
            continue
        sums = [str(sum(found[key] for found in rounds)) for key in (ANSWERS, "wrong", "failures")]
        memory = f"{max(found['rss_mib'] for found in rounds):,.0f}"
        spread = (
            _spread(rounds, "per_second", 0 if rounds[0]["per_second"] >= 100 else 1),
            _spread(rounds, "p50_ms", 2),
            _spread(rounds, "p99_ms", 2),
        )
        lines.append("| " + " | ".join((server, *spread, memory, *sums)) + " |")
    return "\n".join(lines)


def verdict_table(records: Sequence[Record]) -> str:
    """Return how often the service does what the best peer does, beside what it has to reach."""
    names = ("best peer", "times its requests/s", "at least", "share of its p99", "at most")
    lines = [
        f"| | {' | '.join(names)} | share of bare Flask | at least |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for model, load in dict.fromkeys((found["model"], found["load"]) for found in records):
        line = _verdict(records, model, load)
        if line:
            lines.append(line)
    return "\n".join(lines)


def median(records: Iterable[Record], key: str) -> float:
    """Return the median of one figure over the rounds."""
    return statistics.median(found[key] for found in records)


def _verdict(records: Sequence[Record], model: str, load: str) -> str | None:
    ours = _rounds(records, OURS, model, load)
    peers = {
        server: found
        for server in _servers(records)
        if server not in (OURS, ECHO) and (found := _rounds(records, server, model, load))
    }
    if not ours or not peers:
        return None
    best = max(peers, key=lambda server: median(peers[server], "per_second"))
    kind = "batch" if load.startswith("batches") else "single"
    floor = PEER_FLOOR.get((model, kind))
    times = median(ours, "per_second") / median(peers[best], "per_second")
    p99 = median(ours, "p99_ms") / median(peers[best], "p99_ms")
    cells = [f"{model}, {load}", best, f"{times:.1f}", f"{floor:.0f}" if floor else "", f"{p99:.2f}"]
    echo = _rounds(records, ECHO, model, load)
    share = f"{median(ours, 'per_second') / median(echo, 'per_second'):.2f}" if echo else ""
    limits = (f"{P99_CEILING}", share, f"{ECHO_FLOOR}") if kind == "single" else ("", share, "")
    return "| " + " | ".join((*cells, *limits)) + " |"


def _spread(rounds: Sequence[Record], key: str, digits: int) -> str:
    values = [found[key] for found in rounds]
    low, middle, high = (f"{value:,.{digits}f}" for value in (min(values), median(rounds, key), max(values)))
    return f"{middle} ({low} to {high})"


def _servers(records: Sequence[Record]) -> list[str]:
    return list(dict.fromkeys(found["server"] for found in records))


def _rounds(records: Sequence[Record], server: str, model: str, load: str) -> list[Record]:
    wanted = (server, model, load)
    return [found for found in records if (found["server"], found["model"], found["load"]) == wanted]
