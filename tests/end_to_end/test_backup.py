"""A backup of the running stack brings everything back that was answered before it."""

import pytest
from serving_requests import ALGORITHMS, all_requests, predict, rows_for, two_versions

pytestmark = pytest.mark.end_to_end

ENDPOINT = "wine-backup"


def facts(stack) -> dict:
    """Return what must be the same before and after."""
    return {
        "sets": stack.asked("simulator", "GET", "/root/simulator/datasets"),
        "experiments": stack.asked("tracking", "GET", "/root/tracking/experiments"),
        "deployed": stack.asked("ml-model", "GET", "/root/ml"),
        "versions": stack.asked("ml-model", "GET", ALGORITHMS),
        "models": stack.asked("predictor", "GET", "/api/models"),
        "requests": all_requests(stack, ENDPOINT),
    }


def test_what_was_backed_up_comes_back(stack, tmp_path):
    file = tmp_path / "backup.tar"
    first, _ = two_versions(stack, ENDPOINT)
    said = [predict(stack, ENDPOINT, row)["request_id"] for row in rows_for(first, 50)]
    before = facts(stack)
    made = stack.command("backup", str(file))
    assert made.returncode == 0, made.stdout + made.stderr

    stack.asked("simulator", "DELETE", "/root/simulator", params={"set_name": "testing"})
    predict(stack, ENDPOINT, rows_for(first, 1)[0])
    assert facts(stack) != before
    brought = stack.command("restore", str(file))
    assert brought.returncode == 0, brought.stdout + brought.stderr
    stack.wait_until_ready()
    after = facts(stack)
    assert after == before
    assert set(said) <= set(after["requests"])


def test_a_damaged_file_is_refused_and_nothing_is_touched(stack, tmp_path):
    file = tmp_path / "backup.tar"
    assert stack.command("backup", str(file)).returncode == 0
    before = facts(stack)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    said = stack.command("restore", str(file))
    assert said.returncode == 1
    assert "is damaged" in said.stderr
    assert facts(stack) == before
