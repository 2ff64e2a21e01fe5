"""The lock can be installed from any package index, and holds what pyproject.toml asks for."""

import re
import tomllib

import pytest

from tests.tooling.conftest import ROOT

LOCKS = ("requirements.txt", "requirements-dev.txt")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pins(name: str) -> dict[str, str]:
    """The locked version of each package."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text(name), re.MULTILINE))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address(name: str) -> None:
    assert "://" not in text(name)
    assert "--index" not in text(name)


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_its_hashes(name: str) -> None:
    packages = re.split(r"^(?=\S)", text(name), flags=re.MULTILINE)[1:]

    assert len(packages) == len(pins(name))
    assert [one for one in packages if "--hash=sha256:" not in one] == []


def test_the_lock_for_development_holds_the_lock_for_running() -> None:
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


def test_every_package_asked_for_is_locked() -> None:
    project = tomllib.loads(text("pyproject.toml"))
    asked = project["project"]["dependencies"]
    asked_by_developers = project["dependency-groups"]["dev"]

    def names(lines: list[str]) -> set[str]:
        return {re.split(r"[\[<>=]", line)[0] for line in lines}

    assert names(asked) <= pins("requirements.txt").keys()
    assert names(asked_by_developers) <= pins("requirements-dev.txt").keys()


def test_psycopg_3_is_not_locked_as_django_would_prefer_it() -> None:
    assert {"psycopg", "psycopg-binary"} & pins("requirements-dev.txt").keys() == set()
