"""bin/find-python takes the first interpreter that can run Newsroom, and no other."""

import sys
from pathlib import Path

import pytest

from tests.tooling.conftest import Clone

REAL = f'#!/bin/sh\nexec {Path(sys.executable).resolve()} "$@"\n'


@pytest.fixture
def finder(clone: Clone) -> Clone:
    clone.bring("bin/find-python")
    clone.environment["PATH"] = str(clone.folder / "path")
    clone.write("path/cat", '#!/bin/sh\nexec /bin/cat "$@"\n')
    return clone


def pretending(change: str) -> str:
    """A real interpreter that answers the probe after a line of Python has changed it."""
    return (
        "#!/bin/sh\n"
        f"exec {Path(sys.executable).resolve()} -c "
        f"'import sys, sysconfig, sqlite3; {change}; exec(sys.argv[1])' \"$2\"\n"
    )


def test_a_fitting_python3_is_taken(finder: Clone) -> None:
    finder.write("path/python3", REAL)

    done = finder.run("/bin/sh", "bin/find-python")

    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout.strip()).resolve() == Path(sys.executable).resolve()


@pytest.mark.parametrize(
    "change",
    [
        "sys.version_info = (3, 11, 9)",
        "sys.version_info = (3, 15, 0)",
        'sys.implementation.name = "pypy"',
        'sys.modules["ensurepip"] = None',
        'sys.modules["venv"] = None',
        "sqlite3.sqlite_version_info = (3, 36, 0)",
        "sysconfig.get_config_var = bool",
    ],
)
def test_an_unfit_python_is_refused_with_what_to_install(finder: Clone, change: str) -> None:
    finder.write("path/python3", pretending(change))

    done = finder.run("/bin/sh", "bin/find-python")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Newsroom needs Python 3.12, 3.13 or 3.14 with venv, ensurepip")
    for system in ("Debian", "Fedora", "macOS", "pyenv", "uv"):
        assert f"  {system}" in done.stderr


def test_a_python_hidden_behind_pyenv_is_found(finder: Clone) -> None:
    finder.write("path/python3", pretending("sys.version_info = (3, 11, 7)"))
    finder.write("home/.pyenv/versions/3.10.13/bin/python3", "#!/bin/sh\nexit 1\n")
    finder.write("home/.pyenv/versions/3.13.0/bin/python3", REAL)

    done = finder.run("/bin/sh", "bin/find-python")

    assert (done.returncode, done.stderr) == (0, "")


def test_a_python_that_only_uv_knows_is_found(finder: Clone) -> None:
    python = finder.write("elsewhere/python3.13", REAL)
    finder.write("path/uv", f"#!/bin/sh\necho {python}\n")

    assert finder.run("/bin/sh", "bin/find-python").returncode == 0


def test_the_named_python_comes_first(finder: Clone) -> None:
    finder.write("path/python3", "#!/bin/sh\nexit 1\n")
    python = finder.write("elsewhere/python", REAL)

    assert finder.run("/bin/sh", "bin/find-python", PYTHON=str(python)).returncode == 0


def test_a_named_python_that_does_not_fit_is_not_passed_over_silently(finder: Clone) -> None:
    finder.write("path/python3", REAL)

    done = finder.run("/bin/sh", "bin/find-python", PYTHON="/nowhere/python")

    assert done.returncode == 0
    assert done.stderr == (
        "PYTHON=/nowhere/python is no Python 3.12 to 3.14 with venv, ensurepip and sqlite3; "
        "looking further.\n"
    )
