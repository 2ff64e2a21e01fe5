"""Shared set-up of the tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import TransactionTestCase, override_settings

from publication import rules_in_database as edition_rules
from workflow import rules_in_database as decision_rules


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, run what asks a database: the rest cannot answer otherwise there."""
    if connections["default"].vendor != "postgresql":
        return
    asking = [item for item in items if _asks_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if not _asks_database(item)])
    items[:] = asking


def _asks_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db"} & {*getattr(item, "fixturenames", ())}
    return bool(fixtures) or item.get_closest_marker("django_db") is not None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Keep SQLite's test database in a file, as it is outside tests: one in memory knows neither
    WAL nor waiting for a lock, so threads could not meet in it."""
    connection = connections["default"]
    if connection.vendor == "sqlite":
        folder = tmp_path_factory.mktemp("database")
        connection.settings_dict["TEST"]["NAME"] = str(folder / "newsroom.sqlite3")


@pytest.fixture(autouse=True, scope="session")
def _serve_plainly() -> Iterator[None]:
    """Plain http, and static files read where they lie: a server reads this once, as it starts."""
    with override_settings(
        SECURE_SSL_REDIRECT=False,
        SECURE_HSTS_SECONDS=0,
        SESSION_COOKIE_SECURE=False,
        CSRF_COOKIE_SECURE=False,
        WHITENOISE_AUTOREFRESH=True,
    ):
        yield


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, settings: Any) -> None:
    """Keep files of a test in a folder of its own, and pages free of collected static files."""
    storages = {name: dict(options) for name, options in settings.STORAGES.items()}
    for name in ("default", "renditions"):
        storages[name]["OPTIONS"] = {
            **storages[name]["OPTIONS"],
            "location": tmp_path / name,
        }
    storages["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
    }
    settings.STORAGES = storages
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _lift_rules_to_empty_tables() -> Iterator[None]:
    """Tests with real transactions empty all tables; only for that, lift what forbids it."""
    empty = TransactionTestCase._fixture_teardown

    def lifted(self: TransactionTestCase) -> None:
        connection = connections["default"]
        edition_rules.lift(connection)
        decision_rules.lift(connection)
        try:
            empty(self)
        finally:
            edition_rules.install(connection)
            decision_rules.install(connection)

    TransactionTestCase._fixture_teardown = lifted
    yield
    TransactionTestCase._fixture_teardown = empty
