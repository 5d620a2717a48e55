"""Prometheus' configuration and rules, judged by Prometheus' own tool."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from expressions import PROMETHEUS, alerts, rules

from stack.parts import SERVICES

TESTS = sorted((PROMETHEUS / "tests").glob("*.yml"))
OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


def run(promtool, *words):
    return subprocess.run(
        [promtool, *map(str, words)], check=False, cwd=PROMETHEUS / "tests", capture_output=True, text=True
    )


def test_the_configuration_is_valid(promtool):
    said = run(promtool, "check", "config", PROMETHEUS / "prometheus.yml")
    assert said.returncode == 0, said.stdout + said.stderr
    assert "2 rule files found" in said.stdout


def test_every_alert_does_what_its_cases_say(promtool):
    said = run(promtool, "test", "rules", *TESTS)
    assert said.returncode == 0, said.stdout + said.stderr
    assert said.stdout.count("SUCCESS") == len(TESTS)


def test_a_case_that_is_wrong_fails(promtool, tmp_path):
    """promtool judges the cases; this is for what calls it here."""
    text = (PROMETHEUS / "tests" / "data.yml").read_text()
    wrong = text.replace("90x30", "9x30").replace("../rules", str(PROMETHEUS / "rules"))
    (tmp_path / "wrong.yml").write_text(wrong)
    said = run(promtool, "test", "rules", tmp_path / "wrong.yml")
    assert said.returncode != 0
    assert "DatabaseConnectionsHigh" in said.stdout + said.stderr


@pytest.mark.parametrize("alert", [alert["alert"] for alert in alerts()])
def test_every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_is_silent(alert):
    cases = [case for file in TESTS for case in yaml.safe_load(file.read_text())["tests"]]
    judged = [test for case in cases for test in case["alert_rule_test"] if test["alertname"] == alert]
    assert {bool(test["exp_alerts"]) for test in judged} == {True, False}


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_every_alert_has_a_severity_a_summary_and_its_heading_in_the_runbook(alert):
    assert alert["labels"]["severity"] in {"critical", "warning", "info"}
    assert alert["annotations"]["summary"]
    assert alert["annotations"]["runbook_url"] == f"docs/operations.md#{alert['alert'].lower()}"
    headings = re.findall(r"^### (\w+)$", OPERATIONS.read_text(), re.MULTILINE)
    assert headings.count(alert["alert"]) == 1


def test_the_runbook_knows_no_other_alerts():
    section = OPERATIONS.read_text().partition("## What to do for each alert\n")[2].partition("\n## ")[0]
    headings = re.findall(r"^### (\w+)$", section, re.MULTILINE)
    assert sorted(headings) == sorted(alert["alert"] for alert in alerts())


def test_names_are_given_once():
    names = [rule.get("alert") or rule["record"] for rule in rules()]
    assert sorted(names) == sorted(set(names))


def test_every_service_is_scraped_and_missed():
    configuration = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
    found = {
        job["job_name"]: job["dns_sd_configs"][0]["port"]
        for job in configuration["scrape_configs"]
        if "dns_sd_configs" in job
    }
    assert found == {part.name: part.port for part in SERVICES}
    (down,) = [alert for alert in alerts() if alert["alert"] == "ServiceDown"]
    assert all(f'absent(up{{job="{part.name}"}})' in down["expr"] for part in SERVICES)
