"""What the practice village holds: eight made-up households, and how what was tapped there changes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from django.utils import timezone

from residents.models import Observation, Resident

from .clock import written
from .models import PracticeItem, PracticeVillage

# Above every key of the database, below what JavaScript counts exactly.
VILLAGE = 9_000_000_000_000_000
NAME = "Thôn tập thử"
STREETS = {VILLAGE + 1: "Ngõ Tập 1", VILLAGE + 2: "Ngõ Tập 2"}

Ids = Callable[[str], str]
# (street, head, [(label, years old, sex)])
PEOPLE = (
    (1, "Nguyễn Văn Tập", [("Nguyễn Văn Tập", 52, "m"), ("vợ", 49, "f"), ("con trai", 14, "m")]),
    (1, "Trần Thị Thử", [("Trần Thị Thử", 78, "f")]),
    (1, "Lê Văn Mẫu", [("Lê Văn Mẫu", 35, "m"), ("vợ", 33, "f"), ("con gái", 6, "f")]),
    (1, "Phạm Thị Làm", [("Phạm Thị Làm", 44, "f"), ("mẹ", 80, "f")]),
    (2, "Võ Văn Quen", [("Võ Văn Quen", 61, "m"), ("vợ", 59, "f")]),
    (2, "Đặng Thị Tay", [("Đặng Thị Tay", 28, "f")]),
    (2, "Huỳnh Văn Học", [("Huỳnh Văn Học", 40, "m"), ("vợ", 38, "f"), ("con trai", 17, "m")]),
    (2, "Bùi Thị Hành", [("Bùi Thị Hành", 66, "f"), ("chồng", 70, "m")]),
)


def first_households(ids: Ids) -> list[dict]:
    """The households at the beginning, as `changes` tells them."""
    year = timezone.localdate().year
    return [
        household(
            ids(f"h{number}"),
            {"head_name": head, "address": "", "street": VILLAGE + street, "order_no": number},
            code=f"{number:03}",
            people=[
                person(
                    ids(f"h{number}p{index}"),
                    {"label": label, "birth_year": year - age, "sex": sex, "is_head": index == 0},
                )
                for index, (label, age, sex) in enumerate(people)
            ],
        )
        for number, (street, head, people) in enumerate(PEOPLE, start=1)
    ]


def first_items(ids: Ids, at: dt.datetime) -> list[tuple[str, dt.datetime, dict]]:
    """What was seen there before: one household asked last week, one that nobody opened, one to come back to today."""
    week, days = at - dt.timedelta(days=7), at - dt.timedelta(days=2)
    seen = [("vneid2", "p0", "yes"), ("vneid2", "p1", "no"), ("emr", "p0", "yes")]
    return [
        ("visit", week, {"household": ids("h1"), "outcome": "met"}),
        *(
            ("observation", week, {
                "household": ids("h1"), "resident": ids(f"h1{who}"), "indicator": code, "answer": answer,
            })
            for code, who, answer in seen
        ),
        ("visit", days, {"household": ids("h2"), "outcome": "nobody"}),
        ("visit", days, {
            "household": ids("h5"), "outcome": "come_back", "come_back_on": timezone.localdate(at).isoformat(),
        }),
    ]  # fmt: skip


def household(key: str, said: dict, *, code: str = "", people: Iterable[dict] = ()) -> dict:
    return {
        "kind": "household", "key": key, "village": VILLAGE, "code": code, "head": said.get("head_name", ""),
        "address": said.get("address") or "", "street": said.get("street"), "order_no": said.get("order_no"),
        "last_visit": None, "people": list(people), "answers": {}, "before": {},
    }  # fmt: skip


def person(key: str, said: dict) -> dict:
    return {
        "id": key, "label": said.get("label") or "", "birth_year": said.get("birth_year"),
        "age_band": said.get("age_band") or "", "age_band_on": said.get("age_band_on"),
        "sex": said.get("sex") or "", "stays": said.get("stays") or Resident.Stays.PERMANENT.value,
        "is_head": bool(said.get("is_head")),
    }  # fmt: skip


def practice_units(practice: PracticeVillage) -> list[dict]:
    """The village and its households as they stand after everything that was tapped, in whatever order it came."""
    streets = [{"id": pk, "name": name} for pk, name in STREETS.items()]
    village = {
        "kind": "village", "key": str(VILLAGE), "village": VILLAGE, "name": NAME, "ward": "", "practice": True,
        "streets": streets, "teams": [],
    }  # fmt: skip
    items = sorted(practice.items.all(), key=lambda row: (ORDER.index(row.type), row.effective_at, row.item))
    taken_back = {row.data.get(name) for row in items if row.type == "retract" for name in ("observation", "visit")}
    homes = {unit["key"]: unit for unit in practice.households}
    for row in items:
        if str(row.item) not in taken_back and row.type in CHANGES:
            CHANGES[row.type](homes, row)
    return [village, *homes.values()]


def _household_add(homes: dict, row: PracticeItem) -> None:
    homes.setdefault(row.data["household"], household(row.data["household"], row.data))


def _household_edit(homes: dict, row: PracticeItem) -> None:
    if unit := homes.get(row.data["household"]):
        unit |= {"head" if name == "head_name" else name: value for name, value in row.data["set"].items()}


def _resident_add(homes: dict, row: PracticeItem) -> None:
    if (unit := homes.get(row.data["household"])) and not _find(homes, row.data["resident"]):
        unit["people"].append(person(row.data["resident"], _dated(row, row.data)))


def _resident_edit(homes: dict, row: PracticeItem) -> None:
    for unit, found in _find(homes, row.data["resident"]):
        at = unit["people"].index(found)
        unit["people"][at] = person(found["id"], found | _dated(row, row.data["set"]))


def _resident_leave(homes: dict, row: PracticeItem) -> None:
    for unit, found in _find(homes, row.data["resident"]):
        unit["people"].remove(found)


def _visit(homes: dict, row: PracticeItem) -> None:
    if unit := homes.get(row.data.get("household") or ""):
        unit["last_visit"] = {
            "at": written(row.effective_at), "outcome": row.data["outcome"],
            "come_back_on": row.data.get("come_back_on"),
        }  # fmt: skip


def _observation(homes: dict, row: PracticeItem) -> None:
    said = row.data
    if (unit := homes.get(said["household"])) and said["answer"] in Observation.Answer.values:
        told = [said["answer"], said.get("reason") or "", written(row.effective_at), str(row.item)]
        unit["answers"].setdefault(said.get("resident") or "", {})[said["indicator"]] = told


def _find(homes: dict, resident: str) -> list[tuple[dict, dict]]:
    return [(unit, each) for unit in homes.values() for each in unit["people"] if each["id"] == resident]


def _dated(row: PracticeItem, said: dict) -> dict:
    """A band of ages was told on a day."""
    if "age_band" not in said:
        return said
    return said | {"age_band_on": row.effective_at.date().isoformat() if said["age_band"] else None}


CHANGES = {
    "household.add": _household_add,
    "household.edit": _household_edit,
    "resident.add": _resident_add,
    "resident.edit": _resident_edit,
    "visit": _visit,
    "observation": _observation,
    "resident.leave": _resident_leave,
}
ORDER = (*CHANGES, "retract")
