"""The front page of the desk: what waits for whom, a count and a short list each."""

import datetime
from dataclasses import dataclass

from django.db.models import F

from articles.models import Article
from people.models import User
from workflow import permissions, queues

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Box:
    """One queue as the dashboard shows it; `articles` are the first few, each with `moment`."""

    queue: queues.Queue
    count: int
    articles: list[Article]


def boxes(user: User, at: datetime.datetime) -> list[Box]:
    """A box for each queue of the person; the number of queries does not grow with the articles."""
    if not permissions.rights_of(user):
        return []
    visible = permissions.visible_to(user, at)
    found = []
    for queue in queues.queues_of(user):
        lying = Article.objects.filter(visible).filter(queue.articles(user, at))
        count = lying.count()
        found.append(Box(queue, count, _first(lying, queue, at) if count else []))
    return found


def _first(lying: queues.Articles, queue: queues.Queue, at: datetime.datetime) -> list[Article]:
    order = "moment" if queue.oldest_first else "-moment"
    rows = queues.with_site(lying, at).annotate(moment=F(queue.moment)).order_by(order, "-pk")
    return list(
        rows.select_related("channel__parent", "created_by")
        .prefetch_related("bylines__contributor")
        .defer("body", "summary")[:SHOWN]
    )
