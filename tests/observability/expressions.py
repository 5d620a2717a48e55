"""What rules and dashboards ask of Prometheus."""

import json
from pathlib import Path
from typing import Any

import promql_parser
import yaml

OBSERVABILITY = Path(__file__).parents[2] / "docker" / "observability"
PROMETHEUS = OBSERVABILITY / "prometheus"
DASHBOARDS = sorted((OBSERVABILITY / "grafana" / "dashboards").glob("*.json"))
VARIABLES = {"$job": "tracking", "$model": ".*", "$source": ".*"}
# Made by Prometheus itself.
BUILT_IN = {"up", "ALERTS"}


def rules() -> list[dict[str, Any]]:
    """Return every rule, recording and alerting."""
    files = sorted((PROMETHEUS / "rules").glob("*.yml"))
    groups = [group for file in files for group in yaml.safe_load(file.read_text())["groups"]]
    return [rule for group in groups for rule in group["rules"]]


def alerts() -> list[dict[str, Any]]:
    """Return the alerts."""
    return [rule for rule in rules() if "alert" in rule]


def recorded() -> set[str]:
    """Return the names of the recording rules."""
    return {rule["record"] for rule in rules() if "record" in rule}


def dashboard(path: Path) -> dict[str, Any]:
    """Read a dashboard."""
    return json.loads(path.read_text())


def panels(path: Path) -> list[dict[str, Any]]:
    """Return the panels of a dashboard that show something."""
    return [panel for panel in dashboard(path)["panels"] if panel["type"] != "row"]


def queries(path: Path) -> list[str]:
    """Return what a dashboard asks, its variables filled in."""
    found = [target["expr"] for panel in panels(path) for target in panel["targets"]]
    for variable, value in VARIABLES.items():
        found = [expression.replace(variable, value) for expression in found]
    variables = dashboard(path)["templating"]["list"]
    return found + [each["definition"].split("(")[1].split(",")[0] for each in variables]


def series_of(expression: str) -> set[str]:
    """Return the names of the series that an expression reads.

    Raises:
        ValueError: it is no PromQL.
    """
    return set(_selectors(promql_parser.parse(expression)))


def wanted() -> dict[str, set[str]]:
    """Return for each series who reads it."""
    asking = {rule.get("alert") or rule["record"]: [rule["expr"]] for rule in rules()}
    asking |= {path.stem: queries(path) for path in DASHBOARDS}
    found: dict[str, set[str]] = {}
    for who, expressions in asking.items():
        for expression in expressions:
            for name in series_of(expression):
                found.setdefault(name, set()).add(who)
    return found


def _selectors(node: Any) -> list[str]:
    if isinstance(node, promql_parser.VectorSelector):
        return [node.name]
    parts = [getattr(node, name, None) for name in ("lhs", "rhs", "expr", "vector_selector", "param")]
    parts += list(getattr(node, "args", None) or [])
    return [name for part in parts if part is not None for name in _selectors(part)]
