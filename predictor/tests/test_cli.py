"""The command `predictor`: sentences and exit statuses for a person, never a stack trace."""

import pytest

from predictor.cli import main

CSV = "query_hash,window_start,execution_time_ms\n4001,2026-01-01T00:00:00Z,12.5\n"


@pytest.fixture
def environment(monkeypatch, fresh_url):
    """The environment of a machine where everything is set and no database is observed."""
    monkeypatch.setenv("DATASET_DATABASE_URL", fresh_url)
    monkeypatch.setenv("CELERY_BROKER", "redis://127.0.0.1:9/0")
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    monkeypatch.delenv("PREDICTOR_OBSERVED_DATABASE_URL", raising=False)
    return monkeypatch


@pytest.fixture
def history(tmp_path):
    """A function that writes a file of history and gives its path."""

    def history(text):
        path = tmp_path / "history.csv"
        path.write_text(text)
        return str(path)

    return history


def test_a_file_is_loaded_and_summed_up(environment, history, capsys):
    assert main(["import", history(CSV), "--database-name", "shop"]) == 0
    said = capsys.readouterr().out
    assert "Loaded 1 rows" in said
    assert "shop" in said
    assert "2026-01-01T00:00:00+00:00" in said


def test_bad_rows_are_listed_and_end_with_1(environment, history, capsys):
    assert main(["import", history(CSV + "x,2026-01-01,-1\n")]) == 1
    said = capsys.readouterr().err
    assert "Nothing was loaded" in said
    assert "1e-06 to 1e+12" in said
    assert "Traceback" not in said


def test_a_file_that_is_not_there_ends_with_1_and_its_name(environment, capsys):
    assert main(["import", "nowhere.csv"]) == 1
    assert "nowhere.csv" in capsys.readouterr().err


def test_a_file_over_the_limit_ends_with_1(environment, history, capsys):
    environment.setenv("PREDICTOR_MAX_IMPORT_BYTES", "1024")
    assert main(["import", history(CSV * 100)]) == 1
    assert "1024 bytes" in capsys.readouterr().err


def test_collecting_without_an_observed_database_names_the_setting(environment, capsys):
    assert main(["collect"]) == 1
    assert "PREDICTOR_OBSERVED_DATABASE_URL" in capsys.readouterr().err


def test_collecting_from_a_database_without_the_extension_says_what_to_set(environment, postgres, capsys):
    environment.setenv("PREDICTOR_OBSERVED_DATABASE_URL", postgres.create_database())
    assert main(["collect"]) == 1
    assert "shared_preload_libraries" in capsys.readouterr().err


def test_the_own_database_away_is_said_in_a_sentence(environment, history, capsys):
    environment.setenv("DATASET_DATABASE_URL", "postgresql://x:secret@127.0.0.1:9/z")
    assert main(["import", history(CSV)]) == 1
    said = capsys.readouterr().err
    assert "does not answer" in said
    assert "secret" not in said


def test_missing_settings_are_named_and_end_with_2(environment, capsys):
    environment.delenv("DATASET_DATABASE_URL")
    assert main(["collect"]) == 2
    assert "DATASET_DATABASE_URL" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["import"], ["forget"], ["collect", "--colour", "red"]])
def test_a_wrong_call_ends_with_2_and_the_usage(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: predictor" in capsys.readouterr().err
