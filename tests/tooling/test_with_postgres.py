"""bin/with-postgres leaves nothing behind, however its command ends."""

import signal
import subprocess
import sys
import time

import pytest

from tests.tooling.conftest import ROOT, Clone

# Runs the script as the user of the tests, with the programs of PATH only.
START = f"""
import os, pathlib, sys
script = {{"__name__": "with_postgres"}}
exec(pathlib.Path({str(ROOT / "bin/with-postgres")!r}).read_text(), script)
script["USUAL_PLACES"] = ()
script["server_account"] = dict
script["tempfile"].mkdtemp = lambda **_: os.mkdir("cluster") or "cluster"
sys.exit(script["main"](sys.argv[1:]))
"""
STAND_INS = {
    "postgres": "echo 'postgres (PostgreSQL) 15.18'",
    "initdb": "mkdir data",
    "pg_ctl": (
        'echo "$1" >> ../notes; '
        "case $1 in start) echo 4711 > data/postmaster.pid ;; stop) rm data/postmaster.pid ;; esac"
    ),
    "createdb": "[ ! -e ../full ] || { echo 'disk full'; exit 1; }",
}


@pytest.fixture
def postgres(clone: Clone) -> Clone:
    for name, does in STAND_INS.items():
        clone.write(f"path/{name}", f"#!/bin/sh\n{does}\n")
    clone.environment["PATH"] = f"{clone.folder}/path:/usr/bin:/bin"
    return clone


def test_the_command_is_told_the_address_and_its_status_is_kept(postgres: Clone) -> None:
    done = postgres.run(sys.executable, "-c", START, "sh", "-c", "echo $DATABASE_URL; exit 3")

    assert done.returncode == 3
    assert done.stdout.startswith("postgres://newsroom@127.0.0.1:")
    assert postgres.read("notes").split() == ["start", "stop"]
    assert not (postgres.folder / "cluster").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_command_and_the_server(postgres: Clone, number: signal.Signals) -> None:
    command = "trap 'echo ended >> notes; exit 0' TERM; echo runs >> notes; sleep 30 & wait"
    process = subprocess.Popen(
        [sys.executable, "-c", START, "sh", "-c", command],
        cwd=postgres.folder,
        env=postgres.environment,
    )
    until = time.monotonic() + 20
    while "runs" not in postgres.read("notes") and time.monotonic() < until:
        time.sleep(0.02)

    process.send_signal(number)

    assert process.wait(timeout=20) == 128 + number
    assert postgres.read("notes").split() == ["start", "runs", "ended", "stop"]
    assert not (postgres.folder / "cluster").exists()


def test_a_server_that_fails_after_its_start_is_stopped_and_what_it_said_is_told(
    postgres: Clone,
) -> None:
    postgres.write("full", "")

    done = postgres.run(sys.executable, "-c", START, "true")

    assert (done.returncode, done.stderr) == (70, "PostgreSQL did not start: disk full\n\n")
    assert postgres.read("notes").split() == ["start", "stop"]
    assert not (postgres.folder / "cluster").exists()


def test_a_command_that_is_not_there_is_named(postgres: Clone) -> None:
    done = postgres.run(sys.executable, "-c", START, "nowhere")

    assert (done.returncode, done.stderr) == (127, "nowhere: No such file or directory\n")
    assert postgres.read("notes").split() == ["start", "stop"]


@pytest.mark.parametrize("missing", ["initdb", "pg_ctl", "postgres", "createdb"])
def test_missing_programs_have_an_exit_status_of_their_own(postgres: Clone, missing: str) -> None:
    (postgres.folder / "path" / missing).unlink()
    postgres.environment["PATH"] = f"{postgres.folder}/path"

    done = postgres.run(sys.executable, "-c", START, "true")

    assert done.returncode == 69
    assert done.stderr == "No PostgreSQL 15 or newer found (initdb, postgres).\n"


def test_a_release_that_django_no_longer_supports_is_passed_over(postgres: Clone) -> None:
    postgres.write("path/postgres", "#!/bin/sh\necho 'postgres (PostgreSQL) 14.9'\n")

    assert postgres.run(sys.executable, "-c", START, "true").returncode == 69


def test_a_command_is_needed(postgres: Clone) -> None:
    done = postgres.run(sys.executable, "-c", START)

    assert (done.returncode, done.stderr) == (
        64,
        "Usage: bin/with-postgres COMMAND [ARGUMENT …]\n",
    )
