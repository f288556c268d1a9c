"""Rows of a list become households with their people, whichever way the list is laid out."""

from __future__ import annotations

from dataclasses import dataclass, field

from areas.models import Area
from intake import cells
from intake.cells import Birth, Line, Problem
from intake.kinds.base import Context, Table
from intake.places import Places
from intake.words import Field
from residents.rules import secrets_in
from sheets.text import person_sort_key, search_key

HEAD_WORDS = frozenset({"chu ho", "chu", "ch", "chuho", "ban than", "dai dien ho"})
PER_PERSON = ("name", "relation")
NO_BIRTH = Birth()
HOME_TEXTS = {"address": 200, "street": 120, "note": 500}


@dataclass(slots=True)
class FilePerson:
    row: int
    label: str = ""
    key: str = ""
    birth: Birth = NO_BIRTH
    is_birth_from_age: bool = False
    band: str = ""
    sex: str = ""
    stays: str = ""
    is_head: bool = False
    answers: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class FileHome:
    rows: list[int]
    key: str = ""
    code: str = ""
    head_name: str = ""
    village: Area | None = None
    fields: dict[str, object] = field(default_factory=dict)  # address, street, order_no, phone, note
    people: list[FilePerson] = field(default_factory=list)
    size: int | None = None
    bands: dict[str, int] = field(default_factory=dict)
    answers: dict[int, str] = field(default_factory=dict)
    tallies: dict[int, int] = field(default_factory=dict)  # how many of its people have it
    problems: list[Problem] = field(default_factory=list)

    @property
    def name_key(self) -> str:
        return person_sort_key(self.head_name)

    @property
    def is_wrong(self) -> bool:
        return any(problem.is_wrong for problem in self.problems)


class Grouping:
    """Reads the lines one by one; `homes` is what came of them."""

    def __init__(self, table: Table, places: Places, fields: list[Field], context: Context):
        self.columns = table.columns
        self.places = places
        self.context = context
        self.seen = [field for field in fields if field.indicator and field.code in table.columns]
        self.is_per_person = any(code in table.columns for code in PER_PERSON)
        self.homes: list[FileHome] = []
        self.village: Area | None = places.villages.get(context.options.get("village")) or places.only
        self._said_head = ""
        sections = dict(table.sections)
        for line in table.lines:
            while sections and (first := min(sections)) < line.number:
                self._section(sections.pop(first))
            self._take(line)
        for home in self.homes:
            _finish(home)

    def _section(self, text: str) -> None:
        """A village's name on a row of its own counts for the rows below it."""
        if village := self.places.find(text):
            self.village = village

    def _take(self, line: Line) -> None:
        village = self._village_of(line)
        code = line.read("code", cells.text, 20)
        key = line.read("home_id", cells.text, 40)
        head = line.read("head", cells.name)
        is_head = search_key(line.read("relation", cells.text, 60)) in HEAD_WORDS
        if self._begins(line, key, code, head, is_head, village):
            self.homes.append(FileHome([line.number], key, code, head, village))
            self._said_head = head
        elif self.homes:
            self.homes[-1].rows.append(line.number)
        home = self.homes[-1]
        self._home_cells(home, line)
        if self.is_per_person:
            self._person(home, line, is_head)
        else:
            self._head_person(home, line)
        home.problems += line.problems

    def _village_of(self, line: Line) -> Area | None:
        written = line.read("village", cells.text, 150)
        if not written:
            if "village" not in self.columns and self.village is None:
                line.wrong("", "Chưa biết thuộc thôn, tổ dân phố nào. Chọn thôn cho cả tệp, hoặc thêm cột thôn.")
            return self.village
        if found := self.places.find(written):
            self.village = found
            return found
        line.wrong("village", self.places.unknown(written))
        return None

    def _begins(self, line: Line, key, code, head, is_head, village) -> bool:
        if not self.homes or not self.is_per_person:
            return True
        home = self.homes[-1]
        if village is not None and home.village is not None and village != home.village:
            return True
        if key or home.key:
            return bool(key) and key != home.key
        if code or (home.code and "code" in self.columns):
            return bool(code) and code != home.code
        if is_head:
            return True
        if "head" in self.columns:
            return bool(head) and person_sort_key(head) != person_sort_key(self._said_head)
        return "relation" not in self.columns

    def _home_cells(self, home: FileHome, line: Line) -> None:
        for name, most in HOME_TEXTS.items():
            reader = cells.paragraphs if name == "note" else cells.text
            if name not in home.fields and (text := line.read(name, reader, most)):
                home.fields[name] = text
                if found := secrets_in(text):
                    line.wrong(
                        name, f"Có vẻ chứa {', '.join(found)}. Xóa khỏi tệp: phần mềm không lưu những thông tin này."
                    )
        if (
            "order_no" not in home.fields
            and (order := line.read("order_no", cells.count, 100_000, empty=None)) is not None
        ):
            home.fields["order_no"] = order
        if "phone" not in home.fields and (phone := line.read("phone", cells.phone)):
            home.fields["phone"] = phone
        if home.size is None:
            home.size = line.read("size", cells.count, empty=None)
        for code in self.columns:
            kind, _, value = code.partition(":")
            if kind == "band" and value and (number := line.read(code, cells.count, empty=None)):
                home.bands[value] = home.bands.get(value, 0) + number
        for column in self.seen:
            if column.subject == "household":
                self._seen_of_home(home, line, column)

    def _seen_of_home(self, home: FileHome, line: Line, column: Field) -> None:
        answer = line.read(column.code, cells.mark)
        if not answer:
            return
        before = home.answers.setdefault(column.indicator, answer)
        if before != answer:
            line.wrong(
                column.code, "Các dòng của hộ này ghi khác nhau. Sửa cho giống nhau, hoặc chỉ ghi ở dòng chủ hộ."
            )

    def _person(self, home: FileHome, line: Line, is_head: bool) -> None:
        person = FilePerson(line.number, line.read("name", cells.name), line.read("person_id", cells.text, 40))
        person.is_head = is_head
        self._birth(person, line)
        for column in self.seen:
            if column.subject == "resident" and (answer := line.read(column.code, cells.mark)):
                person.answers[column.indicator] = answer
        if person.label or person.key or person.birth or person.band or person.answers or person.sex:
            home.people.append(person)

    def _head_person(self, home: FileHome, line: Line) -> None:
        """A row is a household: its one person is the head, and marks of persons are counted."""
        person = FilePerson(line.number, home.head_name, is_head=True)
        self._birth(person, line)
        home.people.append(person)
        for column in self.seen:
            if column.subject == "resident":
                self._tally(home, line, column)

    def _tally(self, home: FileHome, line: Line, column: Field) -> None:
        cell = line.cells.get(column.code)
        written = cells.plain(cell).strip()
        if written.isdecimal() and written not in ("0", "1"):
            number = line.read(column.code, cells.count, empty=None)
            if number is not None:
                home.tallies[column.indicator] = number
            return
        answer = line.read(column.code, cells.mark)
        if answer:
            home.tallies[column.indicator] = 1 if answer == cells.Answer.YES else 0

    def _birth(self, person: FilePerson, line: Line) -> None:
        today, day = self.context.today, self.context.day
        for code, sex in (("birth", ""), ("birth_m", "m"), ("birth_f", "f")):
            found = line.read(code, cells.birth, today, empty=NO_BIRTH)
            if found and not person.birth:
                person.birth, person.sex = found, sex
        if not person.birth and (found := line.read("age", cells.age, day, empty=NO_BIRTH)):
            person.birth, person.is_birth_from_age = found, True
        person.band = "" if person.birth else line.read("band", cells.band)
        person.sex = line.read("sex", cells.sex) or person.sex
        person.stays = line.read("stays", cells.stays)


def _finish(home: FileHome) -> None:
    """Who the head is, and what is missing."""
    first = home.rows[0]
    heads = [person for person in home.people if person.is_head]
    if not home.head_name:
        named = [person for person in heads or home.people if person.label]
        home.head_name = named[0].label if named else ""
    if not heads:
        key = home.name_key
        same = [person for person in home.people if person.label and person_sort_key(person.label) == key]
        for person in same[:1]:
            person.is_head = True
    for person in heads[1:]:
        person.is_head = False
        home.problems.append(Problem(person.row, "", "Hộ có hai chủ hộ. Sửa cột quan hệ, hoặc tách thành hai hộ."))
    if not home.head_name:
        home.problems.append(Problem(first, "", "Thiếu tên chủ hộ."))
    if home.size is not None and home.size < len(home.people):
        text = f"Ghi {home.size} người nhưng liệt kê {len(home.people)} người; lấy theo danh sách."
        home.problems.append(Problem(first, "", text, is_wrong=False))
