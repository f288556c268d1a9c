"""A line of a log of visits, read: when, at which household, and what is said of the visit."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import dataclass, field

from django.utils import timezone

from areas.models import Area
from intake import cells
from intake.cells import Line
from intake.heads import day_in
from intake.kinds.base import Context, Table, leave_out_unchanged
from intake.places import Places
from residents.forms.visits import MOST_PEOPLE
from residents.models import ResultKind, Topic, Visit
from residents.rules import secrets_in
from residents.visit_columns import COLUMNS
from sheets.text import search_key

from . import columns

LONGEST_NOTE = Visit._meta.get_field("note").max_length
# The hours that stand for an hour that nobody wrote down: afternoon, as for "yesterday"; earlier ones for today.
HOURS_UNSAID = (dt.time(15), dt.time(9), dt.time(0))
# What the list that is taken away has under the headings that are understood.
TAKEN_AWAY = {
    field.code: column
    for field in columns.FIELDS
    for column in COLUMNS
    if column.title == field.label and field.code != "visit_id"
}


@dataclass
class Said:
    """What a line says; a cell that is empty says nothing. `facts` by their names in `VisitFacts`."""

    line: Line
    village: Area | None = None
    day: dt.date | None = None
    clock: dt.time | None = None
    facts: dict[str, object] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)  # columns of a list taken away that say what they said

    @property
    def is_elsewhere(self) -> bool:
        return "place" in self.facts and not self.line.has("code", "head", "home_id")

    @property
    def is_wrong(self) -> bool:
        return any(problem.is_wrong for problem in self.line.problems)

    def instant(self, now: dt.datetime) -> dt.datetime:
        """When it was; where the hour is not told, one that is not in the future stands for it."""
        hours = [self.clock] if self.clock else HOURS_UNSAID
        instants = [timezone.make_aware(dt.datetime.combine(self.day, hour)) for hour in hours]
        return next((instant for instant in instants if instant <= now), instants[0])


def visit_id(line: Line) -> uuid.UUID | None:
    """The software's id of a visit, where the line has one."""
    try:
        return uuid.UUID(cells.plain(line.cells.get("visit_id")).strip())
    except ValueError:
        return None


class Reading:
    """Reads line by line. A village or a day on a row of its own counts for the rows below; so does a day above."""

    def __init__(self, table: Table, places: Places, context: Context):
        self.places, self.context = places, context
        self.sections = table.sections
        self.between = [number for number, _ in table.passed_over]
        self.village = places.villages.get(context.options.get("village")) or places.only
        self.day: dt.date | None = None
        topics = {topic.code: topic for topic in Topic.objects.all()}
        self.topics = {words: topics[code] for words, code in columns.TOPICS.items() if code in topics}
        self.topics |= {search_key(topic.name): topic for topic in topics.values()}
        self.longest_first = sorted(self.topics, key=len, reverse=True)
        self.kinds = {search_key(kind.name): kind for kind in ResultKind.objects.all()}

    def edited(self, line: Line, visit: Visit) -> Said:
        """What a line says otherwise than the list that was taken away: nothing else of it is read."""
        kept = leave_out_unchanged(line, TAKEN_AWAY, visit)
        said = Said(line, self._village(line) if line.has("village") else None, kept=kept)
        self._when(said)
        self._facts(said)
        return said

    def said(self, line: Line) -> Said:
        while self.between and self.between[0] < line.number:
            number = self.between.pop(0)
            self._section(self.sections.get(number, ""))
        said = Said(line, self._village(line))
        self._when(said)
        if said.day is None and not line.has("day"):
            said.day = self.day
        self.day = said.day or self.day
        if said.day is None and not line.has("day"):
            line.wrong("day", "Thiếu ngày đến.")
        self._facts(said)
        return said

    def _when(self, said: Said) -> None:
        said.day, said.clock = said.line.read("day", columns.moment, self.context.today, empty=(None, None))
        said.clock = said.line.read("clock", columns.clock, empty=None) or said.clock

    def _section(self, text: str) -> None:
        """A row that is no line; one that is not understood may well have told another day."""
        if day := day_in(text):
            self.day = day if day <= self.context.today else None
        elif village := self.places.find(text):
            self.village = village
        else:
            self.day = None

    def _village(self, line: Line) -> Area | None:
        written = line.read("village", cells.text, 150)
        if not written:
            if self.village is None:
                line.wrong("village", "Chưa biết thuộc thôn, tổ dân phố nào. Ghi thôn, hoặc chọn thôn cho cả tệp.")
            return self.village
        found = self.places.find(written)
        if found is None:
            line.wrong("village", self.places.unknown(written))
            return None
        self.village = found
        return found

    def _facts(self, said: Said) -> None:
        line = said.line
        read = {
            "outcome": line.read("outcome", columns.outcome),
            "come_back_on": line.read("come_back_on", columns.moment, dt.date.max, empty=(None, None))[0],
            "people_helped": line.read("people_helped", cells.count, MOST_PEOPLE, empty=None),
            "minutes": line.read("minutes", columns.minutes, empty=None),
            "way": line.read("way", columns.way),
            "place": line.read("place", cells.text, 150),
            "note": line.read("note", cells.paragraphs, LONGEST_NOTE),
        }
        said.facts = {name: value for name, value in read.items() if value not in ("", None)}
        if written := line.read("results", cells.paragraphs, 900):
            said.facts["results"] = self._results(line, written)
        if written := line.read("topics", cells.paragraphs, 900):
            self._topics(said, written)
        for name in ("note", "place"):
            if found := secrets_in(str(said.facts.get(name, ""))):
                line.wrong(
                    name if line.has(name) else "topics",
                    f"Có vẻ chứa {', '.join(found)}. Xóa khỏi tệp: phần mềm không lưu những thông tin này.",
                )

    def _topics(self, said: Said, written: str) -> None:
        """Topics by their names; of other words those that they name, and the words are kept in the note."""
        found: dict[int, Topic] = {}
        others = []
        for part in filter(None, (part.strip() for part in re.split(r"[;\n]", written))):
            key = f" {search_key(part)} "
            for name in self.longest_first:
                if f" {name} " in key:
                    found[self.topics[name].pk] = self.topics[name]
                    key = key.replace(f" {name} ", " ")
            if key.replace(" va ", " ").strip():
                others.append(part)
        if found:
            said.facts["topics"] = sorted(found.values(), key=lambda topic: (topic.order, topic.pk))
        if others and not said.line.has("visit_id"):
            note = "; ".join(filter(None, [str(said.facts.get("note", "")), *others]))
            said.facts["note"] = note
            if len(note) > LONGEST_NOTE:
                said.line.wrong("topics", f"Nội dung cùng ghi chú dài quá {LONGEST_NOTE} ký tự. Rút gọn.")
        elif others:
            known = "; ".join(f"“{part}”" for part in others)
            said.line.wrong("topics", f"{known} không có trong danh mục nội dung. Chọn trong danh mục của mẫu trống.")

    def _results(self, line: Line, written: str) -> dict[int, int]:
        counts: dict[int, int] = {}
        for part in re.split(r"[;\n]", written):
            if not part.strip():
                continue
            match = columns.COUNTED.fullmatch(part.strip())
            kind = self.kinds.get(search_key(match[1])) if match else None
            if kind is None:
                known = "; ".join(f"{each}: 1" for each in list(self.kinds.values())[:2])
                line.wrong("results", f"“{part.strip()}” chưa rõ. Ghi tên kết quả và số lượng, ví dụ “{known}”.")
                continue
            counts[kind.pk] = counts.get(kind.pk, 0) + int(match[2])
        return counts
