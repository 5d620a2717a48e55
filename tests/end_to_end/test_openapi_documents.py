"""schemathesis finds no 500 and no answer that a service's own document does not describe."""

import os
import re
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from guide_requests import play_through
from prediction_requests import predict, teach
from running_stack import RunningStack

pytestmark = pytest.mark.end_to_end

EXAMPLES = 20
SEED = 42
SECONDS = 800  # a bound for a machine that does other work, too
# A body that fits the document may still name a set, a model or a run that is not there.
EXCLUDED = "positive_data_acceptance"

# Deleting goes last and alone: what it deletes would be missing for the others.
PARTS = {
    "simulator": (),
    "ml-model": (),
    "monitoring": (),
    "predictor": (),
    "tracking": ("--exclude-method", "DELETE"),
    "tracking, deleting": ("--include-method", "DELETE"),
}

# Names that exist, so that most generated requests get past the door.
NAMES = """
dictionaries.experiments.values = ["{experiment_id}"]
dictionaries.runs.values = ["{run_id}"]
dictionaries.models.values = ["SVC", "DecisionTree", "LogisticRegression"]
dictionaries.sources.values = ["wine", "iris"]
dictionaries.jobs.values = ["{job_id}"]
dictionaries.versions.values = ["{model_version}"]
dictionaries.predictions.values = ["{prediction_id}"]
dictionaries.queries.values = [4001, 4002, 4003]
dictionaries.fingerprints.values = ["4001", "4002"]
[parameters]
"query.experiment_id" = {{ dictionary = "experiments", probability = 0.7 }}
"query.run_id" = {{ dictionary = "runs", probability = 0.7 }}
"query.source" = {{ dictionary = "sources", probability = 0.7 }}
"body.experiment_id" = {{ dictionary = "experiments", probability = 0.7 }}
"body.run_id" = {{ dictionary = "runs", probability = 0.7 }}
"body.model_name" = {{ dictionary = "models", probability = 0.7 }}
"body.source" = {{ dictionary = "sources", probability = 0.7 }}
"path.job_id" = {{ dictionary = "jobs", probability = 0.7 }}
"path.model_id" = {{ dictionary = "versions", probability = 0.7 }}
"path.query_hash" = {{ dictionary = "fingerprints", probability = 0.7 }}
"body.prediction_id" = {{ dictionary = "predictions", probability = 0.7 }}
"body.query_hash" = {{ dictionary = "queries", probability = 0.7 }}
"""


def schemathesis(url: str, directory: Path, chosen: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """Send generated requests to every chosen operation of a service, good ones and bad ones."""
    program = "from schemathesis.cli import schemathesis; schemathesis()"
    return subprocess.run(
        [
            *(sys.executable, "-c", program, "run", f"{url}/openapi.json"),
            *("--checks", "all", "--exclude-checks", EXCLUDED, *chosen),
            *("--max-examples", str(EXAMPLES), "--seed", str(SEED), "--no-shrink", "--no-color"),
            *("--request-timeout", "60", "--max-response-time", "60", "--suppress-health-check", "all"),
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        cwd=directory,
        env=os.environ | {"DO_NOT_TRACK": "1"},
    )


@pytest.fixture(scope="module")
def findings(stack: RunningStack, tmp_path_factory) -> dict[str, Future]:
    """Ask all services, two at a time: one for each core."""
    ids = play_through(stack, "before the generated requests")
    names = NAMES.format(
        experiment_id=ids["experiment_id"],
        run_id=ids["run_ids"]["LogisticRegression"],
        job_id=teach(stack)["job_id"],
        **predict(stack),
    )

    directories = {part: tmp_path_factory.mktemp("generated") for part in PARTS}

    def ask(part: str) -> subprocess.CompletedProcess[str]:
        directory = directories[part]
        (directory / "schemathesis.toml").write_text(names)
        return schemathesis(stack.urls[part.partition(",")[0]], directory, PARTS[part])

    with ThreadPoolExecutor(2) as pool:
        yield {part: pool.submit(ask, part) for part in PARTS}


@pytest.mark.parametrize("part", PARTS)
def test_generated_requests_find_no_fault(stack, findings, part):
    said = findings[part].result()
    assert said.returncode == 0, said.stdout[-12000:] + said.stderr[-2000:]
    generated, passed = re.search(r"(\d+) generated, (\d+) passed", said.stdout).groups()
    assert generated == passed
    assert int(passed) > EXAMPLES
    assert stack.is_ready(part.partition(",")[0])
