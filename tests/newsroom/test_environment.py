import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.exceptions import ImproperlyConfigured

from newsroom import environment


@pytest.fixture
def env(monkeypatch: Any) -> Any:
    """Sets THIS to a value, as the shell would."""
    return lambda value: monkeypatch.setenv("THIS", value)


@pytest.mark.parametrize(
    ("value", "means"),
    [
        *((word, True) for word in ("1", "true", " YES ", "on")),
        *((word, False) for word in ("0", "false", "No", "off", "")),
    ],
)
def test_a_flag_is_said_in_the_usual_words(env: Any, value: str, means: bool):
    env(value)

    assert environment.flag("THIS", default=not means) is means


def test_a_flag_that_is_not_set_has_its_default():
    assert environment.flag("NOT_SET", default=True)
    assert not environment.flag("NOT_SET")


@pytest.mark.parametrize("value", ["2", "ja", "truee"])
def test_another_word_for_a_flag_is_refused(env: Any, value: str):
    env(value)

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.flag("THIS")

    assert str(refusal.value) == f"THIS={value!r}: use 1 or 0."


def test_words_are_separated_by_commas(env: Any):
    env(" a.example, ,b.example,")

    assert environment.words("THIS") == ["a.example", "b.example"]
    assert environment.words("NOT_SET", "c.example") == ["c.example"]


@pytest.mark.parametrize("value", ["", "-1", "0", "00", "1.5", "many", "²"])
def test_a_number_that_is_none_is_refused(env: Any, value: str):
    env(value)

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.number("THIS", default=1)

    assert str(refusal.value) == f"THIS={value!r}: use a whole number greater than zero."


def test_a_number_is_read(env: Any):
    env("20")

    assert environment.number("THIS", default=1) == 20
    assert environment.number("NOT_SET", default=1) == 1


def test_a_level_of_the_log_goes_by_its_name(env: Any):
    env("debug")

    assert environment.log_level("THIS", default="INFO") == "DEBUG"
    assert environment.log_level("NOT_SET", default="INFO") == "INFO"


@pytest.mark.parametrize("value", ["", "7", "loud"])
def test_a_level_that_is_none_is_refused(env: Any, value: str):
    env(value)

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.log_level("THIS", default="INFO")

    assert str(refusal.value).startswith(f"THIS={value!r}: use one of CRITICAL, ")


def test_the_data_folder_is_made_for_its_owner_alone(env: Any, tmp_path: Path):
    env(str(tmp_path / "a" / "b"))

    folder = environment.data_dir("THIS", default=tmp_path)

    assert folder == tmp_path / "a" / "b"
    assert not stat.S_IMODE(folder.stat().st_mode) & stat.S_IRWXO


def test_a_data_folder_that_cannot_be_made_is_named(env: Any, tmp_path: Path):
    (tmp_path / "file").touch()
    env(str(tmp_path / "file" / "folder"))

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.data_dir("THIS", default=tmp_path)

    assert str(refusal.value) == (
        f"THIS: the folder {tmp_path / 'file' / 'folder'} cannot be made (Not a directory). "
        "Give this user the right to write there, or set THIS to another folder."
    )


def test_the_secret_key_is_made_once_and_kept_from_others(tmp_path: Path):
    first = environment.secret_key("NOT_SET", tmp_path)

    assert len(first) >= 50
    assert environment.secret_key("NOT_SET", tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_a_secret_key_that_is_given_is_not_kept(env: Any, tmp_path: Path):
    env("given")

    assert environment.secret_key("THIS", tmp_path) == "given"
    assert not list(tmp_path.iterdir())


def test_an_empty_secret_key_file_is_refused(tmp_path: Path):
    path = tmp_path / "secret-key"
    path.touch()

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.secret_key("NOT_SET", tmp_path)

    assert str(refusal.value) == f"{path} is empty. Delete it and start again, or set NOT_SET."


def test_a_secret_key_file_that_cannot_be_read_is_named(tmp_path: Path):
    path = tmp_path / "secret-key"
    path.mkdir()

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.secret_key("NOT_SET", tmp_path)

    assert str(refusal.value) == (
        f"{path} cannot be read or written (Is a directory). "
        "Give this user the right to do so, or set NOT_SET."
    )


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sqlite:///var/db.sqlite3", "var/db.sqlite3"),
        ("sqlite:////srv/news/db.sqlite3", "/srv/news/db.sqlite3"),
        ("sqlite:////srv/a%20b.sqlite3", "/srv/a b.sqlite3"),
        ("sqlite:////srv/a%23b%3Fc%25.sqlite3", "/srv/a#b?c%.sqlite3"),
    ],
)
def test_a_path_names_an_embedded_database(env: Any, url: str, name: str):
    env(url)

    database = environment.database("THIS", default="")

    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert database["NAME"] == name
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_the_embedded_database_lies_in_a_data_folder_of_any_name(tmp_path: Path):
    folder = tmp_path / "新闻 #1?x=y%20z;[a"

    result = subprocess.run(
        [
            sys.executable,
            "-c",
            "from newsroom.settings import DATABASES; print(DATABASES['default']['NAME'])",
        ],
        cwd=site.BASE_DIR,
        env={
            **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            "DATA_DIR": str(folder),
            "PYTHONUTF8": "1",
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )

    assert result.stdout.strip() == str(folder / "newsroom.sqlite3")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_an_address_names_a_database_server(env: Any, scheme: str):
    env(f"{scheme}://news:p%40ss%2Fw@db.example:5433/newsroom?sslmode=require")

    database = environment.database("THIS", default="")

    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert database["USER"] == "news"
    assert database["PASSWORD"] == "p@ss/w"
    assert (database["HOST"], database["PORT"]) == ("db.example", "5433")
    assert database["NAME"] == "newsroom"
    assert database["OPTIONS"] == {"sslmode": "require"}


USE = "THIS: use sqlite:///path or postgres://user:password@host:port/name."


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("sqlite://", "THIS: sqlite:/// needs a path, as in sqlite:///var/db.sqlite3."),
        ("sqlite:///", "THIS: sqlite:/// needs a path, as in sqlite:///var/db.sqlite3."),
        ("postgres://news@db.example", "THIS: the address names no database."),
        ("postgres://news@db.example/", "THIS: the address names no database."),
        ("mysql://news@db.example/news", USE),
        ("var/db.sqlite3", USE),
        ("postgres://news:secret@db.example:port/news", USE),
        ("postgres://news:secret@db.example:99999/news", USE),
        ("postgres://news:secret@[db.example/news", USE),
    ],
)
def test_a_wrong_database_address_gets_one_sentence_without_its_password(
    env: Any, url: str, sentence: str
):
    env(url)

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.database("THIS", default="")

    assert str(refusal.value) == sentence


@pytest.mark.parametrize("address", ["news.example", "ftp://news.example", "https://", "http://["])
def test_a_wrong_address_of_the_site_gets_one_sentence(address: str, tmp_path: Path):
    result = subprocess.run(
        [sys.executable, "-c", "import newsroom.settings"],
        cwd=site.BASE_DIR,
        env={**os.environ, "SITE_URL": address, "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].endswith(
        f"SITE_URL={address!r}: use an address such as https://news.example."
    )
