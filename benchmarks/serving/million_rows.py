"""Score a CSV of a million rows over HTTP: seconds from the first byte sent to the last received, and memory.

`python benchmarks/serving/million_rows.py` starts the service with a database of its own, sends the file to
`POST /api/v1/batch-predict`, compares every label with scikit-learn's, and prints a Markdown table.
"""

import argparse
import http.client
import io
import json
import os
import socket
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from models import WineModel, wine_models
from ours import ENDPOINT, Ours
from server import MEBIBYTE, end_cleanly

BOUNDARY = "rows-9f2c1d"
BLOCK = 1 << 20
SAMPLED_SECONDS = 0.1


@dataclass(frozen=True)
class Scored:
    """One file scored: how long, how much memory, and how many labels are not scikit-learn's."""

    model: str
    seconds: float
    first_byte_seconds: float
    peak_rss_mib: float
    peak_pss_mib: float
    rest_rss_mib: float
    answer_mib: float
    wrong: int


class Peak(threading.Thread):
    """Watches a server's memory, shared pages split, until it is told to stop."""

    def __init__(self, server: Ours) -> None:
        super().__init__(daemon=True)
        self._server = server
        self._over = threading.Event()
        self.pss_mib = 0.0

    def run(self) -> None:
        """Look again and again."""
        while not self._over.wait(SAMPLED_SECONDS):
            self.pss_mib = max(self.pss_mib, self._server.memory()["pss_mib"])

    def stop(self) -> None:
        """Look no longer."""
        self._over.set()
        self.join()


def main() -> None:
    """Measure and print."""
    end_cleanly()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--models", nargs="+", default=["logistic_regression", "random_forest"])
    parser.add_argument("--accept", default="text/csv", help="form of the answer")
    parser.add_argument("--output", type=Path, help="JSON file for all figures")
    given = parser.parse_args()
    found = []
    print(f"Load at the start: {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores.\n")
    print("| model | rows | seconds | first byte after | peak RSS MiB | peak PSS | at rest RSS | wrong |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for model in (one for one in wine_models() if one.name in given.models):
        for scored in scorings(model, given):
            found.append(asdict(scored) | {"rows": given.rows, "accept": given.accept})
            seconds = f"{scored.seconds:.2f} | {scored.first_byte_seconds:.2f}"
            memory = f"{scored.peak_rss_mib:.0f} | {scored.peak_pss_mib:.0f} | {scored.rest_rss_mib:.0f}"
            print(f"| {scored.model} | {given.rows:,} | {seconds} | {memory} | {scored.wrong} |", flush=True)
    if given.output:
        given.output.write_text(json.dumps(found, indent=1) + "\n")


def scorings(model: WineModel, given: argparse.Namespace) -> list[Scored]:
    """Start the service, and send the file so often."""
    rows = many(model, given.rows)
    with tempfile.TemporaryDirectory(prefix="million-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        file = Path(name) / "rows.csv"
        pd.DataFrame(rows, columns=model.features).to_csv(file, index=False)
        labels = model.pipeline.predict(rows)
        directory = Path(name) / "ours"
        directory.mkdir(mode=0o755)
        server = Ours(model, directory, Path())
        try:
            server.start()
            return [score(server, file, labels, given.accept) for _ in range(given.repetitions)]
        finally:
            server.stop()


def many(model: WineModel, count: int) -> np.ndarray:
    """Make rows like the training ones, with noise, four decimals each."""
    draw = np.random.default_rng(7)
    training = model.training.to_numpy()
    base = training[draw.integers(len(training), size=count)]
    noise = draw.normal(size=base.shape) * training.std(axis=0) / 2
    return np.round(np.abs(base + noise), 4)


def score(server: Ours, file: Path, labels: np.ndarray, accept: str) -> Scored:
    """Send the file and read the answer, both at once."""
    server.settle()
    rest = server.memory()["rss_mib"]
    server.forget_peaks()
    peak = Peak(server)
    peak.start()
    began = time.perf_counter()
    first, body = exchange(server.port, file, accept)
    seconds = time.perf_counter() - began
    peak.stop()
    return Scored(
        server.model.name,
        seconds,
        first - began,
        server.peak_rss_mib(),
        peak.pss_mib,
        rest,
        len(body) / MEBIBYTE,
        wrong_labels(body, labels, accept),
    )


def exchange(port: int, file: Path, accept: str) -> tuple[float, bytes]:
    """Post the file as multipart; return when the first byte of the answer came, and the answer."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="rows.csv"\r\n'
        "Content-Type: text/csv\r\n\r\n"
    ).encode()
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()
    length = len(head) + file.stat().st_size + len(tail)
    request = (
        f"POST /api/v1/batch-predict?endpoint={ENDPOINT} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()

    with socket.create_connection(("127.0.0.1", port), timeout=600) as link:

        def send() -> None:
            link.sendall(request + head)
            with file.open("rb") as content:
                while block := content.read(BLOCK):
                    link.sendall(block)
            link.sendall(tail)

        sender = threading.Thread(target=send, daemon=True)
        sender.start()
        response = http.client.HTTPResponse(link, method="POST")
        response.begin()
        first = time.perf_counter()
        body = response.read()
        if response.status != 200:
            raise SystemExit(f"{response.status}: {body[:2000].decode(errors='replace')}")
        sender.join()
    return first, body


def wrong_labels(body: bytes, labels: np.ndarray, accept: str) -> int:
    """Count the labels that are not scikit-learn's."""
    if accept == "application/json":
        found = np.array([row["label"] for row in json.loads(body)["predictions"]])
    else:
        frame = pd.read_csv(io.BytesIO(body)) if accept == "text/csv" else pd.read_parquet(io.BytesIO(body))
        found = frame["label"].to_numpy()
    return int(np.sum(found != labels)) if len(found) == len(labels) else len(labels)


if __name__ == "__main__":
    main()
