"""What a household of the list would do to the register: rows to write, and the same in words."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from uuid6 import uuid7

from intake.cells import Problem
from intake.kinds.base import SKIP, Context, State, Unit
from residents.actions.household_batch import NewHousehold, NewPerson
from residents.models import IndicatorVersion, Observation, Resident
from residents.models.indicators import Subject, age_on
from sheets.phones import phone_text

from .grouping import FileHome, FilePerson
from .matching import Match
from .people import APART, NEAR, People, band_of, born_on, changes_of, match_people
from .register import KnownHome, KnownPerson, Register

ADULT = 18
Answer = Observation.Answer
LABELS = {
    "head_name": "chủ hộ", "address": "địa chỉ", "street": "đường, ngõ", "order_no": "thứ tự", "phone": "điện thoại",
    "note": "ghi chú", "label": "tên", "birth_year": "năm sinh", "birth_date": "ngày sinh", "age_band": "nhóm tuổi",
    "sex": "giới tính", "stays": "cư trú",
}  # fmt: skip
CHOICES = {"sex": dict(Resident.Sex.choices), "stays": dict(Resident.Stays.choices)}


@dataclass(slots=True)
class HomePlan:
    village: int
    household: uuid.UUID
    new: NewHousehold | None = None
    changes: dict[str, tuple] = field(default_factory=dict)  # column → (old, new)
    people: list[NewPerson] = field(default_factory=list)
    person_changes: dict[uuid.UUID, dict[str, tuple]] = field(default_factory=dict)
    answers: list[tuple[uuid.UUID | None, int, str]] = field(default_factory=list)  # (person, indicator, answer)

    @property
    def does_nothing(self) -> bool:
        return not (self.new or self.changes or self.people or self.person_changes or self.answers)

    def essence(self) -> bytes:
        """A digest of what it would do, without ids that are made anew each time."""
        people = [
            (each.label, each.birth_year, each.birth_date, each.age_band, each.sex, each.stays) for each in self.people
        ]
        known = set(self.person_changes)
        answers = sorted((str(pk) if pk in known else "", indicator, answer) for pk, indicator, answer in self.answers)
        target = None if self.new else self.household
        fields = (self.new.code, self.new.address, self.new.street, self.new.phone, self.new.note) if self.new else ()
        told = target, fields, self.changes, people, sorted(map(str, self.person_changes.items())), answers
        return hashlib.sha256(repr(told).encode()).digest()


@dataclass(slots=True)
class _Subject:
    """A person of the household after the plan, known or new."""

    pk: uuid.UUID
    born_on: dt.date | None
    is_head: bool
    is_known: bool

    def is_of_age(self, version: IndicatorVersion, day: dt.date) -> bool:
        age = age_on(self.born_on, day) if self.born_on else ADULT
        return (version.min_age or 0) <= age and (version.max_age is None or age <= version.max_age)


class Planning:
    def __init__(self, register: Register, versions: Mapping[int, IndicatorVersion], context: Context):
        self.register = register
        self.versions = versions
        self.context = context
        self.blank_is_no = context.options.get("blanks") == "no"

    def unit(self, home: FileHome, match: Match) -> Unit:
        unit = Unit(min(home.rows), max(home.rows), State.WRONG, _label(home), choice=match.choice)
        unit.problems = [*home.problems, *match.problems]
        unit.offers = match.offers
        if match.choice == SKIP:
            unit.state, unit.told = State.LEFT, "Bỏ qua theo lựa chọn của bạn."
            return unit
        if home.village is None or any(problem.is_wrong for problem in unit.problems):
            return unit
        if match.is_open:
            unit.state = State.DOUBT
            return unit
        plan = self._known(home, match, unit) if match.known else self._new(home, unit)
        if any(problem.is_wrong for problem in unit.problems) or unit.state == State.DOUBT:
            return unit
        unit.plan, unit.essence = plan, plan.essence()
        unit.state = State.NEW if plan.new else State.SAME if plan.does_nothing else State.CHANGED
        unit.told = _told(plan, self.register)
        return unit

    # --- a household that is new

    def _new(self, home: FileHome, unit: Unit) -> HomePlan:
        pk, day = uuid7(), self.context.day
        new = NewHousehold(
            id=pk, village=home.village.pk, head_name=home.head_name, since=day, code=home.code, **home.fields
        )
        plan = HomePlan(home.village.pk, pk, new)
        subjects = [self._add(plan, person, pk) for person in home.people]
        self._fill_up(home, plan, pk, subjects)
        self._answers(home, plan, unit, list(zip(home.people, subjects, strict=False)), subjects)
        return plan

    # --- a household that is known

    def _known(self, home: FileHome, match: Match, unit: Unit) -> HomePlan:
        known = match.known
        plan = HomePlan(known.village, known.pk)
        if match.renames:
            plan.changes["head_name"] = (known.head_name, home.head_name)
        for name, value in home.fields.items():
            if value != getattr(known, name):
                plan.changes[name] = (getattr(known, name), value)
        choice = self.context.choices.get(unit.number, "")
        people = match_people(home, known, choice)
        unit.problems += people.problems
        if people.near and choice != NEAR:
            self._offer_near(people, unit)
            return plan
        unit.choice = choice if people.near else unit.choice
        near = {id(person) for person, _ in people.near}
        pairs = []
        for person in home.people:
            if other := people.of(person):
                takes_label = bool(person.key) and id(person) not in near
                self._change(plan, person, other, takes_label=takes_label)
                pairs.append((person, _Subject(other.pk, self._born_on(person, other), other.is_head, True)))
            else:
                pairs.append((person, self._add(plan, person, known.pk)))
        met = {subject.pk for _, subject in pairs}
        others = [
            _Subject(each.pk, _known_born(each), each.is_head, True) for each in known.people if each.pk not in met
        ]
        subjects = [subject for _, subject in pairs] + others
        self._fill_up(home, plan, known.pk, subjects)
        if others and home.size is not None and home.size < len(subjects):
            unit.problems.append(
                Problem(
                    unit.number,
                    "",
                    f"Sổ có {len(subjects)} người, tệp ghi {home.size}; không ai bị xóa khỏi sổ.",
                    False,
                )
            )
        self._answers(home, plan, unit, pairs, subjects)
        return plan

    def _offer_near(self, people: People, unit: Unit) -> None:
        person, other = people.near[0]
        more = f" (và {len(people.near) - 1} người khác)" if len(people.near) > 1 else ""
        text = f"“{person.label}” gần giống “{other.label}” đã có trong hộ{more}. Chọn một cách."
        unit.problems.append(Problem(person.row, "", text, is_wrong=False))
        unit.offers = [
            (NEAR, "Là cùng một người, giữ tên trong sổ"),
            (APART, "Là người khác, thêm mới"),
            (SKIP, "Bỏ qua hộ này"),
        ]
        unit.state = State.DOUBT

    def _born_on(self, person: FilePerson, other: KnownPerson) -> dt.date | None:
        if person.birth:
            return person.birth.date or dt.date(person.birth.year, 1, 1)
        return _known_born(other)

    def _change(self, plan: HomePlan, person: FilePerson, other: KnownPerson, *, takes_label: bool) -> None:
        changes = changes_of(person, other, takes_label=takes_label)
        if not changes or other.forgotten_at:
            return
        told = {name: (getattr(other, name), value) for name, value in changes.items() if getattr(other, name) != value}
        if "age_band" in changes:
            told["age_band_on"] = (other.age_band_on, self.context.day)
        elif "birth_year" in changes and other.age_band:
            told |= {"age_band": (other.age_band, ""), "age_band_on": (other.age_band_on, None)}
        if told:
            plan.person_changes[other.pk] = told
        if other.is_head and "label" in told and plan.household and "head_name" not in plan.changes and other.label:
            plan.changes["head_name"] = (other.label, told["label"][1])

    # --- people

    def _add(self, plan: HomePlan, person: FilePerson, household: uuid.UUID) -> _Subject:
        is_head = person.is_head and not self._has_head(household)
        new = NewPerson(
            id=uuid7(),
            household=household,
            since=self.context.day,
            label=person.label,
            birth_year=person.birth.year,
            birth_date=person.birth.date,
            age_band=person.band,
            age_band_on=self.context.day if person.band else None,
            sex=person.sex,
            stays=person.stays or Resident.Stays.PERMANENT,
            is_head=is_head,
        )
        plan.people.append(new)
        return _Subject(new.id, _born(new), new.is_head, False)

    def _has_head(self, household: uuid.UUID) -> bool:
        known = self.register.homes.get(household)
        return known is not None and any(person.is_head for person in known.people)

    def _fill_up(self, home: FileHome, plan: HomePlan, household: uuid.UUID, subjects: list[_Subject]) -> None:
        """Nameless people up to the numbers that the list tells: first by age band, then in all."""
        day = self.context.day
        for band, wanted in home.bands.items():
            there = sum(band_of(subject.born_on, day) == band for subject in subjects)
            for _ in range(wanted - there):
                subjects.append(self._add(plan, FilePerson(home.rows[0], band=band), household))
        for _ in range((home.size or 0) - len(subjects)):
            subjects.append(self._add(plan, FilePerson(home.rows[0]), household))

    # --- what was seen

    def _answers(self, home: FileHome, plan: HomePlan, unit: Unit, pairs: list, subjects: Sequence[_Subject]) -> None:
        for indicator, answer in home.answers.items():
            self._say(plan, None, indicator, answer)
        for person, subject in pairs:
            for indicator, answer in person.answers.items():
                self._say(plan, subject.pk, indicator, answer)
        for indicator, number in home.tallies.items():
            self._tally(plan, unit, indicator, number, subjects)
        if self.blank_is_no:
            self._blanks(home, plan, pairs)

    def _blanks(self, home: FileHome, plan: HomePlan, pairs: list) -> None:
        """Empty cells in the columns of marks: "not yet", of whom it concerns and of whom nothing is known."""
        said = {(subject, indicator) for subject, indicator, _ in plan.answers}
        for pk, version in self.versions.items():
            if version.subject == Subject.HOUSEHOLD:
                if pk not in home.answers and (None, pk) not in said and not self._holds(plan, None, pk):
                    plan.answers.append((None, pk, Answer.NO))
            elif pk not in home.tallies:
                for _, subject in pairs:
                    concerned = subject.is_of_age(version, self.context.day)
                    if concerned and (subject.pk, pk) not in said and not self._holds(plan, subject.pk, pk):
                        plan.answers.append((subject.pk, pk, Answer.NO))

    def _tally(self, plan: HomePlan, unit: Unit, indicator: int, number: int, subjects: Sequence[_Subject]) -> None:
        """So many of the household have it: those who have it already, then the head, then the others."""
        version = self.versions[indicator]
        concerned = [subject for subject in subjects if subject.is_of_age(version, self.context.day)]
        having = [subject for subject in concerned if self._holds(plan, subject.pk, indicator) == Answer.YES]
        name = version.indicator.short_name
        if number > len(concerned):
            text = (
                f"Ghi {number} người nhưng hộ chỉ có {len(concerned)} người thuộc diện. "
                "Sửa số, hoặc thêm số người trong hộ."
            )
            unit.problems.append(Problem(unit.number, name, text))
            return
        if number < len(having):
            text = f"Sổ đã ghi {len(having)} người có, tệp ghi {number}; không rút lại ghi nhận nào."
            unit.problems.append(Problem(unit.number, name, text, is_wrong=False))
        lacking = [subject for subject in concerned if subject not in having]
        lacking.sort(key=lambda each: (not each.is_head, self._holds(plan, each.pk, indicator) != "", str(each.pk)))
        for index, subject in enumerate(lacking):
            if index < number - len(having):
                self._say(plan, subject.pk, indicator, Answer.YES)
            elif (self.blank_is_no or number == 0) and not self._holds(plan, subject.pk, indicator):
                self._say(plan, subject.pk, indicator, Answer.NO)

    def _say(self, plan: HomePlan, person: uuid.UUID | None, indicator: int, answer: str) -> None:
        if self._holds(plan, person, indicator) != answer:
            plan.answers.append((person, indicator, answer))

    def _holds(self, plan: HomePlan, person: uuid.UUID | None, indicator: int) -> str:
        return self.register.answers.get((person or plan.household, indicator), "")


def _born(new: NewPerson) -> dt.date | None:
    return born_on(new.birth_date, new.birth_year, new.age_band, new.age_band_on)


def _known_born(person: KnownPerson) -> dt.date | None:
    return born_on(person.birth_date, person.birth_year, person.age_band, person.age_band_on)


def _label(home: FileHome) -> str:
    name = f"Hộ {home.head_name}" if home.head_name else "Hộ chưa rõ tên"
    return f"{name}, {home.village}" if home.village else name


def _told(plan: HomePlan, register: Register) -> str:
    parts = []
    if plan.new:
        parts.append(f"Thêm hộ {len(plan.people)} người")
        if plan.new.code:
            parts[0] += f", mã {plan.new.code}"
    else:
        parts += [_change_text(name, *values) for name, values in plan.changes.items()]
        if plan.people:
            named = [person.label for person in plan.people if person.label]
            who = f" ({', '.join(named[:3])}{'…' if len(named) > 3 else ''})" if named else ""
            parts.append(f"thêm {len(plan.people)} người{who}")
        for pk, changes in plan.person_changes.items():
            who = register.people[pk].label or "người chưa ghi tên"
            shown = [_change_text(name, *values) for name, values in changes.items() if name in LABELS]
            parts.append(f"{who}: {', '.join(shown)}")
    if plan.answers:
        parts.append(f"{len(plan.answers)} ghi nhận")
    text = "; ".join(parts)
    return text[:497] + "…" if len(text) > 498 else text


def _change_text(name: str, old, new) -> str:
    return (
        f"{LABELS[name]} {_value(name, old)} → {_value(name, new)}" if old else f"{LABELS[name]}: {_value(name, new)}"
    )


def _value(name: str, value) -> str:
    if value in (None, ""):
        return "trống"
    if name == "phone":
        return phone_text(value)
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    return str(CHOICES.get(name, {}).get(value, value))


def since_of(known: KnownHome, plan: HomePlan, day: dt.date) -> dt.date:
    """The day from which the figures of a known household change: ages count from the person's first day."""
    return known.since if plan.person_changes else day
