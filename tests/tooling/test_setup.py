"""bin/setup installs a lock once, and never takes half an installation for a whole one."""

import pytest

from tests.tooling.conftest import Clone

# Stands for the interpreter that was found: makes a .venv whose python notes what it is asked.
PYTHON = """#!/bin/sh
echo venv >> notes
mkdir -p "$3/bin"
cp stand-in "$3/bin/python"
"""
VENV_PYTHON = """#!/bin/sh
case $1 in
    -c) exit 0 ;;
    -m) echo "$*" >> notes; [ ! -e offline ] ;;
esac
"""


@pytest.fixture
def bare(clone: Clone) -> Clone:
    clone.bring("bin/setup")
    clone.write("bin/find-python", '#!/bin/sh\necho "$PWD/python"\n')
    clone.write("python", PYTHON)
    clone.write("stand-in", VENV_PYTHON)
    clone.write("requirements.txt", "django==6.1.3\n")
    clone.write("requirements-dev.txt", "django==6.1.3\npytest==9.2.0\n")
    return clone


def test_the_locked_packages_are_installed_by_hash_and_from_wheels_only(bare: Clone) -> None:
    done = bare.run("bin/setup")

    assert done.returncode == 0
    [made, installed] = bare.read("notes").splitlines()
    assert made == "venv"
    assert "--require-hashes --only-binary :all: --requirement requirements.txt" in installed


def test_a_second_time_does_nothing(bare: Clone) -> None:
    bare.run("bin/setup")
    bare.write("notes", "")

    done = bare.run("bin/setup")

    assert (done.returncode, done.stdout, bare.read("notes")) == (0, "", "")


def test_packages_for_development_are_added_to_the_same_venv(bare: Clone) -> None:
    bare.run("bin/setup")
    bare.write("notes", "")

    bare.run("bin/setup", "requirements-dev.txt")

    assert "venv" not in bare.read("notes").splitlines()
    assert "--requirement requirements-dev.txt" in bare.read("notes")
    bare.write("notes", "")
    assert bare.run("bin/setup").returncode == 0
    assert bare.read("notes") == ""


@pytest.mark.parametrize(
    "harm",
    [
        ("requirements.txt", "django==6.1.4\n"),
        (".venv/bin/python", "#!/bin/sh\nexit 127\n"),
        (".venv/unfinished", ""),
    ],
)
def test_a_venv_of_another_lock_or_broken_or_half_made_is_made_anew(
    bare: Clone, harm: tuple[str, str]
) -> None:
    bare.run("bin/setup")
    bare.write("notes", "")

    bare.write(*harm)
    done = bare.run("bin/setup")

    assert done.returncode == 0
    assert bare.read("notes").splitlines()[0] == "venv"
    assert not (bare.folder / ".venv/unfinished").exists()


def test_a_failed_installation_says_so_and_is_done_again_next_time(bare: Clone) -> None:
    bare.write("offline", "")

    done = bare.run("bin/setup")

    assert done.returncode == 1
    assert "The packages of requirements.txt could not be installed" in done.stderr
    assert "PIP_INDEX_URL" in done.stderr

    (bare.folder / "offline").unlink()
    bare.write("notes", "")
    assert bare.run("bin/setup").returncode == 0
    assert bare.read("notes").splitlines()[0] == "venv"


def test_a_folder_that_cannot_be_written_is_named(bare: Clone) -> None:
    bare.write("path/mkdir", "#!/bin/sh\necho 'Read-only file system' >&2\nexit 1\n")

    done = bare.run("bin/setup", PATH=f"{bare.folder}/path:/usr/bin:/bin")

    assert done.returncode == 1
    assert done.stderr == (
        f"No right to write in {bare.folder}: run this as the owner of the folder, "
        "or clone into a folder of your own.\n"
    )
