"""The closing table: what came out, and where to look next."""

from typing import Any

from rich.console import Console
from rich.table import Table

from stack.demo.findings import findings, verdict
from stack.demo.journey import Journey
from stack.demo.search_space import FOLDS

METRICS = {"accuracy": "accuracy", "f1_score": "F1", "precision": "precision", "recall": "recall"}
MLFLOW = "mlflow"


def print_closing(journey: Journey, urls: dict[str, str], seconds: float, console: Console) -> None:
    """Print the figures of the journey, what was found in production, and the addresses to open next."""
    console.print()
    console.print(_figures(journey))
    console.print()
    console.print(_pairs([*verdict(journey.ab_test), *findings(journey.summary)]))
    console.print()
    console.print(_pairs(_addresses(urls)))
    console.print(f"\nThe whole guide in {seconds:.1f} s.", highlight=False)


def _figures(journey: Journey) -> Table:
    table = Table(title="What came out", title_justify="left", title_style="bold")
    table.add_column("")
    for heading in METRICS.values():
        table.add_column(heading, justify="right")
    table.add_row(f"cross-validated, {FOLDS} folds", style="cyan")
    for model, scores in journey.cross_validated.items():
        table.add_row(f"  {model}", *_cells(scores), style="bold" if model == journey.best_model else None)
    table.add_section()
    table.add_row(f"deployed: {journey.best_model}", style="cyan")
    for dataset, scores in journey.scores.items():
        table.add_row(f"  {dataset}", *_cells(scores))
    return table


def _cells(scores: dict[str, Any]) -> list[str]:
    return [f"{scores[metric]:.4f}" for metric in METRICS]


def _addresses(urls: dict[str, str]) -> list[tuple[str, str]]:
    interface = [("MLflow", urls[MLFLOW])] if MLFLOW in urls else []
    return interface + [(name, f"{urls[name]}/docs") for name in urls if name != MLFLOW]


def _pairs(rows: list[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in rows:
        table.add_row(name, text)
    return table
