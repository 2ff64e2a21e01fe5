import pytest
from django.test import RequestFactory

from newsroom.clients import address_of


def asked(**facts: str):
    return RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **facts)


def test_without_a_proxy_what_a_client_says_of_itself_does_not_count(settings):
    settings.BEHIND_PROXY = False

    assert address_of(asked(HTTP_X_FORWARDED_FOR="203.0.113.9")) == "10.0.0.1"


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ({}, "10.0.0.1"),
        ({"HTTP_X_FORWARDED_FOR": "203.0.113.9"}, "203.0.113.9"),
        ({"HTTP_X_FORWARDED_FOR": "198.51.100.7, 203.0.113.9"}, "203.0.113.9"),
        ({"HTTP_X_FORWARDED_FOR": "198.51.100.7, "}, "10.0.0.1"),
    ],
)
def test_behind_a_proxy_the_address_it_saw_counts(settings, said, address):
    settings.BEHIND_PROXY = True

    assert address_of(asked(**said)) == address
