"""Take in the rows of fixtures: articles of an earlier system, and what stands around them.

The rows of one call may lie in several files and in any order. Each is cleaned and checked as the
desk's forms would do it, pictures are looked at and stored, and each new article is admitted: it
gets its revision, its place in the record and, where it was published, its edition with the old
time, number and by-lines. One broken row, and nothing of the call is loaded.

A row that is here already, known by its key, is left as it is, and so are the by-lines and tags
of an article that came in an earlier call: what the desk has changed since stays changed.
"""

import datetime
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist, ValidationError
from django.db import DatabaseError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from taggit.models import Tag

from articles import pictures
from articles.models import Article, Byline, Channel, Picture, Status, Tagging
from articles.text import clean_body, clean_line, clean_lines, picture_hashes
from legacy.picture_files import PictureFiles
from people.models import Contributor, Unit, User
from publication.models import Identity
from sources.models import ReprintPermission, Source
from workflow import roles, services
from workflow.models import ChannelAssignment


class Kind(NamedTuple):
    """Rows that a fixture may bring. `key` names the fields by which one is known to be here;
    `closed` those that the system sets itself."""

    model: type[models.Model]
    key: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


# In the order in which rows are taken in, whatever their order in the files.
KINDS = (
    Kind(Identity),
    Kind(Unit, ("name",)),
    Kind(Channel, ("slug",)),
    Kind(Source, ("name",)),
    Kind(ReprintPermission, ("source", "starts")),
    Kind(User, ("username",)),
    Kind(Contributor, ("name", "unit")),
    Kind(ChannelAssignment, ("user", "channel")),
    Kind(Picture, ("sha256",)),
    Kind(Tag, ("name",)),
    Kind(
        Article,
        ("legacy_system", "legacy_id"),
        ("former_status", "version", "fingerprint", "created_by", "contributors", "tags"),
    ),
    Kind(Byline, ("article", "order")),
    Kind(Tagging, ("content_object", "tag")),
)
STATUSES = (Status.PUBLISHED, Status.DRAFT)
PICTURE_FOLDER = "pictures"  # beside the fixture

_FILE_NAME = re.compile(r"[\w-]+(\.[\w-]+)+")
_IMAGE = re.compile(r"<img\b", re.IGNORECASE)


class Refused(Exception):
    """Fixtures that were not loaded, with the reason as a sentence."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a fixture; `place` counts from 1 in its file."""

    file: Path
    place: int
    kind: Kind
    fields: dict[str, Any]

    @property
    def name(self) -> str:
        """What the row calls itself, for people."""
        keys = (self.fields.get(name) for name in self.kind.key)
        words = " ".join(_shown(key) for key in keys if key not in (None, ""))
        return f"{self.kind.model._meta.verbose_name} {words}".strip()

    def broken(self, why: str) -> Refused:
        """The refusal of this row."""
        return _refusal(self.file, self.place, self.name, why)


def read(file: Path, data: str | bytes, *, lines: bool = False) -> list[Row]:
    """The rows of one fixture in JSON, or with one JSON object on each of its `lines`.

    Raises Refused for what is no fixture and for rows of a kind that none may bring.
    """
    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
        rows = (
            [json.loads(line) for line in text.splitlines() if line.strip()]
            if lines
            else json.loads(text)
        )
    except ValueError as error:
        raise Refused(
            _("%(file)s cannot be read as JSON: %(error)s. Nothing was loaded.")
            % {"file": file.name, "error": error}
        ) from error
    if not isinstance(rows, list):
        raise Refused(
            _("%(file)s is no fixture: it must be a list of rows. Nothing was loaded.")
            % {"file": file.name}
        )
    return [_read_row(file, place, raw) for place, raw in enumerate(rows, start=1)]


def load(
    rows: Iterable[Row],
    *,
    at: datetime.datetime,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Take all rows in, or none; gives how many of them are new.

    Raises Refused, with file, row and reason. `progress` is told how many of the pictures that
    readers will see are ready. They are made before the database is locked, as that is slow.
    """
    intake = _Intake(
        sorted(rows, key=lambda row: (KINDS.index(row.kind), row.fields.get("parent") is not None)),
        at,
    )
    try:
        intake.store_pictures()
        intake.make_renditions(progress)
        with transaction.atomic():
            return intake.take()
    except BaseException:
        intake.files.remove(at)
        raise


@dataclass(slots=True)
class _Intake:
    """One call under way."""

    rows: list[Row]
    at: datetime.datetime
    seen: set[tuple[Any, ...]] = field(default_factory=set)
    files: PictureFiles = field(default_factory=PictureFiles)
    admitted: dict[int, tuple[Row, Article]] = field(default_factory=dict)
    found: dict[tuple[Any, ...], models.Model] = field(default_factory=dict)

    # Before the transaction

    def store_pictures(self) -> None:
        """Look at the files of the pictures that are new here, and keep them."""
        rows = [row for row in self.rows if row.kind.model is Picture]
        hashes = [str(row.fields.get("sha256")) for row in rows]
        known = set(Picture.objects.filter(sha256__in=hashes).values_list("sha256", flat=True))
        for row, sha256 in zip(rows, hashes, strict=True):
            if sha256 not in known and sha256 not in self.files.originals:
                self._keep_picture(row)

    def _keep_picture(self, row: Row) -> None:
        name = row.fields.get("file")
        folder = (row.file.parent / PICTURE_FOLDER).resolve()
        if not isinstance(name, str) or not _FILE_NAME.fullmatch(name):
            raise row.broken(
                _(
                    "“file” must be the name of a file in the folder “%(folder)s” beside the fixture."
                )
                % {"folder": PICTURE_FOLDER}
            )
        path = (folder / name).resolve()
        if path.parent != folder or not path.is_file():
            raise row.broken(
                _("There is no file %(name)s in the folder “%(folder)s” beside the fixture.")
                % {"name": name, "folder": PICTURE_FOLDER}
            )
        try:
            with path.open("rb") as file:
                facts, data = pictures.inspect(file)
        except ValidationError as error:
            raise row.broken(f"{name}：{_joined(error.messages)}") from error
        if facts.sha256 != row.fields.get("sha256"):
            raise row.broken(
                _("The file %(name)s is another than the row says; its SHA-256 is %(sha256)s.")
                % {"name": name, "sha256": facts.sha256}
            )
        self.files.keep(facts, data)

    def make_renditions(self, progress: Callable[[int, int], None] | None) -> None:
        """Make the public forms of the pictures in those new articles that were published."""
        try:
            self.files.make_renditions(self._hashes_to_show(), progress)
        except OSError as error:
            raise Refused(
                _(
                    "The pictures could not be made ready for the site: %(error)s. Nothing was loaded."
                )
                % {"error": error}
            ) from error

    def _hashes_to_show(self) -> set[str]:
        known = set(Article.objects.legacy().values_list("legacy_system", "legacy_id"))
        hashes: set[str] = set()
        for row in self.rows:
            if (
                row.kind.model is Article
                and row.fields.get("status") == Status.PUBLISHED
                and tuple(str(row.fields.get(name)) for name in row.kind.key) not in known
            ):
                hashes.update(picture_hashes(str(row.fields.get("body"))))
                lead = row.fields.get("lead_picture")
                if isinstance(lead, list) and lead:
                    hashes.add(str(lead[0]))
        return hashes

    # Inside it

    def take(self) -> int:
        """Take the rows in, then admit the articles; gives the number of new rows."""
        if any(row.kind.model is User for row in self.rows):
            _make_absent_roles()
        new = sum(self._take_row(row) for row in self.rows)
        self._admit()
        return new

    def _admit(self) -> None:
        articles = [article for _row, article in self.admitted.values()]
        try:
            services.admit(services.Arrival.of_rows(articles), at=self.at)
        except DatabaseError as error:
            raise Refused(
                _("The articles could not be taken in: %(error)s. Nothing was loaded.")
                % {"error": error}
            ) from error

    def _take_row(self, row: Row) -> bool:
        """Take one row in; False when it was here before."""
        key = self._key(row)
        if (row.kind.model, *key.values()) in self.seen:
            raise row.broken(_("It comes twice."))
        self.seen.add((row.kind.model, *key.values()))
        if self._is_here(row, key):
            return False
        values, many = self._values(row, row.fields)
        instance = row.kind.model(**values)
        _clean_texts(instance)
        self._check(row, instance)
        try:
            instance.full_clean(exclude=_filled_on_saving(instance))
            instance.save(force_insert=True)
        except ValidationError as error:
            raise row.broken(_sentences(row.kind.model, error)) from error
        except (DatabaseError, ValueError) as error:
            raise row.broken(str(error)) from error
        for name, related in many.items():
            getattr(instance, name).set(related)
        if isinstance(instance, Article):
            self.admitted[instance.pk] = (row, instance)
        return True

    def _is_here(self, row: Row, key: dict[str, Any]) -> bool:
        if row.kind.model not in {Byline, Tagging}:
            model: Any = row.kind.model
            return bool(model.objects.filter(**key).exists())
        article = key[row.kind.key[0]]
        if article is None:
            raise row.broken(_("It does not say which article it belongs to."))
        if not article.legacy_system:
            raise row.broken(_("It belongs to an article that was written here."))
        return article.pk not in self.admitted

    def _key(self, row: Row) -> dict[str, Any]:
        """The values by which the row is known, in the form in which they would be stored."""
        given = {name: row.fields[name] for name in row.kind.key if name in row.fields}
        values, _many = self._values(row, given)
        probe = row.kind.model(**values)
        _clean_texts(probe)
        probe.clean()
        return {name: getattr(probe, name, None) for name in row.kind.key}

    def _values(
        self, row: Row, fields: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, list[models.Model]]]:
        """The values of fields as Python knows them, and the rows of the many-to-many ones."""
        values: dict[str, Any] = {"pk": 1} if row.kind.model is Identity else {}
        many: dict[str, list[models.Model]] = {}
        for name, raw in fields.items():
            try:
                target = row.kind.model._meta.get_field(name)
            except FieldDoesNotExist as error:
                raise row.broken(_("There is no field “%(field)s”.") % {"field": name}) from error
            if name in row.kind.closed or not isinstance(target, models.Field):
                raise row.broken(_("“%(field)s” is set by the system.") % {"field": name})
            if target.many_to_many:
                keys = raw if isinstance(raw, list) else [raw]
                many[name] = [self._referred(row, target, key) for key in keys]
            elif target.is_relation:
                values[name] = None if raw is None else self._referred(row, target, raw)
            elif name != "file":
                values[name] = _value(row, target, raw)
        return values, many

    def _referred(self, row: Row, target: models.Field, key: Any) -> models.Model:
        """The row that a natural key names."""
        model: Any = target.related_model
        try:
            if not isinstance(key, list):
                raise TypeError
            if (model, *key) not in self.found:
                self.found[model, *key] = model.objects.get_by_natural_key(*key)
        except (TypeError, ValueError) as error:
            raise row.broken(
                _("“%(field)s” needs a natural key, a list; %(value)s is none.")
                % {"field": target.verbose_name, "value": _shown(key)}
            ) from error
        except ObjectDoesNotExist as error:
            raise row.broken(
                _("“%(field)s”: there is no “%(value)s”.")
                % {"field": target.verbose_name, "value": _shown(key)}
            ) from error
        return self.found[model, *key]

    def _check(self, row: Row, instance: models.Model) -> None:
        """What holds for this kind of row beyond what its model says."""
        if isinstance(instance, Article):
            _check_article(row, instance, self.at)
        elif isinstance(instance, Picture):
            stored = self.files.originals[instance.sha256]
            for name in ("file", "bytes", "width", "height", "mime"):
                setattr(instance, name, getattr(stored, name))
        elif isinstance(instance, User):
            if instance.password and not instance.password.startswith("!"):
                raise row.broken(
                    _("It carries a password. Set passwords with: manage.py changepassword.")
                )
            if instance.is_superuser:
                raise row.broken(
                    _("It is a superuser. Make those with: manage.py createsuperuser.")
                )
            instance.password = make_password(None)


# What is looked at in a row


def _read_row(file: Path, place: int, raw: Any) -> Row:
    label = raw.get("model") if isinstance(raw, dict) else None
    fields = raw.get("fields") if isinstance(raw, dict) else None
    if not isinstance(label, str) or not isinstance(fields, dict):
        raise _refusal(file, place, "?", _("A row needs “model” and “fields”."))
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError) as error:
        raise _refusal(file, place, label, _("There are no rows of this kind.")) from error
    kind = next((kind for kind in KINDS if kind.model is model), None)
    if kind is None:
        raise _refusal(
            file,
            place,
            label,
            _("Rows of this kind are made by the system; no fixture brings them."),
        )
    row = Row(file, place, kind, fields)
    if raw.get("pk") not in ((None, 1) if model is Identity else (None,)):
        raise row.broken(_("Leave out “pk”: a row is known by its natural key."))
    return row


def _refusal(file: Path, place: int, name: str, why: str) -> Refused:
    return Refused(
        _("%(file)s, row %(place)d (%(name)s): %(why)s Nothing was loaded.")
        % {"file": file.name, "place": place, "name": name, "why": why}
    )


def _value(row: Row, target: models.Field, raw: Any) -> Any:
    if raw is None and not target.null:
        raise row.broken(_("“%(field)s” must not be null.") % {"field": target.verbose_name})
    try:
        if isinstance(raw, list | dict):
            raise ValidationError(_("%(value)s is no single value.") % {"value": _shown(raw)})
        value = target.to_python(raw)
    except ValidationError as error:
        raise row.broken(f"{target.verbose_name}：{_joined(error.messages)}") from error
    if isinstance(value, datetime.datetime) and timezone.is_naive(value):
        return timezone.make_aware(value)
    return value


def _clean_texts(instance: models.Model) -> None:
    for target in instance._meta.concrete_fields:
        text = getattr(instance, target.attname)
        if not isinstance(text, str):
            continue
        if target.name == "body":
            setattr(instance, target.attname, clean_body(text))
        elif isinstance(target, models.TextField):
            setattr(instance, target.attname, clean_lines(text))
        elif isinstance(target, models.CharField):
            setattr(instance, target.attname, clean_line(text))


def _filled_on_saving(instance: models.Model) -> set[str]:
    return {"slug"} if isinstance(instance, Tag) and not instance.slug else set()


def _check_article(row: Row, article: Article, at: datetime.datetime) -> None:
    if not article.legacy_system or not article.legacy_id:
        raise row.broken(
            _(
                "Only articles of an earlier system come by fixture: give legacy_system and legacy_id."
            )
        )
    if article.status not in STATUSES:
        raise row.broken(
            _("The status “%(status)s” cannot be brought in: use published or draft.")
            % {"status": article.status}
        )
    if not article.number:
        raise row.broken(_("The number is missing."))
    if other := Article.objects.filter(number=article.number).first():
        raise row.broken(
            _("The number %(number)d is taken by “%(headline)s”.")
            % {"number": article.number, "headline": other.headline}
        )
    first = article.first_published_at
    if first is None and article.status == Status.PUBLISHED:
        raise row.broken(_("A published article needs first_published_at."))
    if first and first > at:
        raise row.broken(
            _("first_published_at lies in the future: %(time)s.")
            % {"time": f"{timezone.localtime(first):%Y-%m-%d %H:%M}"}
        )
    _check_lengths(row, article)
    _check_pictures(row, article)


def _check_lengths(row: Row, article: Article) -> None:
    """Django leaves the length of longer texts to forms."""
    for name in ("summary", "body"):
        target = _field(Article, name)
        length, limit = len(getattr(article, name)), target.max_length
        if limit and length > limit:
            raise row.broken(
                _("%(field)s has %(length)d characters; at most %(limit)d are allowed.")
                % {"field": target.verbose_name, "length": length, "limit": limit}
            )


def _check_pictures(row: Row, article: Article) -> None:
    """Refuse a body whose pictures cleaning would drop, or that are not in the library."""
    given = len(_IMAGE.findall(str(row.fields.get("body"))))
    if given != len(_IMAGE.findall(article.body)):
        raise row.broken(_("The body shows a picture otherwise than by /picture/ and its SHA-256."))
    hashes = picture_hashes(article.body)
    known = set(Picture.objects.filter(sha256__in=hashes).values_list("sha256", flat=True))
    for sha256 in hashes:
        if sha256 not in known:
            raise row.broken(
                _("The body shows the picture %(sha256)s, which is not in the library.")
                % {"sha256": sha256}
            )


def _make_absent_roles() -> None:
    """Accounts name their roles; on a fresh database these are not there yet."""
    names = {role.name for role in roles.all_roles()}
    if Group.objects.filter(name__in=names).count() < len(names):
        roles.sync()


# Words


def _sentences(model: type[models.Model], error: ValidationError) -> str:
    """All that a model has against a row, with the names of the fields."""
    sentences = []
    for name, messages in error.message_dict.items():
        prefix = "" if name == "__all__" else f"{_field(model, name).verbose_name}："
        sentences.append(prefix + _joined(messages))
    return " ".join(sentences)


def _field(model: type[models.Model], name: str) -> models.Field:
    found = model._meta.get_field(name)
    assert isinstance(found, models.Field)
    return found


def _joined(messages: list[str]) -> str:
    return " ".join(messages)


def _shown(value: Any) -> str:
    """A value of a row for people, cut short."""
    parts = value if isinstance(value, list) else [value]
    text = " ".join(str(part) for part in parts if part not in (None, ""))
    return text if len(text) <= 80 else f"{text[:80]}…"
