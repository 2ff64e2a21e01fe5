"""bin/run brings up the demo, or says in one sentence why it cannot."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tooling.conftest import Clone

NOTES_ITS_CALL = """
import os, sys
with open("notes", "a") as notes:
    print({name!r}, *sys.argv[1:], f"DEMO={{os.environ['DEMO']}}", file=notes)
if sys.argv[1] == "collectstatic":
    os.makedirs(os.environ["DATA_DIR"] + "/static", exist_ok=True)
    open(os.environ["DATA_DIR"] + "/static/site.css", "w").close()
"""


@pytest.fixture
def demo(clone: Clone) -> Clone:
    clone.bring("bin/run")
    clone.write("bin/setup", "#!/bin/sh\n")
    clone.write(".venv/bin/python", f'#!/bin/sh\nexec {Path(sys.executable).resolve()} "$@"\n')
    clone.write("manage.py", NOTES_ITS_CALL.format(name="manage"))
    clone.write("granian.py", NOTES_ITS_CALL.format(name="serve"))
    clone.write("requirements.txt", "django==6.1.3\n")
    clone.write("newsroom/settings.py", "")
    clone.write("static/site.css", "p { margin: 0 }\n")
    return clone


@pytest.fixture
def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_the_demo_is_prepared_and_then_served_on_loopback(demo: Clone, free_port: str) -> None:
    done = demo.run("bin/run", free_port)

    assert (done.returncode, done.stderr) == (0, "")
    calls = demo.read("notes").splitlines()
    assert [call.split()[:2] for call in calls[:3]] == [
        ["manage", "migrate"],
        ["manage", "collectstatic"],
        ["manage", "load_demo"],
    ]
    assert calls[3].startswith(f"serve --interface wsgi --host 127.0.0.1 --port {free_port} ")
    assert all(call.endswith("DEMO=1") for call in calls)
    assert f"http://127.0.0.1:{free_port}/admin/" in done.stdout


def test_ctrl_c_ends_the_server_once_and_calmly(demo: Clone, free_port: str) -> None:
    demo.write(
        "granian.py",
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, lambda *_: print('interrupted', flush=True))\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(print('ended')))\n"
        "print('serving', flush=True)\n"
        "while True:\n    signal.pause()\n",
    )
    with subprocess.Popen(
        ["bin/run", free_port],
        cwd=demo.folder,
        env=demo.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout
        while process.stdout.readline() not in {"serving\n", ""}:
            pass
        os.killpg(process.pid, signal.SIGINT)  # as the terminal does
        rest = process.stdout.read()

    assert (rest, process.returncode) == ("ended\n", 0)


def test_static_files_are_collected_again_only_when_one_has_changed(
    demo: Clone, free_port: str
) -> None:
    def collections() -> int:
        demo.write("notes", "")
        demo.run("bin/run", free_port)
        return demo.read("notes").count("collectstatic")

    assert [collections(), collections()] == [1, 0]
    demo.write("static/site.css", "p { margin: 1px }\n")
    assert [collections(), collections()] == [1, 0]


def test_a_taken_port_is_named_with_the_way_out(demo: Clone, taken_port: int) -> None:
    done = demo.run("bin/run", str(taken_port))

    assert done.returncode == 1
    assert done.stderr == (
        f"Port {taken_port} is taken by another program: "
        f"choose another, as in: make run PORT={taken_port + 1}\n"
    )
    assert demo.read("notes") == ""


@pytest.mark.parametrize("port", ["http", "-1", "65536", "9999999"])
def test_what_is_no_port_is_refused(demo: Clone, port: str) -> None:
    done = demo.run("bin/run", port)

    assert done.returncode == 1
    assert done.stderr == (
        f"PORT={port} is no port: use a number from 1024 to 65535, as in: make run PORT=8001\n"
    )


def test_a_data_folder_without_the_right_to_write_is_named(demo: Clone, free_port: str) -> None:
    demo.write("taken", "a file, where a folder should be made")

    done = demo.run("bin/run", free_port, DATA_DIR="taken/var")

    assert done.returncode == 1
    assert done.stderr.startswith("No right to write in taken/var, where the database")
    assert done.stderr.count("\n") == 1
    assert demo.read("notes") == ""
