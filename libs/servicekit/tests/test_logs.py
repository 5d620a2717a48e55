"""Log records are one JSON object each, whoever wrote them."""

import json
import logging
import subprocess
import sys

from servicekit import logs, request_id


def test_own_and_foreign_records_share_one_form(capsys, settings):
    logs.configure("tiny", settings.model_copy(update={"log_format": "json"}))
    request_id.accept("log-1")
    logs.get_logger("mine").info("set loaded", samples=106)
    logging.getLogger("theirs").warning("took %d s: %s", 3, "{bad} %s format")
    mine, theirs = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (mine["event"], mine["samples"], mine["service"]) == ("set loaded", 106, "tiny")
    assert mine["request_id"] == "log-1"
    assert theirs["event"] == "took 3 s: {bad} %s format"
    assert theirs["level"] == "warning"


def test_warnings_of_libraries_have_the_same_form():
    program = (
        "import warnings; from servicekit import logs; from servicekit.settings import ServiceSettings; "
        "logs.configure('tiny', ServiceSettings(log_format='json')); warnings.warn('old names', UserWarning)"
    )
    # In a process of its own: pytest catches warnings itself.
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    record = json.loads(said.stderr)
    assert (record["logger"], record["level"], record["service"]) == ("py.warnings", "warning", "tiny")
    assert "old names" in record["event"]


def test_an_exception_is_logged_with_its_trace(capsys, settings):
    logs.configure("tiny", settings.model_copy(update={"log_format": "json"}))
    try:
        raise ValueError("why")
    except ValueError as fault:
        logs.get_logger("mine").error("failed", exc_info=fault)
    assert "ValueError: why" in json.loads(capsys.readouterr().err)["exception"]


def test_a_request_is_answered_though_nobody_reads_the_log_any_more(settings, monkeypatch):
    class Broken:
        def write(self, _text):
            raise BrokenPipeError

        def isatty(self):
            return False

    log = logs.access_log("tiny", settings.model_copy(update={"log_format": "json"}))
    monkeypatch.setattr("sys.stderr", Broken())
    log({"status": 200}, quiet=False)
