"""The servers live in the home, or where their account can go when the home is closed to it."""

import os
import shutil

import pytest

from stack.accounts import can, named, postgres_account, redis_account
from stack.binaries import installation, package, usable
from stack.cluster import Cluster
from stack.credentials import Credentials, credentials_of
from stack.errors import StackError
from stack.home import Home
from stack.place import SYSTEM_DIRECTORY, cluster_of, existing_directory, redis_of

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to drop to another account")


def test_the_data_is_in_the_home(home):
    cluster = cluster_of(home, credentials_of(home))
    assert cluster.directory == home.postgres
    assert cluster.initialise("secret")
    assert not cluster.initialise("secret"), "it is made once"
    assert existing_directory(home) == home.postgres


@as_root
def test_a_closed_home_stays_closed_and_the_data_lives_elsewhere(directory):
    (directory / "closed").mkdir(mode=0o700)
    home = Home.at(directory / "closed" / "home")
    try:
        cluster = cluster_of(home, credentials_of(home))
        cluster.initialise("secret")
        assert cluster.directory == SYSTEM_DIRECTORY / home.short_hash
        assert (directory / "closed").stat().st_mode & 0o777 == 0o700
        assert (cluster.directory / "data").stat().st_uid == named("nobody").uid
        assert existing_directory(home) == cluster.directory
        assert cluster_of(home, credentials_of(home)).data == cluster.data
    finally:
        remove_elsewhere(home)


@as_root
def test_data_of_a_deleted_home_does_not_turn_up_in_a_new_one(directory):
    (directory / "closed").mkdir(mode=0o700)
    home = Home.at(directory / "closed" / "home")
    try:
        cluster_of(home, Credentials("old", "", "", {})).initialise("old")
        cluster = cluster_of(home, Credentials("new", "", "", {}))
        assert not cluster.data.exists()
        assert len(list(SYSTEM_DIRECTORY.glob(f"{home.short_hash}-*/data"))) == 1, "set aside, not deleted"
    finally:
        remove_elsewhere(home)


@as_root
def test_data_that_can_no_longer_be_reached_is_not_replaced_by_an_empty_database(directory):
    (directory / "parent").mkdir(mode=0o755)
    home = Home.at(directory / "parent" / "home")
    cluster_of(home, credentials_of(home)).initialise("secret")
    (directory / "parent").chmod(0o700)
    with pytest.raises(StackError, match="no longer reach"):
        cluster_of(home, credentials_of(home))


def test_redis_keeps_its_data_in_the_home(home):
    server = redis_of(home, credentials_of(home), 1)
    server.prepare()
    assert server.data.parent == home.redis
    assert can(redis_account(), "-w", server.data)
    assert server.configuration.stat().st_mode & 0o777 == 0o600
    assert existing_directory(home) == home.redis


@as_root
def test_redis_of_a_closed_home_lives_beside_postgresql(directory):
    (directory / "closed").mkdir(mode=0o700)
    home = Home.at(directory / "closed" / "home")
    try:
        for _ in range(2):  # the second time it is found again
            server = redis_of(home, credentials_of(home), 1)
            server.prepare()
            assert server.directory == SYSTEM_DIRECTORY / home.short_hash / "redis"
            assert server.data.stat().st_uid == named("nobody").uid
        assert existing_directory(home) == server.directory
        assert cluster_of(home, credentials_of(home)).directory == SYSTEM_DIRECTORY / home.short_hash
    finally:
        remove_elsewhere(home)


@as_root
def test_jobs_that_can_no_longer_be_reached_are_not_replaced_by_an_empty_queue(directory):
    (directory / "parent").mkdir(mode=0o755)
    home = Home.at(directory / "parent" / "home")
    redis_of(home, credentials_of(home), 1).prepare()
    (directory / "parent").chmod(0o700)
    with pytest.raises(StackError, match="no longer reach"):
        redis_of(home, credentials_of(home), 1)


@as_root
def test_programs_that_the_account_cannot_run_are_copied(directory):
    account = postgres_account()
    closed, copies = directory / "closed", directory / "copies"
    closed.mkdir(mode=0o700), copies.mkdir(mode=0o755)
    for original in (package(), package().with_name(f"{package().name}.libs")):
        (closed / original.name).symlink_to(original)
    unreachable = closed / package().name
    assert not can(account, "-x", installation(unreachable) / "bin" / "initdb")
    copy = usable(account, copies, unreachable)
    assert copy.is_relative_to(copies)
    assert Cluster(directory / "cluster", copy, account).initialise("secret")
    assert usable(account, copies, unreachable) == copy
    assert copy.stat().st_uid == 0, "nobody may run it, not change it"


def remove_elsewhere(home: Home) -> None:
    for path in SYSTEM_DIRECTORY.glob(f"{home.short_hash}*"):
        shutil.rmtree(path)
