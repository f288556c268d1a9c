"""What the items of version 1 say: each type read into a thing of its own, or refused with what is wrong."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils import timezone

from residents.actions import Why
from residents.models import Observation, Resident, Visit

from .clock import WIDEST_OFFSET_MS, effective_at
from .decoding import fingerprint
from .models import Device
from .reading import Reader

SCHEMAS = (1, 1)
MOST_PEOPLE = 2000
LARGEST_KEY = 2**53 - 1
# Asked once for every item.
OUTCOMES, WAYS, AT_HOME = frozenset(Visit.Outcome.values), frozenset(Visit.Way.values), Visit.Way.HOME.value
ANSWERS, REASONS, NO = frozenset(Observation.Answer.values), frozenset(Observation.Reason.values), "no"


@dataclass(frozen=True, slots=True)
class VisitSaid:
    household: uuid.UUID | None
    village: int | None
    place: str
    outcome: str
    minutes: int | None
    way: str
    topics: list[str]
    results: dict[str, int]
    people_helped: int
    members: list[int]
    team: int | None
    names_team: bool
    come_back_on: dt.date | None
    note: str
    keeps_text: bool


@dataclass(frozen=True, slots=True)
class Seen:
    household: uuid.UUID
    resident: uuid.UUID | None
    indicator: str
    answer: str
    reason: str
    visit: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class TakenBack:
    observation: uuid.UUID | None
    visit: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class NewHousehold:
    household: uuid.UUID
    village: int
    head_name: str
    address: str
    street: int | None
    order_no: int | None
    since: dt.date
    keeps_text: bool


@dataclass(frozen=True, slots=True)
class Edit:
    """Three-way: `was` is what the phone showed, `set` what the person wants. `subject` is a household or a person."""

    subject: uuid.UUID
    set: dict
    was: dict
    keeps_text: bool = False


@dataclass(frozen=True, slots=True)
class NewResident:
    household: uuid.UUID
    resident: uuid.UUID
    label: str
    birth_year: int | None
    age_band: str
    sex: str
    stays: str
    is_head: bool
    since: dt.date
    keeps_text: bool


@dataclass(frozen=True, slots=True)
class Leaves:
    resident: uuid.UUID
    why: str
    on: dt.date


@dataclass(slots=True)
class Item:
    """One item as it arrived. `said` is None where `errors` or `is_unsupported` say why."""

    id: uuid.UUID
    seq: int
    type: str
    raw: dict
    sha256: bytes
    effective_at: dt.datetime | None = None
    said: object = None
    errors: dict[str, str] = field(default_factory=dict)
    is_unsupported: bool = False
    device: Device | None = None
    received_at: dt.datetime | None = None

    @property
    def is_after_a_gap(self) -> bool:
        """Is something that the phone made before this one still on its way?"""
        return self.seq > self.device.acked_through

    @property
    def household(self) -> uuid.UUID | None:
        return self._named("household", "household.edit")

    @property
    def resident(self) -> uuid.UUID | None:
        return self._named("resident", "resident.edit")

    @property
    def creates(self) -> uuid.UUID | None:
        """The id that this item brings into the register."""
        match self.said:
            case NewHousehold(household=made):
                return made
            case NewResident(resident=made):
                return made
        return None

    def _named(self, name: str, edit: str) -> uuid.UUID | None:
        if isinstance(self.said, Edit):
            return self.said.subject if self.type == edit else None
        return getattr(self.said, name, None)


def read_item(raw: dict, *, device: Device, received_at: dt.datetime) -> Item:
    """`raw` is known to have an id, a seq and a type (`envelope.py`)."""
    item = named_item(raw, device=device, received_at=received_at)
    read_content(item)
    return item


def named_item(raw: dict, *, device: Device, received_at: dt.datetime) -> Item:
    """The item by its id and fingerprint, its content not read yet: enough for a replay."""
    return Item(
        uuid.UUID(raw["id"]), raw["seq"], raw["type"], raw, fingerprint(raw), device=device, received_at=received_at
    )


def read_content(item: Item) -> None:
    """Fill in what the item says, or what is wrong with it."""
    raw, read = item.raw, READERS.get(item.type)
    outer = Reader(raw)
    outer.asked |= {"id", "seq", "type", "schema", "data"}
    if read is None or type(raw.get("schema")) is not int or not SCHEMAS[0] <= raw["schema"] <= SCHEMAS[1]:
        item.is_unsupported = True
        return
    at = outer.instant("at")
    offset_ms = outer.whole("offset_ms", -WIDEST_OFFSET_MS, WIDEST_OFFSET_MS, 0)
    chosen = outer.flag("chosen")
    outer.instant("tapped_at", None)
    outer.finish()
    data = raw.get("data")
    if not isinstance(data, dict):
        outer.wrong("data", "Phải là một đối tượng.")
    item.errors = outer.errors
    if item.errors:
        return
    item.effective_at = effective_at(at, offset_ms or 0, chosen=chosen)
    inner = Reader(data)
    said = read(inner, item.effective_at)
    inner.finish()
    item.errors = inner.errors
    item.said = None if item.errors else said


def _is_key(value) -> bool:
    return type(value) is int and 0 < value <= LARGEST_KEY


def _visit(read: Reader, _at: dt.datetime) -> VisitSaid:
    said = VisitSaid(
        household=read.id("household", None),
        village=read.whole("village", 1, LARGEST_KEY, None),
        place=read.text("place", 150, "") or "",
        outcome=read.choice("outcome", OUTCOMES),
        minutes=read.whole("minutes", 0, 1440, None),
        way=read.choice("way", WAYS, AT_HOME),
        topics=read.listed("topics", 50, lambda code: isinstance(code, str) and len(code) <= 30),
        results=read.counts("results", 100_000),
        people_helped=read.whole("people_helped", 0, MOST_PEOPLE, 0) or 0,
        members=read.listed("members", 50, _is_key),
        names_team=read.has("team"),
        team=read.whole("team", 1, LARGEST_KEY, None),
        come_back_on=read.day("come_back_on", None),
        note=read.text("note", 500, "", multiline=True) or "",
        keeps_text=read.flag("keep_text"),
    )
    if (said.household is None) == (said.village is None) and not {"household", "village"} & set(read.errors):
        read.wrong("household", "Ghi hộ, hoặc thôn và địa điểm nếu không đến hộ nào.")
    return said


def _observation(read: Reader, _at: dt.datetime) -> Seen:
    said = Seen(
        household=read.id("household"),
        resident=read.id("resident", None),
        indicator=read.code("indicator"),
        answer=read.choice("answer", ANSWERS),
        reason=read.choice("reason", REASONS, "") or "",
        visit=read.id("visit", None),
    )
    if said.reason and said.answer != NO:
        read.wrong("reason", "Lý do chỉ ghi khi trả lời là “Chưa có”.")
    return said


def _retract(read: Reader, _at: dt.datetime) -> TakenBack:
    said = TakenBack(read.id("observation", None), read.id("visit", None))
    if (said.observation is None) == (said.visit is None) and not read.errors:
        read.wrong("observation", "Ghi một ghi nhận hoặc một lượt cần rút lại.")
    return said


def _household_add(read: Reader, at: dt.datetime) -> NewHousehold:
    return NewHousehold(
        household=read.id("household"),
        village=read.whole("village", 1, LARGEST_KEY),
        head_name=read.text("head_name", 100, blank=False),
        address=read.text("address", 200, "") or "",
        street=read.whole("street", 1, LARGEST_KEY, None),
        order_no=read.whole("order_no", 0, 2_000_000_000, None),
        since=read.day("since", None) or timezone.localdate(at),
        keeps_text=read.flag("keep_text"),
    )


def _resident_add(read: Reader, at: dt.datetime) -> NewResident:
    return NewResident(
        household=read.id("household"),
        resident=read.id("resident"),
        is_head=read.flag("is_head"),
        since=read.day("since", None) or timezone.localdate(at),
        keeps_text=read.flag("keep_text"),
        **{name: READ_RESIDENT[name](read) for name in READ_RESIDENT},
    )


def _leave(read: Reader, at: dt.datetime) -> Leaves:
    on = read.day("on", None) or timezone.localdate(at)
    return Leaves(resident=read.id("resident"), why=read.choice("why", Why.values), on=on)


READ_HOUSEHOLD = {
    "head_name": lambda read: read.text("head_name", 100, blank=False),
    "address": lambda read: read.text("address", 200),
    "street": lambda read: read.whole("street", 1, LARGEST_KEY, None),
    "order_no": lambda read: read.whole("order_no", 0, 2_000_000_000, None),
}
READ_RESIDENT = {
    "label": lambda read: read.text("label", 100, "") or "",
    "birth_year": lambda read: read.whole("birth_year", 1, 9999, None),
    "age_band": lambda read: read.choice("age_band", Resident.AgeBand.values, "") or "",
    "sex": lambda read: read.choice("sex", Resident.Sex.values, "") or "",
    "stays": lambda read: read.choice("stays", Resident.Stays.values, Resident.Stays.PERMANENT.value),
}


def _edit(subject: str, readers: dict[str, Callable]) -> Callable:
    def read_edit(read: Reader, _at: dt.datetime) -> Edit:
        sides = []
        for side in ("set", "was"):
            inner = Reader(read.object(side))
            sides.append({name: reader(inner) for name, reader in readers.items() if inner.has(name)})
            inner.finish()
            read.errors |= {f"{side}.{name}": message for name, message in inner.errors.items()}
        if set(sides[0]) != set(sides[1]) or not sides[0]:
            read.wrong("set", "“set” và “was” phải nói về cùng các mục.")
        return Edit(read.id(subject), *sides, keeps_text=read.flag("keep_text"))

    return read_edit


READERS: dict[str, Callable] = {
    "household.add": _household_add,
    "household.edit": _edit("household", READ_HOUSEHOLD),
    "resident.add": _resident_add,
    "resident.edit": _edit("resident", READ_RESIDENT),
    "resident.leave": _leave,
    "visit": _visit,
    "observation": _observation,
    "retract": _retract,
}
TYPES = tuple(READERS)  # in the order of dependence
