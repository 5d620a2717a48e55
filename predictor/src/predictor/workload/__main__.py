"""Make history on an empty machine: `python -m predictor.workload --executions 5000`."""

import argparse
import sys
from collections.abc import Mapping, Sequence

import psycopg2
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from predictor.tools import Tools, create_tools
from predictor.utils.sample import Sample
from predictor.workload.progress import ProgressDisplay
from predictor.workload.run import WorkloadOptions, WorkloadSummary, run_workload

LEAST, MOST = 100, 1_000_000
DONE, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the workload; return the exit status of a command."""
    given = _parser().parse_args(arguments)
    console = Console(soft_wrap=True)
    try:
        with create_tools() as tools:
            return _run(tools, given.executions, console)
    except KeyboardInterrupt:
        console.print("Interrupted; what was measured up to the last whole window is kept.")
        return INTERRUPTED
    except (psycopg2.Error, SQLAlchemyError) as fault:
        reason = str(fault).strip().splitlines()[0]
        console.print(f"A database failed: {reason}. Windows before that are kept.", markup=False)
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="workload", description="Runs queries and keeps how long they took."
    )
    parser.add_argument(
        "--executions", type=_executions, default=5000, metavar="N", help="to be measured (default 5000)"
    )
    return parser


def _executions(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if not LEAST <= number <= MOST:
        raise argparse.ArgumentTypeError(f"a whole number from {LEAST} to {MOST:,}, not {text!r}")
    return number


def _run(tools: Tools, executions: int, console: Console) -> int:
    settings = tools.settings
    if settings.workload_database_url is None:
        console.print("Set PREDICTOR_WORKLOAD_DATABASE_URL to a database that is the workload's own.")
        return MISUSED
    name = settings.database_name
    options = WorkloadOptions(
        database_url=settings.workload_database_url.get_secret_value(),
        database_name=name,
        executions=executions,
        seed=settings.seed,
        past_calls=tools.history.past_calls(name),
    )

    def write(samples: Sequence[Sample], texts: Mapping[int, str]) -> None:
        tools.history.keep(name, samples, texts)

    with ProgressDisplay(console) as display:
        summary = run_workload(options, write, display.show)
    console.print(_sentence(summary, name), highlight=False)
    return DONE


def _sentence(summary: WorkloadSummary, name: str) -> str:
    timed_out = f" {summary.timed_out} were stopped by the time limit." if summary.timed_out else ""
    return (
        f"Measured {summary.executions} executions of {summary.shapes} queries in {summary.windows} windows,"
        f" {summary.seconds:.0f} s, kept under database_name «{name}».{timed_out}\n"
        "Train a model now: POST /api/train/performance-model."
    )


if __name__ == "__main__":
    sys.exit(main())
