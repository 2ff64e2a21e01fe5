"""What the by-lines of one page say, gathered from all of its places and settled at the end."""

import re
from dataclasses import dataclass, field, replace
from enum import IntEnum

from django.utils.translation import gettext as _

from articles.models import AUTHOR_ROLES, Role
from legacy import names
from legacy.names import Known, Named
from legacy.records import Credit, Doubt
from legacy.times import Moment


class Rank(IntEnum):
    """Where a source is named; the first of these that a page has is taken."""

    LABEL = 0
    DATELINE = 1
    OUTLET = 2
    REPORTER = 3
    HOST = 4
    OWN = 5


# How sure each of them is.
SURE = {
    Rank.LABEL: 1.0,
    Rank.DATELINE: 0.9,
    Rank.OUTLET: 0.7,
    Rank.REPORTER: 0.7,
    Rank.HOST: 0.6,
    Rank.OWN: 0.4,
}

# What an outlet calls itself.
OWN = {"本报", "本网", "本台", "本站", "本刊", "本社"}
WRITING = (Role.REPORTER, Role.CORRESPONDENT, Role.INTERN)

_REVIEWERS = (Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.FINAL_REVIEWER)
_NO_OUTLET = ("网络", "互联网", "本站", "原创", "转载", "未知")


@dataclass(frozen=True, slots=True)
class Credits:
    """What the by-lines of one page say. `sources` has more than one where the page names several;
    `source` is the first."""

    source: str = ""
    sources: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = ()
    moment: Moment | None = None
    has_dateline: bool = False
    confidence: dict[str, float] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()


@dataclass(slots=True)
class Group:
    """People whom one label or one tail speaks of."""

    label: str
    roles: tuple[Role, ...]
    stated: bool = True
    review: int = 0
    unit: str = ""
    people: list[Named] = field(default_factory=list)
    dateline: bool = False
    # How sure it is that these are people at all.
    sure: float = 1.0

    def speaks_of_authors(self) -> bool:
        return not self.review and all(role in AUTHOR_ROLES for role in self.roles)


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """What the source may be called; the lowest rank wins."""

    rank: Rank
    name: str = field(compare=False)
    sure: float = field(compare=False)


class Page:
    """Gathers what the strings of one page say, and settles it at the end."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.groups: list[Group] = []
        self.sources: list[Candidate] = []
        self.moments: list[Moment] = []
        self.doubts: list[Doubt] = []
        self.impossible = False
        self.has_dateline = False
        self.unsure: dict[str, float] = {}

    def add_moment(self, moment: Moment | None, text: str) -> None:
        if moment:
            self.moments.append(moment)
        else:
            self.impossible = True
            self.doubt("published_at", _("“%(text)s” is no possible date."), text=text)

    def doubt(self, part: str, sentence: str, sure: float = 1.0, **words: str) -> None:
        """Say something of `part`, once; `sure` is how sure that leaves it."""
        doubt = Doubt(part, sentence % words)
        if doubt not in self.doubts:
            self.doubts.append(doubt)
        if sure < 1:
            self.unsure[part] = min(sure, self.unsure.get(part, 1.0))

    def add_candidate(self, rank: Rank, name: str) -> None:
        """Take a name for that of the source, by the place where it stands."""
        if name in OWN:
            rank = Rank.OWN
        names_none = names.is_nobody(name) or name.startswith(_NO_OUTLET)
        sure = min(SURE[rank], 0.6) if names_none else SURE[rank]
        if len(name) <= _LONGEST and names.may_be_name(name):
            self.sources.append(Candidate(rank, name, sure))
        else:
            self.not_understood("source", name)

    def add_source(self, value: str) -> list[Named]:
        """Take what stands after 来源; gives the people who are named there, too."""
        people: list[Named] = []
        found: list[str] = []
        for piece in filter(None, _SEVERAL.split(value)):
            if names.is_unit(piece, self.known):
                found.append(piece)
                continue
            glued = names.unit_and_person(piece, self.known)
            if glued and names.is_outlet(glued[0], self.known):
                found.append(glued[0])
                people.append(Named(glued[1], sure=0.7, text=piece))
            elif found and names.is_person(piece, self.known):
                people.append(Named(piece, sure=0.6, text=piece))
            else:
                found.append(piece)
        for name in found:
            self.add_candidate(Rank.LABEL, name)
        return people

    def not_understood(self, part: str, text: str) -> None:
        self.doubt(
            part,
            _("“%(text)s” stands where a name is expected and was not understood."),
            0.2,
            text=text,
        )

    # Settling -----------------------------------------------------------------------------------

    def credits(self) -> Credits:
        """All that was gathered, each person once in each role."""
        found = self.one_role_each(self.people())
        source, sources = self.settled_source()
        found = [self.without_own_outlet(one, sources) for one in found]
        confidence = dict(self.unsure)
        for one in found:
            part = part_of(one.credit.role)
            confidence[part] = min(one.sure, confidence.get(part, 1.0))
        moment = self.settled_moment(confidence)
        if sources:
            sure = min(self.sources).sure
            confidence["source"] = min(sure, confidence.get("source", 1.0))
        order = list(Role)
        return Credits(
            source=source,
            sources=sources,
            credits=tuple(
                one.credit for one in sorted(found, key=lambda one: order.index(one.credit.role))
            ),
            moment=moment,
            has_dateline=self.has_dateline,
            confidence=confidence,
            doubts=tuple(self.doubts),
        )

    def people(self) -> list["_Found"]:
        """Everyone named, once for each role; those who are refused are told as doubts."""
        self.give_reviews()
        found: dict[tuple[str, Role], _Found] = {}
        for group in self.groups:
            for person in group.people:
                if not self.may_be_credited(person, group):
                    continue
                self.tell_note(person, group)
                for role in group.roles:
                    one = self.found(person, role, group)
                    key = (one.credit.name, one.credit.role)
                    found[key] = found[key].joined(one) if key in found else one
        return list(found.values())

    def found(self, person: Named, role: Role, group: Group) -> "_Found":
        """One credit. Who is named with a unit that is no outlet, and with no role, sent the piece
        in: a correspondent."""
        one = _Found.of(person, role, group)
        if one.credit.stated or not one.credit.unit or names.is_outlet(one.credit.unit, self.known):
            return one
        return replace(one, credit=replace(one.credit, role=Role.CORRESPONDENT))

    def give_reviews(self) -> None:
        """Give 总编, 主编, 编审 and 审核 the last review whose signer is not named."""
        signers = {role: self.named_as(role) for role in _REVIEWERS}
        given: dict[int, Role] = {}
        for group in sorted(self.groups, key=lambda group: group.review):
            if not group.review or not group.people:
                continue
            signed = {names.stored(one.name) for one in group.people}
            role = (
                given.get(group.review)
                or next((role for role in _REVIEWERS if signers[role] >= signed), None)
                or next((role for role in reversed(_REVIEWERS) if not signers[role]), None)
            )
            if role:
                given[group.review] = role
                signers[role] |= signed
                group.roles = (role,)
            else:
                self.doubt(
                    "editor",
                    _("“%(name)s” (%(label)s) was left out: all reviews are signed by others."),
                    0.7,
                    name="、".join(sorted(signed)),
                    label=group.label,
                )
                group.people = []

    def named_as(self, role: Role) -> set[str]:
        return {
            names.stored(one.name)
            for group in self.groups
            if role in group.roles
            for one in group.people
        }

    def may_be_credited(self, person: Named, group: Group) -> bool:
        part = part_of(group.roles[0])
        name = names.stored(person.name)
        words = {"name": name, "label": group.label}
        if not name:
            return False
        if len(name) > _LONGEST or not names.may_be_name(name):
            self.not_understood(part, person.text)
        elif names.is_nobody(name):
            self.doubt(
                part, _("“%(name)s” (%(label)s) names nobody and was left out."), 0.6, **words
            )
        elif names.is_login(name, self.known):
            self.doubt(
                part, _("“%(name)s” (%(label)s) is a login name and was left out."), 0.6, **words
            )
        elif part == "editor" and self.is_site(person, name):
            self.doubt(
                part,
                _("“%(name)s” (%(label)s) is a site, unit or place and was left out."),
                0.6,
                **words,
            )
        else:
            return True
        return False

    def is_site(self, person: Named, name: str) -> bool:
        if name in self.known.names:
            return False
        return (
            person.is_unit or name in names.PLACES or any(name == one.name for one in self.sources)
        )

    def tell_note(self, person: Named, group: Group) -> None:
        if person.note in _NOTES:
            part = part_of(group.roles[0])
            self.doubt(part, _NOTES[person.note](), text=person.text, name=person.name)
        elif group.sure < 0.6:
            self.doubt(
                "credits",
                _("“%(text)s” stands alone; nothing says that these are the authors."),
                text=person.text,
            )

    def one_role_each(self, found: list["_Found"]) -> list["_Found"]:
        """Who wrote is reporter, correspondent or intern, one of them: what is stated wins over
        what is not, the dateline over other places."""
        kept: dict[str, _Found] = {}
        for one in found:
            name = one.credit.name
            if one.credit.role not in WRITING:
                continue
            other = kept.get(name)
            if other is None:
                kept[name] = one
                continue
            first, second = (one, other) if one.weight() > other.weight() else (other, one)
            kept[name] = first
            if second.credit.stated:
                self.doubt(
                    "credits",
                    _("%(name)s is named in two roles; %(role)s was taken."),
                    name=name,
                    role=str(first.credit.role.label),
                )
        return [
            one for one in found if one.credit.role not in WRITING or kept[one.credit.name] is one
        ]

    def settled_source(self) -> tuple[str, tuple[str, ...]]:
        if not self.sources:
            return "", ()
        best = min(self.sources)
        named = tuple(dict.fromkeys(one.name for one in self.sources if one.rank == best.rank))
        if best.rank is Rank.OWN:
            self.doubt(
                "source",
                _("The page says only “%(name)s”, not which outlet that is."),
                name=best.name,
            )
        elif len(named) > 1:
            self.doubt(
                "source",
                _("Several sources are named: %(names)s; the first was taken."),
                0.7,
                names="、".join(named),
            )
        return best.name, named

    def without_own_outlet(self, one: "_Found", sources: tuple[str, ...]) -> "_Found":
        """A reporter of the source itself needs no unit."""
        unit = one.credit.unit
        if unit and any(unit in source or source in unit for source in sources):
            return replace(one, credit=replace(one.credit, unit=""))
        return one

    def settled_moment(self, confidence: dict[str, float]) -> Moment | None:
        """The first time that is settled, else the first; and how sure it is."""
        if not self.moments:
            if self.impossible:
                confidence["published_at"] = 0.0
            return None
        moment = next((one for one in self.moments if one.at), self.moments[0])
        if moment.at:
            confidence["published_at"] = 0.9 if moment.date_only else 1.0
            return moment
        confidence["published_at"] = 0.2
        if moment.has_year:
            sentence = _("“%(text)s” can be read as two dates.")
        else:
            sentence = _("“%(text)s” has no year.")
        self.doubt("published_at", sentence, text=moment.text)
        return moment


@dataclass(frozen=True, slots=True)
class _Found:
    """One credit, how sure it is, and whether the dateline has it."""

    credit: Credit
    sure: float
    dateline: bool

    @classmethod
    def of(cls, person: Named, role: Role, group: Group) -> "_Found":
        stated = group.stated or role not in WRITING
        sure = min(person.sure, group.sure, 1.0 if stated else 0.8, 0.7 if group.review else 1.0)
        unit = person.unit or group.unit
        credit = Credit(
            name=names.stored(person.name),
            role=role,
            unit="" if person.is_unit else names.stored(unit),
            is_unit=person.is_unit,
            stated=stated,
        )
        return cls(credit, sure, group.dateline)

    def joined(self, other: "_Found") -> "_Found":
        """The same person in the same role, named twice."""
        first, second = (self, other) if self.weight() >= other.weight() else (other, self)
        credit = replace(first.credit, unit=first.credit.unit or second.credit.unit)
        return _Found(credit, max(self.sure, other.sure), self.dateline or other.dateline)

    def weight(self) -> tuple[bool, bool, float]:
        return self.credit.stated, self.dateline, self.sure


# What the names of contributors, units and sources may be long, in characters.
_LONGEST = 60
_NOTES = {
    "run_on": lambda: _("“%(text)s” was taken apart without a blank; one of them is %(name)s."),
    "ambiguous": lambda: _("“%(text)s” can be taken apart in more than one way; %(name)s is one."),
    "padding": lambda: _("“%(text)s” has a blank inside a name; it was read as %(name)s."),
}
_SEVERAL = re.compile(r"[、,;\s]+")


def part_of(role: Role) -> str:
    """The field of a record that a credit in this role is part of."""
    return "credits" if role in AUTHOR_ROLES else "editor"
