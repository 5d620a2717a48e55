"""The command `predictor`: what a person or a timer does beside the service."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import OperationalError

from predictor.service.import_errors import RowsRefused
from predictor.tools import Tools, create_tools
from servicekit.errors import ServiceError

DONE, REFUSED, MISUSED = 0, 1, 2
MOST_SHOWN = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status: 0 done, 1 refused with a sentence, 2 called wrongly."""
    given = _parser().parse_args(arguments)
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        with create_tools() as tools:
            given.run(tools, given)
    except ServiceError as fault:
        errors.print(fault.message, style="red", markup=False)
        if isinstance(fault, RowsRefused):
            errors.print(_faults(fault))
        return REFUSED
    except OSError as fault:
        errors.print(
            f"{fault.filename or 'A file'} cannot be read: {fault.strerror}.", style="red", markup=False
        )
        return REFUSED
    except OperationalError:
        errors.print("The service's own database does not answer; is it running?", style="red")
        return REFUSED
    except ValidationError as fault:
        errors.print(f"Settings are missing or wrong: {_names(fault)}.", style="red", markup=False)
        return MISUSED
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="predictor", description="Brings history to the predictor.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    collect = commands.add_parser("collect", help="read the observed database's statistics once")
    collect.set_defaults(run=_collect)
    load = commands.add_parser("import", help="load a CSV or Parquet file of history, all rows or none")
    load.add_argument("file", type=Path, metavar="FILE")
    load.set_defaults(run=_import)
    for command in (collect, load):
        command.add_argument(
            "--database-name",
            metavar="NAME",
            help="observed database that it belongs to; the setting's by default",
        )
    return parser


def _collect(tools: Tools, given: argparse.Namespace) -> None:
    summary = tools.collection.collect(given.database_name)
    _show(f"{summary.sentence}.", {**vars(summary), "read_at": summary.read_at.isoformat(timespec="seconds")})


def _import(tools: Tools, given: argparse.Namespace) -> None:
    summary = tools.history_import.load_file(given.file, given.database_name)
    shown = {
        "databases": ", ".join(summary.databases),
        "fingerprints": summary.fingerprints,
        "first window": summary.first_window.isoformat(),
        "last window": summary.last_window.isoformat(),
    }
    _show(f"Loaded {summary.rows} rows from {given.file}.", shown)


def _show(sentence: str, facts: dict[str, object]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(sentence, markup=False)
    table = Table(show_header=False, box=None, padding=(0, 2))
    for name, value in facts.items():
        table.add_row(name.replace("_", " "), str(value))
    console.print(table)


def _faults(fault: RowsRefused) -> Table:
    table = Table("line", "field", "reason", box=None, padding=(0, 2))
    for detail in fault.details[:MOST_SHOWN]:
        table.add_row(str(detail["line"]), str(detail["field"]), str(detail["reason"]))
    return table


def _names(fault: ValidationError) -> str:
    return ", ".join(str(part).upper() for error in fault.errors() for part in error["loc"])


if __name__ == "__main__":
    sys.exit(main())
