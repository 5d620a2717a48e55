"""A setting may stand in a file of its name, as containers get their secrets."""

import pytest
from pydantic import ValidationError

from servicekit.settings import DatasetDatabaseSettings, ServiceSettings

NAME = "DATASET_DATABASE_URL"


class Settings(ServiceSettings, DatasetDatabaseSettings):
    pass


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.delenv(NAME, raising=False)
    (tmp_path / NAME.lower()).write_text("postgresql://from:a@file/one\n")
    return tmp_path


def address(directory):
    return Settings(_secrets_dir=directory).dataset_database_url.get_secret_value()


def test_the_file_is_read_where_the_environment_says_nothing(files):
    assert address(files) == "postgresql://from:a@file/one"


def test_the_environment_wins(files, monkeypatch):
    monkeypatch.setenv(NAME, "postgresql://from:the@environment/two")
    assert address(files) == "postgresql://from:the@environment/two"


def test_without_either_the_setting_is_missing(tmp_path, monkeypatch):
    monkeypatch.delenv(NAME, raising=False)
    with pytest.raises(ValidationError, match=NAME):
        Settings(_secrets_dir=tmp_path)
