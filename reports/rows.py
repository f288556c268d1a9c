"""The rows of the reports' tables: one figure beside the one before, as the page and the workbook both show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sheets.dates import date_text
from sheets.numbers import NO_RATE, growth, number_text, points_text, qualified_text, rate_text

from .measures import Measure
from .models import Figure

BASIS = Figure.Basis
NOTHING = "…"  # no figure; a zero is written 0


@dataclass(frozen=True)
class CoverageRow:
    """One indicator of an area, or one area for an indicator: `shown` in the period, `before` in the one before it."""

    label: str
    shown: object
    before: object | None = None
    measure: Measure | None = None
    url: str = ""
    missing_url: str = ""
    why_url: str = ""
    # The target in force (reports.targets.in_force.TargetInForce), if one is.
    target: object | None = None
    version: object | None = None
    comparable: bool = True

    @property
    def has_figure(self) -> bool:
        return self.comparable and not self.shown.is_missing

    @property
    def rate(self):
        return self.shown.rate if self.has_figure else None

    @property
    def target_rate(self):
        return self.target.rate if self.target else None

    @property
    def target_state(self) -> str:
        """ "Đạt", "Chưa đạt"; nothing where there is no target or no figure."""
        met = self.target.is_met(self.shown) if self.target and self.has_figure else None
        return "" if met is None else "Đạt" if met else "Chưa đạt"

    @property
    def left(self) -> int | None:
        """How many are eligible and not reached; None where that was not counted."""
        if not self.has_figure or self.shown.eligible is None or self.shown.reached is None:
            return None
        return max(0, self.shown.eligible - self.shown.reached)

    @property
    def change(self):
        """In points, as a fraction; only between figures of the same kind: told and counted are not compared."""
        if self.rate is None or self.before is None or self.before.rate is None:
            return None
        return self.rate - self.before.rate if is_comparable(self.before, self.shown) else None

    @property
    def change_way(self) -> str:
        if not self.change:
            return "same"
        return "up" if self.change > 0 else "down"

    @property
    def change_text(self) -> str:
        """ "▲ 4,2 điểm", "▼ 0,3 điểm", "không đổi", "–"."""
        if self.change is None:
            return NO_RATE
        if not self.change:
            return "không đổi"
        size = points_text(abs(self.change)).removeprefix("+")
        return f"{'▲' if self.change > 0 else '▼'} {'dưới 0,1 điểm' if size.split()[0] == '0' else size}"

    @property
    def rate_note(self) -> str:
        return "vượt 100 %" if self.rate is not None and self.rate > 1 else ""

    @property
    def basis_text(self) -> str:
        if not self.comparable:
            return "không so sánh được"
        return basis_text(self.shown)

    @property
    def rate_words(self) -> str:
        """For charts and matrices: the rate, or why there is none."""
        if not self.comparable:
            return "không so sánh được"
        if self.shown.is_missing:
            return "chưa có số liệu"
        return stated_rate(self.shown)


@dataclass(frozen=True)
class GrowthRow:
    """A figure at two moments: rates change in points, numbers also in per cent."""

    label: str
    before: object | None
    after: object | None
    measure: Measure
    url: str = ""

    @property
    def unit(self) -> str:
        return self.measure.unit

    @property
    def is_rate(self) -> bool:
        return self.measure.is_coverage

    @property
    def before_amount(self):
        return amount(self.before, self.is_rate)

    @property
    def after_amount(self):
        return amount(self.after, self.is_rate)

    @property
    def is_known(self) -> bool:
        """Is there a number at both ends?"""
        return self.before_amount is not None and self.after_amount is not None

    @property
    def is_unheard_of(self) -> bool:
        """No figure at either end."""
        return all(one is None or one.is_missing for one in (self.before, self.after))

    @property
    def change(self):
        return self.after_amount - self.before_amount if self.is_known else None

    @property
    def change_number(self):
        """For the workbook: points of a rate, else the number."""
        return self.change * 100 if self.is_rate and self.is_known else self.change

    @property
    def change_text(self) -> str:
        if not self.is_known:
            return NO_RATE
        if self.is_rate:
            return points_text(self.change)
        return f"{'+' if self.change > 0 else ''}{number_text(self.change)}"

    @property
    def per_cent(self):
        return growth(self.after_amount, self.before_amount) if self.is_known and not self.is_rate else None

    @property
    def before_text(self) -> str:
        return figure_text(self.before, self.is_rate)

    @property
    def after_text(self) -> str:
        return figure_text(self.after, self.is_rate)

    @property
    def before_note(self) -> str:
        return basis_text(self.before)

    @property
    def after_note(self) -> str:
        return basis_text(self.after)


def is_comparable(before, shown) -> bool:
    """Two figures of the same kind; what was told once and still stands is not a figure of two periods."""
    if before.is_missing or before.basis != shown.basis:
        return False
    return shown.basis != BASIS.STATED or before.stated != shown.stated


def amount(shown, is_rate: bool):
    """The number of a figure: its rate, its value, or how many were reached (26 of 63 provinces)."""
    if shown is None or shown.is_missing:
        return None
    if is_rate:
        return shown.rate
    return shown.value if shown.value is not None else shown.reached


def figure_text(shown, is_rate: bool = False) -> str:
    """ "gần 2.500", "26/63", "80 %", "…"."""
    if shown is None or shown.is_missing:
        return NOTHING
    if shown.value is not None and not is_rate:
        return qualified_text(shown.value, shown.qualifier)
    if not is_rate and shown.reached is not None and shown.eligible is not None:
        return f"{shown.qualifier or ''} {number_text(shown.reached)}/{number_text(shown.eligible)}".strip()
    return stated_rate(shown)


def basis_text(shown) -> str:
    """ "đếm từ sổ", "công bố 14/11/2024", "suy ra 13/5/2022", "chưa đủ, 9/10 thôn", "chưa xác nhận đủ"."""
    if shown is None or shown.is_missing:
        return "chưa có số liệu"
    match shown.basis:
        case BASIS.STATED:
            word = "suy ra" if shown.stated is not None and shown.stated.basis == "derived" else "công bố"
            return f"{word} {date_text(shown.stated.on)}" if shown.stated is not None else word
        case BASIS.PARTIAL:
            return f"chưa đủ, {shown.gap}" if shown.gap else "chưa xác nhận đủ"
        case _:
            return "đếm từ sổ"


def stated_rate(shown) -> str:
    """The rate with the word that came with it: "gần 80 %"."""
    return f"{shown.qualifier or ''} {rate_text(shown.rate)}".strip()


def sources(rows: Iterable[CoverageRow | GrowthRow], of: tuple[str, ...] = ("shown",)) -> list[Source]:
    """The stated figures among the rows, each once: what the notes under a table name with their sources."""
    found: dict = {}
    for row in rows:
        for name in of:
            shown = getattr(row, name, None)
            if shown is not None and not shown.is_missing and shown.basis == BASIS.STATED and shown.stated is not None:
                found.setdefault(shown.stated.pk, Source(row.label, shown))
    return list(found.values())


@dataclass(frozen=True)
class Source:
    """A line under a table: who told it, when and where; and what the register counts, beside it."""

    label: str
    shown: object

    @property
    def stated(self):
        return self.shown.stated

    @property
    def beside(self):
        return getattr(self.shown, "counted", None)


def in_order(rows: list[CoverageRow], sort: str) -> list[CoverageRow]:
    """By rate, those without a figure last; else as they came (the order of the map)."""
    if not sort:
        return rows
    known = [row for row in rows if row.rate is not None]
    unknown = [row for row in rows if row.rate is None]
    return sorted(known, key=lambda row: row.rate, reverse=sort.startswith("-")) + unknown
