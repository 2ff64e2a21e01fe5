"""The picture library at the desk, and the one address where a private picture is seen."""

import datetime
from typing import Any, override

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from articles import pictures
from articles.models import Article, Picture
from articles.text import clean_line
from people.models import User
from publication import renditions
from workflow import permissions
from workflow.admin.asking import asking
from workflow.forms import LineField, limit_of

# Pixels: what the editor shows, and what lists show.
WIDE, SMALL = 960, 480
PER_PAGE = 24
MOST_USES = 50
# Hashes of pictures that this session uploaded: who has the bytes may see the picture, also when
# the library knew it already from somebody else.
SHOWN, SHOWN_MOST = "pictures_shown", 200


@require_safe
@cache_control(private=True, no_store=True)
def private_picture(request: HttpRequest, sha256: str) -> HttpResponse:
    """A picture as the desk sees it, without metadata; `?small` for lists. The original stays in."""
    picture = Picture.objects.filter(sha256=sha256).first()
    if picture is None or not _may_see(request, picture, timezone.now()):
        raise Http404
    try:
        rendition = renditions.make_one(picture, SMALL if "small" in request.GET else WIDE)
        with renditions.storage().open(rendition["name"]) as file:
            data = file.read()
    except OSError as error:
        raise Http404 from error
    response = HttpResponse(data, content_type=rendition["mime"])
    response["X-Robots-Tag"] = "noindex"
    return response


def shown(request: HttpRequest) -> tuple[str, ...]:
    """The hashes of the pictures that this session uploaded."""
    return tuple(request.session.get(SHOWN, ()))


class DescriptionForm(forms.ModelForm):
    """What is said of a picture."""

    caption = LineField(limit=limit_of("caption", Picture), label=_("caption"))
    alt = LineField(
        limit=limit_of("alt", Picture),
        label=_("description for blind readers"),
        help_text=_("What is to be seen, in one sentence. Read aloud in place of the picture."),
    )
    credit = LineField(
        limit=limit_of("credit", Picture), label=_("credit"), help_text=_("Who took it.")
    )

    class Meta:
        model = Picture
        fields = ["caption", "alt", "credit", "focal_x", "focal_y"]


class UploadForm(DescriptionForm):
    """A new picture."""

    original = forms.FileField(
        label=_("picture file"),
        allow_empty_file=True,  # refused with our own sentence
        widget=forms.FileInput(attrs={"accept": ",".join(pictures.ENDINGS)}),
        help_text=_(
            "JPEG, PNG, WebP or GIF. The original stays private; readers get copies of it."
        ),
        error_messages={"required": _("Choose a picture file.")},
    )

    class Meta(DescriptionForm.Meta):
        fields = ["original", "caption", "alt", "credit"]

    def clean_original(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["original"]
        facts, _data = pictures.inspect(file)  # type: ignore[arg-type]
        self.known = Picture.objects.filter(sha256=facts.sha256).exists()
        return file

    def stored(self, by: User) -> Picture:
        """The library's picture of a valid form; one that was known keeps its own texts."""
        texts = {name: self.cleaned_data[name] for name in ("caption", "alt", "credit")}
        return pictures.store(self.cleaned_data["original"], by=by, **texts)


class MineFilter(admin.SimpleListFilter):
    """Whose uploads."""

    title = _("uploaded by")
    parameter_name = "by"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [("me", _("me"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Picture]) -> QuerySet[Picture]:
        return queryset.filter(uploaded_by=request.user.pk) if self.value() else queryset


@admin.register(Picture)
class PictureAdmin(admin.ModelAdmin):
    """The library: upload, describe, see where a picture is used. Nobody deletes a picture."""

    form = DescriptionForm
    list_display = ["thumbnail", "caption", "credit", "size", "uploader", "created_at"]
    list_display_links = ["thumbnail", "caption"]
    list_filter = [MineFilter, "created_at"]
    list_select_related = ["uploaded_by"]
    list_per_page = PER_PAGE
    search_fields = ["caption", "alt", "credit"]
    search_help_text = _("Caption, description or credit")
    actions = None
    show_facets = admin.ShowFacets.NEVER
    readonly_fields = ["large", "size", "uploader", "created_at"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("library/", view(self.library_view), name="articles_picture_library"),
            path("upload/", view(self.upload_view), name="articles_picture_upload"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Picture]:
        allowed = permissions.visible_pictures(asking(request), timezone.now()) | Q(
            sha256__in=shown(request)
        )
        return super().get_queryset(request).filter(allowed)

    def get_form(
        self, request: HttpRequest, obj: Picture | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        if obj is None:
            return UploadForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, _request: HttpRequest, obj: Picture | None = None) -> Any:
        if obj is None:
            return UploadForm.Meta.fields
        return ["large", *DescriptionForm.Meta.fields, "size", "uploader", "created_at"]

    def get_readonly_fields(self, _request: HttpRequest, obj: Picture | None = None) -> list[str]:
        return [] if obj is None else self.readonly_fields

    def has_change_permission(self, request: HttpRequest, obj: Picture | None = None) -> bool:
        if obj is not None and not permissions.may_describe(asking(request), obj):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, _request: HttpRequest, _obj: Picture | None = None) -> bool:
        return False

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Picture:
        if change:
            picture: Picture = super().save_form(request, form, change)
            return picture
        picture = form.stored(asking(request))
        _show(request, picture)
        if form.known:
            messages.info(request, _t("The library already had this picture; here it is."))
        return picture

    def save_model(self, request: HttpRequest, obj: Picture, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing hangs on a picture."""

    @override
    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Picture | None = None,
    ) -> HttpResponse:
        if obj:
            used = Q(lead_picture=obj) | Q(body__contains=_address(obj))
            context["articles"] = (
                Article.objects.filter(permissions.visible_to(asking(request), timezone.now()))
                .filter(used)
                .order_by("-updated_at")[:MOST_USES]
            )
        return super().render_change_form(request, context, add, change, form_url, obj)

    # What is fetched by the picture dialog

    def library_view(self, request: HttpRequest) -> JsonResponse:
        """A page of the library, newest first: {pictures, more}. `q` searches, `before` is an id."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_queryset(request).order_by("-id")
        if words := clean_line(request.GET.get("q", ""))[:60]:
            found = found.filter(
                Q(caption__icontains=words) | Q(alt__icontains=words) | Q(credit__icontains=words)
            )
        before = request.GET.get("before", "")
        if before.isascii() and before.isdecimal() and len(before) < 18:
            found = found.filter(pk__lt=int(before))
        page = list(found[: PER_PAGE + 1])
        return JsonResponse(
            {"pictures": [_facts(one) for one in page[:PER_PAGE]], "more": len(page) > PER_PAGE}
        )

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        """Take a picture in: its facts, or 400 with {errors: sentences}."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return require_POST(self._upload)(request)

    def _upload(self, request: HttpRequest) -> JsonResponse:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            errors = [
                f"{form.fields[name].label}：{sentence}" if name != "original" else str(sentence)
                for name, sentences in form.errors.items()
                for sentence in sentences
            ]
            return JsonResponse({"errors": errors}, status=400)
        picture = form.stored(asking(request))
        _show(request, picture)
        return JsonResponse(
            {**_facts(picture), "known": form.known}, status=200 if form.known else 201
        )

    # Columns and read-only fields

    @admin.display(description=_("picture"))
    def thumbnail(self, picture: Picture) -> SafeString:
        return format_html(
            '<img class="picture-thumbnail" src="{}?small" alt="{}" loading="lazy">',
            _address(picture),
            picture.alt,
        )

    @admin.display(description=_("picture"))
    def large(self, picture: Picture) -> SafeString:
        return format_html(
            '<img class="picture-large" src="{}" alt="{}">', _address(picture), picture.alt
        )

    @admin.display(description=_("size"))
    def size(self, picture: Picture) -> str:
        return f"{picture.width}×{picture.height}, {picture.bytes / 1024 / 1024:.1f} MB"

    @admin.display(description=_("uploaded by"), ordering="uploaded_by__name")
    def uploader(self, picture: Picture) -> str:
        return picture.uploaded_by.name if picture.uploaded_by else "—"


def _may_see(request: HttpRequest, picture: Picture, at: datetime.datetime) -> bool:
    user = request.user
    if not isinstance(user, User) or not user.is_staff or not permissions.rights_of(user):
        return False
    return picture.sha256 in shown(request) or permissions.may_see_picture(user, picture, at)


def _show(request: HttpRequest, picture: Picture) -> None:
    hashes = [sha256 for sha256 in shown(request) if sha256 != picture.sha256]
    request.session[SHOWN] = [*hashes, picture.sha256][-SHOWN_MOST:]


def _address(picture: Picture) -> str:
    return reverse("private-picture", args=[picture.sha256])


def _facts(picture: Picture) -> dict[str, Any]:
    return {
        "id": picture.pk,
        "sha256": picture.sha256,
        "src": _address(picture),
        "page": reverse("admin:articles_picture_change", args=[picture.pk]),
        "label": str(picture),
        "caption": picture.caption,
        "alt": picture.alt,
        "credit": picture.credit,
        "width": picture.width,
        "height": picture.height,
    }
