"""The desk as a person who is logged in sees it."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from articles.models import Article, Byline
from people.models import User


def desk(user: User) -> Client:
    """A browser in which the person is logged in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(name: str, article: Article, *args: Any) -> str:
    """A page of an article in the admin, by the last part of its name."""
    return reverse(f"admin:articles_article_{name}", args=[article.pk, *args])


def text(response: HttpResponse) -> str:
    return response.content.decode()


def step(user: User, article: Article, action: str, **typed: Any) -> HttpResponse:
    """Send the form of a step with the version that the article has in the test's hands."""
    data = {"version": article.version, **typed}
    return desk(user).post(address("step", article, action), data)


def copies(article: Article, count: int) -> None:
    """Fill the desk with articles like this one, numbered after it, with its by-lines."""
    last = Article.objects.order_by("-number").values_list("number", flat=True)[0]
    facts = {
        field.attname: getattr(article, field.attname)
        for field in Article._meta.concrete_fields
        if field.name not in {"id", "number"}
    }
    made = Article.objects.bulk_create(
        Article(number=last + place, **facts) for place in range(1, count + 1)
    )
    Byline.objects.bulk_create(
        Byline(article=copy, contributor_id=row.contributor_id, role=row.role, order=row.order)
        for copy in made
        for row in article.bylines.all()
    )
