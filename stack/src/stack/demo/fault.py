"""Tell a person why a step failed and where to look."""

from rich.console import Console
from rich.markup import escape

from stack.demo.service_calls import CallFailed


def print_fault(fault: Exception, console: Console) -> None:
    """Print what went wrong, the request id, and which log has more."""
    if isinstance(fault, CallFailed):
        console.print(f"[bold red]{escape(fault.service)}[/] {escape(fault.reason)}", highlight=False)
        console.print(f"request id: {fault.request_id}", highlight=False, markup=False)
        console.print(f"its log: ./launch.sh logs {fault.service}", highlight=False, markup=False)
        return
    said = f"the answer lacks {fault}" if isinstance(fault, LookupError) else str(fault)
    console.print(f"[bold red]not what the guide promises:[/] {escape(said)}", highlight=False)
    console.print("the logs: ./launch.sh logs", highlight=False, markup=False)
