"""Who and what a center has already: contributors, units, sources, channels, matched by name before
any is made.

All are read once and kept in memory. What looks like one that is there, but for its writing, is
made all the same and told of, never merged: whether 青溪融媒体中心 is 青溪县融媒体中心, people know.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from django.utils.text import slugify
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin

from articles.models import Channel
from articles.text import clean_line
from legacy import characters
from legacy.addresses import is_web_address
from legacy.names import Known, may_be_name
from legacy.records import Credit
from people.models import Contributor, Unit, User, unpadded
from sources.models import Source

LONGEST_SLUG = 40  # characters
LONGEST_HOME_PAGE = 200

# Words that one writing of an outlet's or a unit's name has and another leaves out.
_LEFT_OUT = re.compile(r"[省市县区镇乡]|街道|[\W_]")


@dataclass(slots=True)
class Directory:
    """The rows by their names. `made` has what was made by kind and name, `notes` says what somebody should look
    at; the caller takes both when the rows are in the database, and forgets when they are not."""

    sources: dict[str, int] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    contributors: dict[str, dict[str, int]] = field(default_factory=dict)  # by name, then unit
    channels: dict[int, Channel] = field(default_factory=dict)
    likenesses: dict[str, dict[str, str]] = field(default_factory=dict)
    made: set[tuple[str, str]] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    own: int | None = None
    asked: dict[tuple[str, str], int] = field(default_factory=dict)  # channels, as records say them

    @classmethod
    def read(cls) -> "Directory":
        """All that is in the database."""
        directory = cls()
        directory.read_again()
        return directory

    def read_again(self) -> None:
        """Forget what was made here and take what is in the database."""
        self.made, self.notes = set(), []
        self.sources = dict(Source.objects.values_list("name", "pk"))
        self.own = Source.objects.filter(is_own=True).values_list("pk", flat=True).first()
        self.units = dict(Unit.objects.values_list("name", "pk"))
        self.contributors = {}
        for name, unit, pk in Contributor.objects.values_list("name", "unit__name", "pk"):
            self.contributors.setdefault(name, {})[unit or ""] = pk
        self.channels = Channel.objects.in_bulk()
        self.asked = {}
        self.likenesses = {
            "source": {_likeness(name): name for name in self.sources},
            "unit": {_likeness(name): name for name in self.units},
            "contributor": {_likeness_of_person(name): name for name in self.contributors},
        }

    def known(self) -> Known:
        """What the grammar of by-lines asks for; what only got in among the names is not believed
        for standing there."""
        return Known(
            names=frozenset(filter(may_be_name, self.contributors)),
            units=frozenset(filter(may_be_name, self.units)),
            sources=frozenset(filter(may_be_name, self.sources)),
            accounts=frozenset(User.objects.values_list("username", flat=True)),
        )

    def take_notes(self) -> list[str]:
        """What is to be told since this was last asked."""
        notes, self.notes = self.notes, []
        return notes

    # Sources

    def source(self, name: str, home_url: str = "", *, is_own: bool = False) -> int:
        """The id of the source of this name; `is_own` marks it as the center's where none is."""
        name = clean_line(name)
        if name not in self.sources:
            if not is_web_address(home_url, LONGEST_HOME_PAGE):
                home_url = ""
            is_own = is_own and self.own is None
            source = Source.objects.create(name=name, home_url=home_url, is_own=is_own)
            self.sources[name] = source.pk
            self.own = source.pk if is_own else self.own
            self.made.add(("source", name))
            self._tell_of_likeness("source", name, _likeness(name))
        elif is_own and self.own is None:
            self.own = self.sources[name]
            Source.objects.filter(pk=self.own).update(is_own=True)
        return self.sources[name]

    # Contributors

    def contributor(self, credit: Credit, *, is_exact: bool = False) -> int:
        """The id of the contributor that a credit names.

        A name without a unit is the only one of that name, wherever they belong; of several the
        one without a unit. `is_exact` says that no unit means the one without.
        """
        name, unit = unpadded(credit.name), clean_line(credit.unit)
        namesakes = self.contributors.setdefault(name, {})
        if unit in namesakes:
            return namesakes[unit]
        if not unit and not is_exact and len(namesakes) == 1:
            return next(iter(namesakes.values()))
        contributor = Contributor.objects.create(
            name=name, unit_id=self._unit(unit) if unit else None, is_unit=credit.is_unit
        )
        self.made.add(("contributor", f"{name} {unit}"))
        if namesakes and not is_exact:
            self.notes.append(
                _("There are several contributors called “%(name)s” now: %(units)s.")
                % {
                    "name": name,
                    "units": _("; ").join(
                        other or _("without a unit") for other in [*namesakes, unit]
                    ),
                }
            )
        elif not is_exact:
            self._tell_of_likeness("contributor", name, _likeness_of_person(name))
        namesakes[unit] = contributor.pk
        return contributor.pk

    def _unit(self, name: str) -> int:
        if name not in self.units:
            self.units[name] = Unit.objects.create(name=name, kind=Unit.Kind.OTHER).pk
            self.made.add(("unit", name))
            self._tell_of_likeness("unit", name, _likeness(name))
        return self.units[name]

    def _tell_of_likeness(self, kind: str, name: str, likeness: str) -> None:
        other = self.likenesses[kind].setdefault(likeness, name)
        if other != name:
            self.notes.append(
                _("“%(new)s” was made and is perhaps the same as “%(old)s”.")
                % {"new": name, "old": other}
            )

    # Channels

    def channel(self, name: str, slug: str = "") -> int | None:
        """The id of the channel of this name or address, or of this name below another; None for
        none. Of more than two levels, the first and the last."""
        if (name, slug) not in self.asked:
            names, slugs = _path(name), _path(slug)
            if not names and not slugs:
                return None
            parts = name.split("/", max(len(slugs) - 1, 0))
            if len(parts) == len(slugs):
                # As many names as addresses; a slash more is part of a name.
                names = [clean_line(part) for part in parts]
            self.asked[name, slug] = self._channel(names or slugs, slugs).pk
        return self.asked[name, slug]

    def _channel(self, names: list[str], slugs: list[str]) -> Channel:
        slug = slugs[-1] if slugs else ""
        if slug and (known := self._by_slug(slug)):
            return known
        if len(names) == 1:
            known = self._below(None, names[0]) if slug else self._by_name(names[0])
            return known or self._make_channel(names[0], slug)
        top_slug = slugs[0] if len(slugs) > 1 else ""
        top = (
            self._by_slug(top_slug)
            or self._below(None, names[0])
            or self._make_channel(names[0], top_slug)
        )
        return self._below(top, names[-1]) or self._make_channel(names[-1], slug, parent=top)

    def _by_slug(self, slug: str) -> Channel | None:
        return next((row for row in self.channels.values() if row.slug == slug), None)

    def _by_name(self, name: str) -> Channel | None:
        """The channel of this name, one of the first level before others, or of this address."""
        named = [row for row in self.channels.values() if row.name == name]
        named.sort(key=lambda row: (row.parent_id is not None, row.order, row.pk))
        return named[0] if named else self._by_slug(name)

    def _below(self, parent: Channel | None, name: str) -> Channel | None:
        at = parent.pk if parent else None
        return next(
            (row for row in self.channels.values() if row.parent_id == at and row.name == name),
            None,
        )

    def _make_channel(self, name: str, slug: str, parent: Channel | None = None) -> Channel:
        if not slug or slugify(slug) != slug:
            slug = self._free_slug(name, parent)
        channel = Channel.objects.create(name=name, slug=slug, parent=parent)
        self.channels[channel.pk] = channel
        self.made.add(("channel", slug))
        return channel

    def _free_slug(self, name: str, parent: Channel | None) -> str:
        plain = slugify("".join(lazy_pinyin(name)))[:LONGEST_SLUG] or "channel"
        below = f"{parent.slug}-{plain}"[:LONGEST_SLUG] if parent else plain
        counted = (f"{plain[: LONGEST_SLUG - 4]}-{place}" for place in range(2, 1000))
        return next(slug for slug in (plain, below, *counted) if not self._by_slug(slug))


def _path(text: str) -> list[str]:
    parts = [part for part in map(clean_line, text.split("/")) if part]
    return parts if len(parts) < 3 else [parts[0], parts[-1]]


def _likeness(name: str) -> str:
    """What two writings of one outlet or unit have in common."""
    plain = characters.simplified(unicodedata.normalize("NFKC", name)).casefold()
    return _LEFT_OUT.sub("", plain) or plain


def _likeness_of_person(name: str) -> str:
    plain = characters.simplified(unicodedata.normalize("NFKC", name)).casefold()
    return re.sub(r"[\W_]", "", plain) or plain
