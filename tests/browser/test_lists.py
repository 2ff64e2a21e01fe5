"""How the desk's lists fit the screen, and its colours the hour."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests import factories as make

pytestmark = pytest.mark.browser
LIST = "/admin/articles/article/"
GROUND = "getComputedStyle(document.body).backgroundColor"
WHITE, NIGHT = "rgb(255, 255, 255)", "rgb(23, 20, 18)"


def test_the_filters_stand_beside_the_list_and_closed_above_it_on_a_phone(
    enter: Any, account: Any, troubles: list[str]
) -> None:
    make.draft(headline="很长的标题" * 24)
    page = enter(account("editor", "何静"), viewport={"width": 1280, "height": 900})
    page.goto(LIST)
    filters = page.locator("details.filters")
    expect(filters).to_have_attribute("open", "")

    page.set_viewport_size({"width": 360, "height": 760})

    expect(filters).not_to_have_attribute("open", "")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.click("#changelist-filter-header")
    expect(page.locator(".list-filter").first).to_be_visible()
    assert troubles == []


@pytest.mark.parametrize(
    ("system", "chosen", "ground"),
    [
        ("light", "auto", WHITE),
        ("dark", "auto", NIGHT),
        ("light", "dark", NIGHT),
        ("dark", "light", WHITE),
    ],
)
def test_the_desk_is_dark_where_the_system_is_unless_one_chose(
    enter: Any, account: Any, system: str, chosen: str, ground: str
) -> None:
    page = enter(account("editor", "何静"), color_scheme=system)
    page.evaluate("theme => localStorage.setItem('theme', theme)", chosen)

    page.reload()

    assert page.evaluate(GROUND) == ground
