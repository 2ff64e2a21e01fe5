"""The public site stands still at noon, unless a test moves the clock."""

from collections.abc import Iterator

import pytest
import time_machine

from tests import factories as make


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(make.NOON, tick=False) as traveller:
        yield traveller
