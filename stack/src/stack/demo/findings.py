"""What the A/B test and monitoring found, in a few lines."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from rich.markup import escape

MOST_COLUMNS = 3
DECISIONS = {True: "yes", False: "no", None: "cannot be told"}


def verdict(test: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the verdict of a stopped A/B test and what was done, as name and text."""
    judged = test["report"]["verdict"]
    return [
        ("A/B test", escape(f"{judged['decision']}: {judged['summary']}")),
        *(("  why", escape(reason)) for reason in judged["reasons"]),
        *(("  but", escape(caution)) for caution in judged["cautions"]),
    ]


def findings(summary: dict[str, Any]) -> list[tuple[str, str]]:
    """Return name and text of each finding.

    Args:
        summary: what monitoring answered, with every group of tests.
    """
    drifted, verdict = summary["drifted_features"], summary["verdict"]
    rows = [
        ("drifted features", f"{len(drifted)}: {', '.join(drifted)}" if drifted else "none"),
        ("failed tests", f"{summary['failed_tests']} of {summary['total_tests']}"),
        *((f"  {group}", tests) for group, tests in _failed_by_group(summary["failed"])),
        ("train again?", f"{DECISIONS[verdict['retrain']]}: {verdict['reason']}"),
    ]
    return [(name, escape(text)) for name, text in rows]


def _failed_by_group(failed: Iterable[str]) -> list[tuple[str, str]]:
    """Gather `group: Test(column)` by group and test."""
    groups: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for line in failed:
        group, _, name = line.partition(": ")
        test, _, column = name.partition("(")
        groups[group][test].append(column.removesuffix(")"))
    return [(group, "; ".join(_told(*each) for each in tests.items())) for group, tests in groups.items()]


def _told(test: str, columns: list[str]) -> str:
    if columns == [""]:
        return test
    if len(columns) > MOST_COLUMNS:
        return f"{test} of {len(columns)} columns"
    return f"{test} of {', '.join(columns)}"
