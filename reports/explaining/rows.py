"""The lines of the page "Vì sao số này thay đổi?", as the page and its workbook both show them."""

from __future__ import annotations

from dataclasses import dataclass

from sheets.numbers import MINUS, number_text
from sheets.workbook import Column

from .amounts import Amount, AmountExplanation
from .causes import WITHOUT_SUBJECTS, Cause
from .changes import Numbers
from .explanation import NUMBERS, Child, Explanation, Part

TITLES = {"reached": "Đã có", "known": "Đã hỏi", "eligible": "Thuộc diện"}
WORDS = {
    Cause.BASIS: "chênh giữa số công bố và số đếm từ sổ",
    Cause.REST: "số liệu đang chờ tính lại; tải lại trang sau ít phút",
}


def signed(change: int) -> str:
    """ "+12", "−3", "0"."""
    if not change:
        return "0"
    return f"{'+' if change > 0 else MINUS}{number_text(abs(change))}"


@dataclass(frozen=True)
class Cell:
    """A change (None: nothing to compare), how it is coloured, and the head of its column."""

    change: int | None
    label: str = ""

    @property
    def text(self) -> str:
        return "…" if self.change is None else signed(self.change)

    @property
    def way(self) -> str:
        return "same" if not self.change else "up" if self.change > 0 else "down"


def cells(change: Numbers) -> list[Cell]:
    return [Cell(getattr(change, number), TITLES[number]) for number in NUMBERS]


@dataclass(frozen=True)
class PartRow:
    part: Part
    unit: str
    url: str = ""

    @property
    def label(self) -> str:
        return self.part.cause.label

    @property
    def sentence(self) -> str:
        """Of the first number that it changes, those reached before those asked before those eligible."""
        if self.part.cause in WITHOUT_SUBJECTS:
            return WORDS[self.part.cause]
        number = next((name for name in NUMBERS if any(self.part.count(name))), NUMBERS[0])
        return self.part.sentence(number, self.unit)

    @property
    def words(self) -> str:
        """The sentence, and what else it changed: "1 người đã có, ghi nhận đến sau khi chốt (thuộc diện +2)"."""
        change = self.part.change
        besides = f" (thuộc diện {signed(change.eligible)})" if change.eligible not in (0, change.reached) else ""
        return f"{self.label}: {self.sentence}{besides}"

    @property
    def cells(self) -> list[Cell]:
        return cells(self.part.change)

    @property
    def households(self) -> int:
        return len(self.part.households)


@dataclass(frozen=True)
class ChildRow:
    child: Child
    url: str

    @property
    def before(self) -> str:
        return "…" if self.child.before is None else number_text(self.child.before.reached)

    @property
    def after(self) -> str:
        return "…" if self.child.after is None else number_text(self.child.after.reached)

    @property
    def cells(self) -> list[Cell]:
        if self.child.is_missing:
            return [Cell(None, TITLES[number]) for number in NUMBERS]
        return cells(self.child.change)


@dataclass(frozen=True)
class AmountRow:
    amount: Amount
    url: str = ""

    @property
    def before(self) -> str:
        return "…" if self.amount.before is None else number_text(self.amount.before)

    @property
    def after(self) -> str:
        return "…" if self.amount.after is None else number_text(self.amount.after)

    @property
    def cell(self) -> Cell:
        is_missing = self.amount.before is None and self.amount.after is None
        return Cell(None if is_missing else self.amount.change)


# --- the workbook -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A line of the workbook: the first and the last are the figures, what stands between leads to the other."""

    label: str
    numbers: tuple[int | None, ...]
    sentence: str = ""


def part_lines(explanation: Explanation, rows: list[PartRow]) -> list[Line]:
    of = [Line(row.label, _numbers(row.part.change), row.sentence) for row in rows]
    if explanation.is_by_children:
        children = [
            Line(child.name, (None,) * len(NUMBERS) if child.is_missing else _numbers(child.change), child.note)
            for child in explanation.children
        ]
        of = [*children, *of]
    return [
        Line(explanation.before.period.label, _numbers(explanation.before.numbers), "số đầu"),
        *of,
        Line(explanation.after.period.label, _numbers(explanation.after.numbers), "số cuối"),
    ]


def amount_lines(explanation: AmountExplanation) -> list[Line]:
    lines = [*(explanation.children or explanation.kinds), explanation.total]
    return [Line(line.label, (line.before, line.after, line.change), line.note) for line in lines]


def _numbers(numbers: Numbers) -> tuple[int, ...]:
    return tuple(getattr(numbers, name) for name in NUMBERS)


def columns(titles) -> tuple[Column, ...]:
    return (
        Column("Nguyên nhân", "label", width=34),
        *(
            Column(title, lambda line, place=place: line.numbers[place], "integer")
            for place, title in enumerate(titles)
        ),
        Column("Giải thích", "sentence", width=60),
    )


def _at(place: int):
    return lambda line: line.numbers[place]
