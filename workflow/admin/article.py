"""The article's form: writing, by-lines, pictures, the edit lock, and what to do about a clash.

Everything is written by workflow/services.py. What was typed stays in the form whatever happens.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Q, Value, When
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from taggit.models import Tag

from articles.content import Content, Credit, as_printed, printed
from articles.difference import between
from articles.models import Article, Role, Status, Tagging
from articles.text import clean_line, count_characters, paragraphs
from people.models import Contributor, Unit, User
from sources.models import Source
from workflow import locks, permissions, services
from workflow.admin import steps
from workflow.admin.asking import asking
from workflow.admin.changelist import ArticleListAdmin
from workflow.admin.pictures import shown
from workflow.forms import (
    ArticleForm,
    BylineFormSet,
    content_of,
    initial_bylines,
    initial_of,
)
from workflow.models import EditLock
from workflow.situation import Situation

TEMPLATE = "admin/articles/article/change_form.html"
SUGGESTIONS = 20


@dataclass(slots=True)
class _Sheet:
    """The two forms of one page, bound or not."""

    form: ArticleForm
    bylines: Any

    @classmethod
    def of(
        cls,
        request: HttpRequest,
        content: Content,
        *,
        article: Article | None = None,
        data: QueryDict | None = None,
    ) -> "_Sheet":
        form = ArticleForm(
            data,
            initial={**initial_of(content), "version": article.version if article else 0},
            user=asking(request),
            at=timezone.now(),
            article=article,
            known=shown(request),
        )
        bylines = BylineFormSet(
            data,
            initial=initial_bylines(content.bylines),
            prefix="bylines",
            form_kwargs={"standing": frozenset(credit.contributor for credit in content.bylines)},
        )
        return cls(form, bylines)

    def is_valid(self) -> bool:
        """Whether both are; asks both, so that every mistake is shown at once."""
        return all([self.form.is_valid(), self.bylines.is_valid()])

    @property
    def content(self) -> Content:
        """What valid forms ask to keep."""
        return content_of(self.form, self.bylines.credits)


@admin.register(Article)
class ArticleAdmin(ArticleListAdmin):
    """The form of an article and what its page fetches."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path(
                "contributors/", view(self.contributors_view), name="articles_article_contributors"
            ),
            path("tags/", view(self.tags_view), name="articles_article_tags"),
            path("<int:pk>/lock/", view(self.keep_lock_view), name="articles_article_lock"),
            path(
                "<int:pk>/lock/release/",
                view(self.release_lock_view),
                name="articles_article_release",
            ),
            path(
                "<int:pk>/lock/take/", view(self.take_lock_view), name="articles_article_take_over"
            ),
            *steps.urls(self),
            *super().get_urls(),
        ]

    # The pages

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",  # noqa: ARG002
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        blank = _blank_for(asking(request))
        if request.method != "POST":
            return self._page(request, _Sheet.of(request, blank), extra_context)
        sheet = _Sheet.of(request, blank, data=request.POST)
        if not sheet.is_valid():
            return self._page(request, sheet, extra_context, status=400)
        try:
            article = services.create(
                sheet.content,
                by=asking(request),
                at=timezone.now(),
                form_key=sheet.form.cleaned_data["form_key"],
            )
        except services.Refused as refused:
            return self._page(request, sheet, extra_context, refused=refused, status=403)
        messages.success(
            request, _("Saved as a draft, number %(number)s.") % {"number": article.number}
        )
        response = self._onward(request, article, sheet)
        # Tells the form's script to drop its copy of the new article.
        response.set_cookie(
            "desk_created",
            "1",
            max_age=settings.SESSION_COOKIE_AGE,
            path=reverse("admin:articles_article_add"),
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
        return response

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        article = self._seen(request, object_id)
        if request.method == "POST":
            return self._save(request, article, extra_context)
        now, person = timezone.now(), asking(request)
        refusal = permissions.edit_refusal(Situation.of(article, now), person)
        if refusal:
            return self._reading(request, article, extra_context, refusal=refusal)
        if "look" in request.GET:
            holder = locks.holder(article, now)
            others = holder if holder and holder.user_id != person.pk else None
            return self._reading(request, article, extra_context, lock=others)
        lock = locks.take(article, by=person, at=now)
        if lock.user_id != person.pk:
            return self._reading(request, article, extra_context, lock=lock)
        sheet = _Sheet.of(request, Content.of(article), article=article)
        return self._page(request, sheet, extra_context, article=article, token=lock.token)

    def _save(
        self, request: HttpRequest, article: Article, extra: dict[str, Any] | None
    ) -> HttpResponse:
        now, person = timezone.now(), asking(request)
        token = request.POST.get("lock_token", "")[:32]
        sheet = _Sheet.of(request, Content.of(article), article=article, data=request.POST)
        if not sheet.is_valid():
            return self._page(request, sheet, extra, article=article, token=token, status=400)
        if "_over" in request.POST and self._may_write(article, person, now):
            token = locks.take(article, by=person, at=now, over=True).token
        try:
            saved = services.save(
                article.pk,
                sheet.content,
                by=person,
                at=now,
                version=sheet.form.cleaned_data["version"],
                lock_token=token,
            )
        except services.Stale as stale:
            return self._clash(request, stale, extra)
        except services.Refused as refused:
            return self._page(
                request, sheet, extra, article=article, token=token, refused=refused, status=403
            )
        _say_saved(request, before=article, saved=saved)
        if "_continue" not in request.POST:
            locks.release(article, token=token)
        return self._onward(request, saved, sheet)

    def _clash(
        self, request: HttpRequest, stale: services.Stale, extra: dict[str, Any] | None
    ) -> HttpResponse:
        """Both texts, with the typed one in a form that would save it on top of today's."""
        now, person = timezone.now(), asking(request)
        article = Article.objects.get(pk=stale.article.pk)
        lock = locks.take(article, by=person, at=now)
        data = request.POST.copy()
        data["version"] = str(article.version)
        sheet = _Sheet.of(request, Content.of(article), article=article, data=data)
        if not sheet.is_valid():
            return self._page(request, sheet, extra, article=article, status=400)
        clash = {
            "sentence": str(stale),
            "differences": between(printed(article), as_printed(sheet.content)),
            "changed_by": article.revisions.select_related("by").first(),
            "lock": None if lock.user_id == person.pk else lock,
        }
        token = lock.token if lock.user_id == person.pk else ""
        return self._page(
            request, sheet, extra, article=article, token=token, clash=clash, status=409
        )

    def _page(
        self,
        request: HttpRequest,
        sheet: _Sheet,
        extra: dict[str, Any] | None,
        *,
        article: Article | None = None,
        token: str = "",
        refused: services.Refused | None = None,
        clash: dict[str, Any] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """The form to write in."""
        for sentence in refused.sentences if refused else ():
            sheet.form.add_error(None, sentence)
        context = {
            "form": sheet.form,
            "bylines": sheet.bylines,
            "lock_token": token,
            "clash": clash,
        }
        return self._rendered(request, article, {**context, **(extra or {})}, status=status)

    def _reading(
        self,
        request: HttpRequest,
        article: Article,
        extra: dict[str, Any] | None,
        *,
        refusal: str = "",
        lock: EditLock | None = None,
    ) -> HttpResponse:
        """The same page for those who may not write, or only look (`?look=1`) and take no lock."""
        context = {
            "refusal": refusal,
            "lock": lock,
            "bylines": article.bylines.select_related("contributor"),
            "paragraphs": paragraphs(article.body),
            "characters": count_characters(article.body),
        }
        return self._rendered(request, article, {**context, **(extra or {})})

    def _rendered(
        self,
        request: HttpRequest,
        article: Article | None,
        context: dict[str, Any],
        status: int = 200,
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            TEMPLATE,
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": _("Write an article") if article is None else str(article),
                "article": article,
                **(steps.panel(request, article) if article else {}),
                **context,
            },
            status=status,
        )

    def _onward(self, request: HttpRequest, article: Article, sheet: _Sheet) -> HttpResponse:
        if sheet.form.had_active_code:
            messages.warning(
                request, _("Scripts, embedded content or event code in the text were taken out.")
            )
        if "_continue" in request.POST or "_over" in request.POST:
            return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))
        return HttpResponseRedirect(reverse("admin:articles_article_changelist"))

    # The edit lock

    def keep_lock_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A tab says that it is still there: {held: true}, else {held: false, sentence}."""
        article = self._posted(request, pk)
        now = timezone.now()
        if locks.keep(article, token=request.POST.get("token", "")[:32], at=now):
            return JsonResponse({"held": True})
        holder = locks.holder(article, now)
        if holder and holder.user_id != asking(request).pk:
            sentence = _("%(name)s took over this article at %(time)s.") % {
                "name": holder.user.name,
                "time": _clock(holder.taken_at),
            }
        else:
            sentence = _("This article was opened again in another window.")
        return JsonResponse({"held": False, "sentence": sentence})

    def release_lock_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A tab says that it leaves."""
        article = self._posted(request, pk)
        locks.release(article, token=request.POST.get("token", "")[:32])
        return HttpResponse(status=204)

    def take_lock_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the article over from whoever is in it."""
        article = self._posted(request, pk)
        now, person = timezone.now(), asking(request)
        if self._may_write(article, person, now):
            locks.take(article, by=person, at=now, over=True)
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[pk]))

    def _may_write(self, article: Article, person: User, at: datetime.datetime) -> bool:
        """Whether the person may take the article from whoever is in it."""
        return not permissions.edit_refusal(Situation.of(article, at), person)

    def _posted(self, request: HttpRequest, pk: int) -> Article:
        article = self._seen(request, str(pk))
        if request.method != "POST":
            raise Http404
        return article

    # Suggestions

    def contributors_view(self, request: HttpRequest) -> JsonResponse:
        """Active contributors whose name or unit holds `q`: {results: [names as shown]}."""
        if not permissions.rights_of(asking(request)):
            raise PermissionDenied
        words = clean_line(request.GET.get("q", ""))[:60]
        found = (
            Contributor.objects.active()
            .filter(
                Q(name__icontains=words)
                | Q(unit__name__icontains=words)
                | Q(unit__short_name__icontains=words)
            )
            .select_related("unit")
            .annotate(place=_first(name__startswith=words))
            .order_by("place", "name")[:SUGGESTIONS]
        )
        return JsonResponse({"results": [str(contributor) for contributor in found]})

    def tags_view(self, request: HttpRequest) -> JsonResponse:
        """Tags that hold `q` and stand at articles one may see: {results: [names]}."""
        if not permissions.rights_of(asking(request)):
            raise PermissionDenied
        words = clean_line(request.GET.get("q", ""))[:60]
        seen = Article.objects.filter(permissions.visible_to(asking(request), timezone.now()))
        found = (
            Tag.objects.filter(name__icontains=words)
            .filter(pk__in=Tagging.objects.filter(content_object__in=seen).values("tag"))
            .annotate(place=_first(name__startswith=words))
            .order_by("place", "name")[:SUGGESTIONS]
        )
        return JsonResponse({"results": [tag.name for tag in found]})

    # Details

    def _seen(self, request: HttpRequest, object_id: str) -> Article:
        """The article, or 404 for those who may not know of it."""
        if not (object_id.isascii() and object_id.isdecimal() and len(object_id) < 18):
            raise Http404
        allowed = permissions.visible_to(asking(request), timezone.now())
        article = Article.objects.filter(allowed, pk=int(object_id)).first()
        if article is None:
            raise Http404
        return article


def _blank_for(person: User) -> Content:
    """What a new article begins with: our own copy, by the person who writes it."""
    own = Source.objects.filter(is_own=True).first()
    credited = Contributor.objects.active().filter(user=person).select_related("unit").first()
    credits: tuple[Credit, ...] = ()
    if credited:
        ours = credited.unit is None or credited.unit.kind == Unit.Kind.DESK
        credits = (Credit(credited.pk, Role.REPORTER if ours else Role.CORRESPONDENT),)
    return Content(headline="", source=own.pk if own else None, bylines=credits)


def _say_saved(request: HttpRequest, *, before: Article, saved: Article) -> None:
    if saved.version == before.version:
        messages.info(request, _("Nothing was changed; the article is as it was."))
    elif before.status in {Status.APPROVED, Status.PUBLISHED}:
        messages.warning(
            request,
            _("Saved. The text differs from the signed one and goes back to the final review."),
        )
    else:
        messages.success(request, _("Saved."))


def _first(**condition: str) -> Case:
    return Case(When(**condition, then=Value(0)), default=Value(1), output_field=IntegerField())


def _clock(moment: datetime.datetime) -> str:
    return f"{timezone.localtime(moment):%H:%M}"
