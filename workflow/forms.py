"""The article's form: from what was typed to `Content`, with a sentence for what cannot be kept.

Nothing is cut off or dropped on the way: what is too long or not allowed comes back with the
form as it was typed. How the text is cleaned is said in articles/text.py.
"""

import datetime
import re
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from articles import tags
from articles.content import Content, Credit
from articles.models import Article, Channel, Picture, Role
from articles.text import clean_body, clean_line, clean_lines, count_characters
from people.models import Contributor, User, unpadded
from sources.models import Source
from workflow import permissions

# A tag as a browser would read it; "a < b" is none.
MARKUP = re.compile(r"<\s*[/!?]?\s*[a-zA-Z][^>]*>?")
# What cleaning takes out of a body and its author should hear of.
ACTIVE = re.compile(
    r"<\s*(script|iframe|object|embed|form|svg|applet)\b|<[^>]+\son\w+\s*=|javascript\s*:",
    re.IGNORECASE,
)
SHA256 = re.compile(r"[0-9a-f]{64}")
CREDITED = re.compile(r"(?P<name>[^（(]+)[（(](?P<unit>.+)[)）]")

TOO_LONG = _("At most %(limit_value)d characters; there are %(show_value)d.")
NULL = _("There is a character in it that cannot be stored (NUL). Delete it.")


def refuse_markup(value: str) -> None:
    """Refuse web markup in plain text: it would print as it stands."""
    if found := MARKUP.search(value):
        raise ValidationError(
            _t("There is web code in it (%(code)s). Delete it; this field is plain text.")
            % {"code": found[0][:40]},
            code="markup",
        )


class TypedField(forms.CharField):
    """Typed text. The browser gets no maxlength: it would cut what is pasted, without a word."""

    def __init__(self, *, limit: int, **options: Any) -> None:
        self.limit = limit
        super().__init__(**{"required": False, **options})
        self.validators = [
            ProhibitNullCharactersValidator(message=NULL),
            MaxLengthValidator(limit, message=TOO_LONG),
        ]

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "data-limit": self.limit}


class LineField(TypedField):
    """One line of plain text."""

    widget: forms.Widget = forms.TextInput(attrs={"autocomplete": "off"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators.append(refuse_markup)

    def clean(self, value: Any) -> str:
        return clean_line(super().clean(value))


class LinesField(LineField):
    """Plain text of several lines."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> str:
        return clean_lines(TypedField.clean(self, value))


class NamedChoiceField(forms.ModelChoiceField):
    """A row out of a list, with sentences of our own."""

    default_error_messages = {
        "invalid_choice": _("This choice is not there any more. Choose again."),
    }


class LeadPictureField(NamedChoiceField):
    """A picture of the library, by its hash."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, to_field_name="sha256", empty_label=_("no lead picture"))


def limit_of(name: str, model: type[Article | Picture] = Article) -> int:
    """The length of a text field, in characters."""
    return int(getattr(model._meta.get_field(name), "max_length", 0))


class ArticleForm(forms.Form):
    """All of an article's content but its by-lines. `version` is what the person started from."""

    # How many pictures the plain list offers; the picture dialog has them all.
    RECENT = 30

    kicker = LineField(limit=limit_of("kicker"), label=_("kicker"))
    headline = LineField(
        limit=limit_of("headline"),
        label=_("headline"),
        required=True,
        error_messages={"required": _("Give the article a headline, if only a working one.")},
    )
    subtitle = LineField(limit=limit_of("subtitle"), label=_("subtitle"))
    short_headline = LineField(
        limit=limit_of("short_headline"),
        label=_("short headline"),
        help_text=_("For lists; else the headline."),
    )
    summary = LinesField(limit=limit_of("summary"), label=_("summary"))
    body = TypedField(
        limit=limit_of("body"), label=_("body"), widget=forms.Textarea(attrs={"rows": 20})
    )
    has_dateline = forms.BooleanField(
        label=_("print a dateline"),
        required=False,
        initial=True,
        help_text=_("Made from source, day of publication and by-line at the head of the text."),
    )
    channel = NamedChoiceField(
        queryset=Channel.objects.select_related("parent"),
        label=_("channel"),
        required=False,
        empty_label=_("not chosen yet"),
    )
    source = NamedChoiceField(
        queryset=Source.objects.all(),
        label=_("source"),
        required=False,
        empty_label=_("not chosen yet"),
    )
    original_headline = LineField(limit=limit_of("original_headline"), label=_("original headline"))
    original_author = LineField(limit=limit_of("original_author"), label=_("original author"))
    original_url = LineField(
        limit=limit_of("original_url"),
        label=_("original address"),
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
    )
    lead_picture = LeadPictureField(
        queryset=Picture.objects.none(), label=_("lead picture"), required=False
    )
    tags = LineField(
        limit=1000, label=_("tags"), help_text=_("With a comma or enumeration mark between them.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    # Tells a new article's form from all others; two of one key are a double click.
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)

    def __init__(
        self,
        *args: Any,
        user: User,
        at: datetime.datetime,
        article: Article | None = None,
        known: tuple[str, ...] = (),
        **options: Any,
    ) -> None:
        """`known` are hashes of pictures that the person showed to have, by uploading them."""
        super().__init__(*args, **options)
        self.article = article
        field = self.fields["lead_picture"]
        assert isinstance(field, LeadPictureField)
        allowed = permissions.visible_pictures(user, at) | Q(sha256__in=known)
        if article and article.lead_picture_id:
            allowed |= Q(pk=article.lead_picture_id)
        field.queryset = Picture.objects.filter(allowed)
        channel = self.fields["channel"]
        assert isinstance(channel, NamedChoiceField)
        mine = permissions.channels_of(user)
        if article and article.channel_id:
            mine |= Channel.objects.filter(pk=article.channel_id)
        channel.queryset = mine.select_related("parent")
        # The field's own list would print the whole library.
        field.widget.choices = self._picture_choices(field.queryset)

    def clean_original_url(self) -> str:
        url: str = self.cleaned_data["original_url"]
        if url:
            forms.URLField(
                assume_scheme="https",
                error_messages={
                    "invalid": _t("This is not an address such as https://example.cn/a.")
                },
            ).clean(url)
        return url

    def clean_tags(self) -> tuple[str, ...]:
        names = tags.from_text(self.cleaned_data["tags"])
        for name in names:
            if len(name) > tags.LONGEST:
                raise ValidationError(
                    _t("The tag “%(name)s…” is too long: at most %(limit)d characters.")
                    % {"name": name[:20], "limit": tags.LONGEST}
                )
        return names

    @property
    def had_active_code(self) -> bool:
        """Whether the typed body held code that cleaning takes out."""
        return bool(ACTIVE.search(self.cleaned_data["body"]))

    @property
    def characters(self) -> int:
        """The length of the body in the form, as the trade counts it."""
        return count_characters(clean_body(str(self["body"].value() or "")))

    @property
    def chosen_picture(self) -> Picture | None:
        """The lead picture as it stands in the form."""
        field = self.fields["lead_picture"]
        assert isinstance(field, LeadPictureField) and field.queryset is not None
        return field.queryset.filter(sha256=self._lead_hash()).first()

    def _lead_hash(self) -> str:
        value = str(self["lead_picture"].value() or "")
        return value if SHA256.fullmatch(value) else ""

    def _picture_choices(self, allowed: QuerySet[Picture]) -> list[tuple[str, str]]:
        recent = list(allowed.order_by("-created_at")[: self.RECENT])
        sha256 = self._lead_hash()
        if sha256 and not any(picture.sha256 == sha256 for picture in recent):
            recent = [*allowed.filter(sha256=sha256), *recent]
        return [
            ("", _t("no lead picture")),
            *(
                (picture.sha256, f"{picture} ({picture.width}×{picture.height})")
                for picture in recent
            ),
        ]


class BylineForm(forms.Form):
    """One credit, by the contributor's name as it is shown."""

    contributor = LineField(
        limit=130,
        label=_("contributor"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "contributor-choices"}),
    )
    role = forms.ChoiceField(label=_("role"), choices=Role, initial=Role.REPORTER)

    def __init__(self, *args: Any, standing: frozenset[int] = frozenset(), **options: Any) -> None:
        """`standing` are the contributors already on the article, who may stay though inactive."""
        super().__init__(*args, **options)
        self.standing = standing
        # A row that says what the article says anyway is still a by-line, not an empty row.
        self.empty_permitted = False

    def clean_contributor(self) -> Contributor | None:
        typed: str = self.cleaned_data["contributor"]
        if not typed:
            return None
        found = list(_called(typed).filter(Q(is_active=True) | Q(pk__in=self.standing))[:9])
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(
                _t("There are several of that name: %(names)s. Choose one of them.")
                % {"names": "、".join(_named_in_full(contributor) for contributor in found)}
            )
        if _called(typed).exists():
            raise ValidationError(_t("“%(name)s” is not active any more.") % {"name": typed})
        raise ValidationError(
            _t("There is no contributor “%(name)s”. Correct the name, or have them added.")
            % {"name": typed}
        )


class _Bylines(forms.BaseFormSet):
    """The by-lines in their typed order; rows without a name are no by-lines."""

    def clean(self) -> None:
        seen: set[Credit] = set()
        for form in self.forms:
            credit = _credit(form)
            if credit in seen:
                form.add_error("contributor", _t("This person is already credited in this role."))
            if credit:
                seen.add(credit)
        if any(form.errors for form in self.forms):
            raise ValidationError(_t("Look at the marked by-lines."))

    @property
    def credits(self) -> tuple[Credit, ...]:
        """The by-lines of a valid form set, by their numbers, else in the order of the rows."""
        rows = [
            (form.cleaned_data.get("ORDER") or 10_000, place, credit)
            for place, form in enumerate(self.forms)
            if (credit := _credit(form))
        ]
        return tuple(credit for *_order, credit in sorted(rows, key=lambda row: row[:2]))


BylineFormSet = forms.formset_factory(
    BylineForm, formset=_Bylines, extra=1, can_order=True, can_delete=True, max_num=100
)


def initial_of(content: Content) -> dict[str, Any]:
    """What the article's form shows for content that is kept."""
    picture = Picture.objects.filter(pk=content.lead_picture or 0).first()
    return {
        **{name: getattr(content, name) for name in (*Content.LINES, "summary", "body")},
        "has_dateline": content.has_dateline,
        "channel": content.channel,
        "source": content.source,
        "lead_picture": picture.sha256 if picture else "",
        "tags": tags.as_text(content.tags),
    }


def initial_bylines(credits: tuple[Credit, ...]) -> list[dict[str, Any]]:
    """What the by-line rows show for by-lines that are kept."""
    people = Contributor.objects.select_related("unit").in_bulk(
        [credit.contributor for credit in credits]
    )
    return [
        {"contributor": str(people[credit.contributor]), "role": credit.role} for credit in credits
    ]


def content_of(form: ArticleForm, credits: tuple[Credit, ...]) -> Content:
    """The content that a valid form asks to keep."""
    data = form.cleaned_data
    chosen: dict[str, Any] = {
        name: data[name].pk if data[name] else None
        for name in ("channel", "source", "lead_picture")
    }
    return Content(
        **{name: data[name] for name in (*Content.LINES, "summary", "body")},
        **chosen,
        has_dateline=data["has_dateline"],
        bylines=credits,
        tags=data["tags"],
    ).cleaned()


def _credit(form: forms.Form) -> Credit | None:
    data = getattr(form, "cleaned_data", {})
    if data.get("DELETE") or not data.get("contributor"):
        return None
    return Credit(data["contributor"].pk, data["role"])


def _called(typed: str) -> QuerySet[Contributor]:
    """Contributors of that name, in the unit that stands behind it where one does."""
    rows = Contributor.objects.select_related("unit")
    if match := CREDITED.fullmatch(typed):
        unit = match["unit"].strip()
        in_unit = rows.filter(name=unpadded(match["name"])).filter(
            Q(unit__name=unit) | Q(unit__short_name=unit)
        )
        if in_unit.exists():
            return in_unit
    return rows.filter(name=unpadded(typed))


def _named_in_full(contributor: Contributor) -> str:
    return (
        f"{contributor.name}（{contributor.unit.name}）" if contributor.unit else contributor.name
    )
