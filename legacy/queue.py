"""Who has the queue of imported drafts, and what lies in it for them."""

import datetime

from django.db.models import QuerySet

from articles.models import Article
from legacy.models import Original
from people.models import User
from workflow import permissions

# Those who may mend a draft of anybody, or put it on the site.
RIGHTS = frozenset({"edit_any", "publish"})


def originals_for(user: User, at: datetime.datetime) -> QuerySet[Original]:
    """The originals whose articles the person may see, for those who have the queue."""
    if not permissions.rights_of(user) & RIGHTS:
        return Original.objects.none()
    seen = Article.objects.filter(permissions.visible_to(user, at))
    return Original.objects.filter(article__in=seen)


def waiting_for(user: User, at: datetime.datetime) -> QuerySet[Original]:
    """Those of them that wait to be checked."""
    return originals_for(user, at).filter(pk__in=Original.objects.waiting().values("pk"))
