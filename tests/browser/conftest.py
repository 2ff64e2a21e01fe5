"""A Chromium, and people in it who notice everything that goes wrong on a page."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser, Page

from people.models import User
from tests import factories as make

# The browser's driver runs a loop in this thread, which Django would take for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

PASSWORD = "shan-qing-shui-xiu"
QUIETLY = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
# What a page had asked for when the person went on to the next one.
LEFT_EARLY = "net::ERR_ABORTED"
# A policy that was broken is told by an event, too: on pages that keep their console silent.
TELL_VIOLATIONS = """
    addEventListener("securitypolicyviolation", (event) =>
        console.error(`policy broken: ${event.violatedDirective} ${event.blockedURI}`))
"""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not program:
        pytest.skip("no Chromium found; CHROMIUM names one")
    return {**browser_type_launch_args, "executable_path": program, "args": list(QUIETLY)}


@pytest.fixture
def troubles() -> list[str]:
    """What went wrong on any page: errors, broken policies, requests to other hosts."""
    return []


@pytest.fixture
def enter(
    browser: Browser,
    live_server: Any,
    settings: LazySettings,
    troubles: list[str],
    tmp_path: Path,
) -> Iterator[Callable[..., Page]]:
    """Open a browser of one's own: `enter(account)` at the desk, `enter()` as a reader."""
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    contexts = []

    def enter(account: User | None = None, **options: Any) -> Page:
        context = browser.new_context(
            base_url=live_server.url, locale="zh-CN", timezone_id="Asia/Shanghai", **options
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        context.add_init_script(TELL_VIOLATIONS)
        page = context.new_page()
        _watch(page, live_server.url, troubles)
        if account:
            page.goto("/admin/")
            page.fill("#id_username", account.username)
            page.fill("#id_password", PASSWORD)
            page.click("[type=submit]")
            page.wait_for_url("**/admin/")
        return page

    yield enter
    for context in contexts:
        context.close()


@pytest.fixture
def account(db_access: None) -> Callable[..., User]:
    """An account that can log in."""

    def account(role: str, name: str) -> User:
        made = make.user(role, name=name)
        made.set_password(PASSWORD)
        made.save()
        return made

    return account


@pytest.fixture
def db_access(transactional_db: None) -> None:
    """The database, seen by the server's threads as well."""


def _watch(page: Page, home: str, troubles: list[str]) -> None:
    page.on(
        "console",
        lambda message: (
            troubles.append(f"{page.url}: {message.text}")
            if message.type in {"error", "warning"}
            else None
        ),
    )
    page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
    page.on(
        "requestfailed",
        lambda request: (
            troubles.append(f"{request.failure}: {request.url}")
            if request.failure != LEFT_EARLY
            else None
        ),
    )

    def ask(request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != urlsplit(home).netloc:
            troubles.append(f"{page.url}: asks {request.url}")

    page.on("request", ask)
