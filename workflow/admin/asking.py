"""Who is asking for a page of the desk."""

from django.http import HttpRequest

from people.models import User


def asking(request: HttpRequest) -> User:
    """The person who is logged in; the desk's pages are for no others."""
    assert isinstance(request.user, User)
    return request.user
