"""Read settings from the environment, with one clear sentence when a value is wrong."""

import logging
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"", "0", "false", "no", "off"}
_DATABASES = "use sqlite:///path or postgres://user:password@host:port/name."


def flag(name: str, *, default: bool = False) -> bool:
    """A yes/no variable; anything but the usual words is refused."""
    value = os.environ.get(name)
    if value is None:
        return default
    word = value.strip().lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r}: use 1 or 0.")


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated variable, without blanks."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def number(name: str, *, default: int) -> int:
    """A whole number greater than zero."""
    value = os.environ.get(name, str(default))
    if not value.isdecimal() or not value.strip("0"):
        raise ImproperlyConfigured(f"{name}={value!r}: use a whole number greater than zero.")
    return int(value)


def log_level(name: str, *, default: str) -> str:
    """A level of Python's log, by its name in any case."""
    value = os.environ.get(name, default)
    known = logging.getLevelNamesMapping()
    if value.upper() not in known:
        raise ImproperlyConfigured(f"{name}={value!r}: use one of {', '.join(known)}.")
    return value.upper()


def address(name: str, *, default: str) -> str:
    """An http or https address, without a slash at its end."""
    value = os.environ.get(name, default)
    parts = _split(value)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ImproperlyConfigured(
            f"{name}={value!r}: use an address such as https://news.example."
        )
    return value.rstrip("/")


def data_dir(name: str, *, default: Path) -> Path:
    """The folder for database file, media and secrets; made when absent (mode 0750)."""
    path = Path(os.environ.get(name) or default).expanduser().resolve()
    try:
        path.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}: the folder {path} cannot be made ({error.strerror}). "
            f"Give this user the right to write there, or set {name} to another folder."
        ) from error
    return path


def secret_key(name: str, folder: Path) -> str:
    """The key from the environment, else one made once and kept in `folder` (mode 0600)."""
    if key := os.environ.get(name):
        return key
    path = folder / "secret-key"
    try:
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48))
        key = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path} cannot be read or written ({error.strerror}). "
            f"Give this user the right to do so, or set {name}."
        ) from error
    if not key:
        raise ImproperlyConfigured(f"{path} is empty. Delete it and start again, or set {name}.")
    return key


def database(name: str, *, default: str) -> dict[str, Any]:
    """Django's database settings from `sqlite:///path` or `postgres://user:password@host:port/name`.

    SQLite runs in WAL mode with IMMEDIATE transactions (docs/adr/0012).
    """
    url = os.environ.get(name) or default
    parts = _split(url)
    if parts is None:
        raise ImproperlyConfigured(f"{name}: {_DATABASES}")
    if parts.scheme == "sqlite":
        if not parts.path.strip("/"):
            raise ImproperlyConfigured(
                f"{name}: sqlite:/// needs a path, as in sqlite:///var/db.sqlite3."
            )
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        if not parts.path.strip("/"):
            raise ImproperlyConfigured(f"{name}: the address names no database.")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": dict(parse_qsl(parts.query)),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ImproperlyConfigured(f"{name}: {_DATABASES}")


def _split(url: str) -> SplitResult | None:
    """The parts of an address; None when it is none, or its port is no port."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
