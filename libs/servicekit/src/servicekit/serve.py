"""Run a service under its server: `python -m servicekit.serve simulator.bootstrap:create_app`.

The app is built once in the master and inherited by the workers, so libraries are imported once.
"""

import gc
import importlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from servicekit.metrics_directory import MULTIPROC_DIR


def prepare_metrics_directory() -> Path:
    """Empty the directory of the shared metric values, or make one, before prometheus_client is imported."""
    named = os.environ.get(MULTIPROC_DIR)
    if named is None:
        directory = Path(tempfile.mkdtemp(prefix="metrics-"))
        os.environ[MULTIPROC_DIR] = str(directory)
        return directory
    directory = Path(named)
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory


def load_factory(reference: str) -> Callable[[], Any]:
    """Return the app factory named as `module:function`."""
    module, _, function = reference.partition(":")
    factory: Callable[[], Any] = getattr(importlib.import_module(module), function)
    return factory


def build(reference: str) -> Any:
    """Build the app with the collector off, and keep what was built out of its way.

    Imports make hundreds of thousands of objects that live as long as the process. Frozen, they are not
    looked at again, neither at exit nor in the workers, whose memory stays shared with the master.
    """
    gc.disable()
    app = load_factory(reference)()
    gc.freeze()
    gc.enable()
    return app


def main(arguments: list[str]) -> None:
    """Build the app that the first argument names and serve it until told to stop."""
    if len(arguments) != 1:
        raise SystemExit("usage: python -m servicekit.serve PACKAGE.bootstrap:create_app")
    prepare_metrics_directory()
    app = build(arguments[0])

    from servicekit.wsgi_server import serve  # noqa: PLC0415 - after the metrics directory is set

    serve(app)


if __name__ == "__main__":
    main(sys.argv[1:])
