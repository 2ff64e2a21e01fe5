"""What an article still lacks, each thing with the place on the form to mend it."""

from collections.abc import Iterable
from typing import NamedTuple

from django.urls import reverse

from articles.models import Article
from workflow.readiness import Missing


class Gap(NamedTuple):
    """One thing that is missing."""

    field: str
    sentence: str
    url: str


def gaps(article: Article, missing: Iterable[Missing]) -> list[Gap]:
    """What `readiness` says is missing, with links."""
    form = reverse("admin:articles_article_change", args=[article.pk])
    return [Gap(field, sentence, f"{form}#{_anchor(field)}") for field, sentence in missing]


def _anchor(field: str) -> str:
    return "bylines" if field == "bylines" else f"id_{field}"
