"""The monthly workbook: Biểu 01–04 of an area and a period, as a clerk sends it.

Layout by Decree 30/2020/NĐ-CP; periods by Decree 09/2019/NĐ-CP. Numbers come from `reports.figures` alone, so the
workbook, the pages and the command say the same.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from areas.models import Area, AreaVersion, Level, map_note
from residents.models import ResultKind, Topic
from sheets.official import OfficialColumn, OfficialSheet, Signature
from sheets.workbook import new_workbook

from . import approved, figures, measures, periods
from .letterhead import Head, head_of
from .models import Figure, Period, Remark
from .rows import is_comparable
from .targets.in_force import TargetInForce, targets_in_force

PEOPLE = ("villages", "villages_with_team", "teams", "members", "women", "on_payroll", "teams_without_leader",
          "teams_below_norm")  # fmt: skip
ACTIVITY = ("visits", "met", "households_visited", "people_helped", "minutes", "minutes_outside")
MOST_EMPTY_ROWS = 10  # under each of some twenty indicators
CHILD_WORD = {
    Level.PROVINCE: "Tỉnh, thành phố",
    Level.DISTRICT: "Quận, huyện",
    Level.WARD: "Phường, xã",
    Level.VILLAGE: "Thôn, tổ dân phố",
}


@dataclass
class MonthlyTables:
    """All that the workbook shows, each table read once, when asked for; by the map of the period's as-of day."""

    area: AreaVersion
    period: Period
    to_date: Period
    today: dt.date
    coverage: figures.Table
    # What the offices below approved stands in the tables; without it, everything as counted by now.
    approved: approved.Approved = approved.NOTHING

    @cached_property
    def head(self) -> Head:
        return head_of(self.area, self.coverage.day, self.today)

    @cached_property
    def people(self) -> figures.Table:
        known = [measure for measure in measures.PEOPLE if measure.code in PEOPLE]
        return self.approved.stand_in(self._besides_coverage.of([*known, *measures.BY_ORGANISATION]), "people")

    @cached_property
    def activity(self) -> figures.Table:
        return self.approved.stand_in(self._besides_coverage.of(self._activities), "activity")

    @cached_property
    def activity_to_date(self) -> figures.Table:
        return self.approved.stand_in(self._table(self.to_date, self._activities), "activity_to_date")

    @cached_property
    def _activities(self) -> list[measures.Measure]:
        return measures.activity()

    @cached_property
    def _besides_coverage(self) -> figures.Table:
        """People and activity, read together."""
        return self._table(self.period, [*measures.people(), *self._activities], self.coverage.previous_period)

    def _table(self, period: Period, columns, before: Period | None = None) -> figures.Table:
        there = self.coverage.versions
        return figures.table(self.area.area, period, columns, today=self.today, before=before, versions=there)

    @cached_property
    def targets(self) -> dict[str, TargetInForce]:
        """Indicator code → the target in force for the area on the as-of day."""
        return targets_in_force(self.area.area, self.coverage.day)

    @cached_property
    def signed(self) -> list[dict]:
        """Which of the offices below approved what stands here: name, version, sum."""
        return self.approved.sources

    @cached_property
    def remarks(self) -> list[Remark]:
        return remarks_of(self.area.area, self.period, self.area.area.last_day(self.period.as_of(self.today)))

    @property
    def is_open(self) -> bool:
        """Is the period still running? Then the workbook is a draft."""
        return self.period.end_on >= self.today

    @property
    def subtitle(self) -> str:
        text = f"{self.period.label} (từ {self.period.start_on:%d/%m/%Y} đến {self.period.end_on:%d/%m/%Y})"
        return f"{text} – DỰ THẢO, số liệu đến {self.today:%d/%m/%Y}" if self.is_open else text

    @property
    def child_word(self) -> str:
        rows = self.people.rows
        return CHILD_WORD.get(rows[0].version.area.level, "Đơn vị") if rows else "Đơn vị"


def collect(
    area: Area, period: Period, *, today: dt.date, to_date: Period | None = None, before: Period | None = None
) -> MonthlyTables:
    """Read everything for `area` and `period`. Raises ValueError when the area did not exist in the period.

    `to_date`: its "lũy kế", `before`: the period before, where the caller has them already.
    """
    day = area.last_day(period.as_of(today))
    there = figures.versions_on(day, area)
    version = next((version for version in there if version.area_id == area.pk), None)
    if version is None or day < period.start_on:
        raise ValueError(f"{area} không có trong kỳ {period}.")
    coverage = figures.table(area, period, measures.coverage(day), today=today, before=before, versions=there)
    below = approved.of_children(area, period, day, coverage.previous_period)
    return MonthlyTables(
        area=version,
        period=period,
        to_date=to_date or periods.to_date(period),
        today=today,
        coverage=below.stand_in(coverage, "coverage"),
        approved=below,
    )


def remarks_of(area: Area, period: Period, day: dt.date) -> list[Remark]:
    """The area's own words first, then those of the areas just below it."""
    children = AreaVersion.objects.children_of(area, day).values("area")
    found = Remark.objects.filter(period=period).filter(area__in=[area.pk, *children.values_list("area", flat=True)])
    order = {kind: number for number, kind in enumerate(Remark.Kind)}
    return sorted(
        found.select_related("area"), key=lambda row: (order[row.kind], row.area_id != area.pk, row.area.sort_key)
    )


def render(report: MonthlyTables) -> bytes:
    """The workbook, as the bytes of an .xlsx file."""
    target = io.BytesIO()
    title = f"Báo cáo {report.period.label} {report.area.name}"
    with new_workbook(target, title=title) as book:
        _teams(book, report)
        _organisations(book, report)
        _activity(book, report)
        _results(book, report)
        _coverage(book, report)
        _coverage_by_area(book, report)
        _remarks(book, report)
    return target.getvalue()


def file_name(report: MonthlyTables) -> str:
    return f"Báo cáo {report.period.label} {report.area.name}.xlsx"


# --- the tables -------------------------------------------------------------------------------------------------------


def _sheet(
    book, report: MonthlyTables, form: str, title: str, columns, *, unit: str = "", above: str = ""
) -> OfficialSheet:
    head = report.head
    sheet = OfficialSheet(book, form, columns)
    sheet.head(
        parent=head.parent, issuer=head.issuer, symbol=head.symbol, place=head.place, day=head.day, form=form
    )  # fmt: skip
    sheet.title("Báo cáo", title, f"{report.area.name}, {report.subtitle[:1].lower()}{report.subtitle[1:]}")
    if above:
        sheet.note(above)
    if unit:
        sheet.unit_line(unit)
    sheet.header()
    return sheet


def _finish(sheet: OfficialSheet, report: MonthlyTables, *notes: str) -> None:
    sheet.note("Ô để trống: chưa có số liệu. Số 0: có báo cáo, bằng không.")
    for note in notes:
        sheet.note(note)
    sheet.note(map_note(report.area.area.last_day(report.period.as_of(report.today))))
    _sign(sheet, report.head)


def _sign(sheet: OfficialSheet, head: Head) -> None:
    seal = "(Ký, đóng dấu, ghi rõ họ tên)" if head.symbol else "(Ký, ghi rõ họ tên)"
    signer = Signature(head.signer_title, head.signer, seal)
    sheet.signatures(Signature("NGƯỜI LẬP BIỂU", head.preparer), signer)


def _teams(book, report: MonthlyTables) -> None:
    columns = (
        OfficialColumn("order", "STT", "order", 5, "(A)"),
        OfficialColumn("area", report.child_word, "text", 30, "(B)"),
        OfficialColumn("villages", "Số thôn, tổ dân phố", width=10, sign="(1)"),
        OfficialColumn("villages_with_team", "Thôn, TDP có tổ", width=10, sign="(2)"),
        OfficialColumn("rate", "Tỷ lệ", "percent", 9, "(3)=(2)/(1)×100", ratio=("villages_with_team", "villages")),
        OfficialColumn("teams", ("Tổ", "Tổng số"), width=9, sign="(4)"),
        OfficialColumn("teams_without_leader", ("Tổ", "Chưa có tổ trưởng"), width=10, sign="(5)"),
        OfficialColumn("teams_below_norm", ("Tổ", "Chưa đủ định mức"), width=10, sign="(6)"),
        OfficialColumn("members", ("Thành viên", "Tổng số"), width=10, sign="(7)"),
        OfficialColumn("women", ("Thành viên", "Nữ"), width=9, sign="(8)"),
        OfficialColumn("on_payroll", ("Thành viên", "Hưởng lương ngân sách"), width=11, sign="(9)"),
        OfficialColumn("note", "Ghi chú", "text", 24, "(10)"),
    )
    title = "Tổ công nghệ số cộng đồng và thành viên"
    sheet = _sheet(book, report, "Biểu 01", title, columns, unit="tổ, người")

    def values(row) -> dict:
        cells = {code: _number(row.cells.get(code)) for code in PEOPLE}
        cells["rate"] = _ratio(cells["villages_with_team"], cells["villages"])
        cells["note"] = _notes(row, ("teams", "members"))
        return cells

    _write_areas(sheet, report.people, values)
    _finish(sheet, report, *_reach(report.people, ("teams", "members")))


def _organisations(book, report: MonthlyTables) -> None:
    """Members by organisation; those to which no member belongs have no column."""
    total = report.people.total.cells
    found = [measure for measure in measures.BY_ORGANISATION if _number(total.get(measure.code))]
    if not found:
        return
    columns = [
        OfficialColumn("order", "STT", "order", 5, "(A)"),
        OfficialColumn("area", report.child_word, "text", 30, "(B)"),
        OfficialColumn("members", "Tổng số thành viên", width=10, sign="(1)"),
    ]
    for number, measure in enumerate(found, 2):
        columns.append(OfficialColumn(measure.code, ("Trong đó", measure.short_name), width=12, sign=f"({number})"))
    columns.append(OfficialColumn("note", "Ghi chú", "text", 20, f"({len(found) + 2})"))
    title = "Thành viên tổ công nghệ số cộng đồng theo tổ chức, đoàn thể"
    sheet = _sheet(book, report, "Biểu 01a", title, columns, unit="người")

    def values(row) -> dict:
        cells = {code: _number(row.cells.get(code)) for code in ("members", *(measure.code for measure in found))}
        return cells | {"note": _notes(row, ("members",))}

    _write_areas(sheet, report.people, values, of=("members",))
    once = "Mỗi thành viên tính một lần, theo tổ chức cử tham gia."
    _finish(sheet, report, once, *_reach(report.people, ("members",)))


def _activity(book, report: MonthlyTables) -> None:
    head = {
        "visits": ("Lượt đến hộ", 9),
        "met": ("Lượt hỗ trợ", 9),
        "households_visited": ("Số hộ được đến", 9),
        "people_helped": ("Lượt người được hỗ trợ", 10),
        "minutes": ("Số giờ", 9),
        "minutes_outside": ("Số giờ ngoài hành chính", 10),
    }
    columns = [OfficialColumn("order", "STT", "order", 5, "(A)"),
               OfficialColumn("area", report.child_word, "text", 25, "(B)")]  # fmt: skip
    sign = 0
    for group, prefix in (("Trong kỳ", ""), ("Lũy kế từ đầu năm", "y_")):
        for code in ACTIVITY:
            sign += 1
            kind = "decimal" if code.startswith("minutes") else "integer"
            columns.append(OfficialColumn(prefix + code, (group, head[code][0]), kind, head[code][1], f"({sign})"))
    columns.append(OfficialColumn("note", "Ghi chú", "text", 19, f"({sign + 1})"))
    sheet = _sheet(book, report, "Biểu 02", "Hoạt động hỗ trợ người dân", columns)
    later = {row.version.area_id: row for row in report.activity_to_date.rows}
    total_later = report.activity_to_date.total

    def values(row) -> dict:
        whole = total_later if row is report.activity.total else later.get(row.version.area_id)
        cells = {code: _hours_or_number(code, row.cells.get(code)) for code in ACTIVITY}
        if whole:
            cells |= {f"y_{code}": _hours_or_number(code, whole.cells.get(code)) for code in ACTIVITY}
        cells["note"] = _notes(row, ("visits",))
        return cells

    _write_areas(sheet, report.activity, values)
    start = f"Lũy kế từ {report.to_date.start_on:%d/%m/%Y} đến {report.to_date.end_on:%d/%m/%Y}."
    once = "Một hộ được đến nhiều lần trong kỳ chỉ tính một hộ; lượt thì tính từng lần."
    _finish(sheet, report, start, once, *_reach(report.activity, ("visits",)))


def _results(book, report: MonthlyTables) -> None:
    columns = (
        OfficialColumn("order", "STT", "order", 6, "(A)"),
        OfficialColumn("name", "Kết quả, nội dung", "text", 52, "(B)"),
        OfficialColumn("unit", "Đơn vị tính", "label", 16, "(C)"),
        OfficialColumn("now", "Trong kỳ", width=16, sign="(1)", is_summed=False),
        OfficialColumn("year", "Lũy kế từ đầu năm", width=18, sign="(2)", is_summed=False),
    )
    title = "Kết quả hỗ trợ và nội dung hỗ trợ"
    sheet = _sheet(book, report, "Biểu 02a", title, columns)
    now, year = report.activity.total.cells, report.activity_to_date.total.cells

    def line(order, name, unit, code, *, bold=False):
        values = {"order": order, "name": name, "unit": unit, "now": _number(now.get(code)),
                  "year": _number(year.get(code))}  # fmt: skip
        sheet.row(values, bold=bold)

    sheet.row({"name": "I. Kết quả"}, bold=True)
    for number, kind in enumerate(ResultKind.objects.all(), 1):
        line(number, kind.name, kind.unit, f"result:{kind.code}")
    sheet.row({"name": "II. Lượt hỗ trợ theo nội dung"}, bold=True)
    topics = list(Topic.objects.all())
    for number, topic in enumerate([topic for topic in topics if topic.parent_id is None], 1):
        line(number, topic.name, "lượt", f"topic:{topic.code}", bold=True)
        for field in topics:
            if field.parent_id == topic.pk and (_number(year.get(f"topic:{field.code}")) or 0):
                line(None, f"– {field.name}", "lượt", f"topic:{field.code}")
    _finish(sheet, report, "Một lượt hỗ trợ có thể có nhiều nội dung nên các dòng của mục II không cộng lại với nhau.")


COVERAGE_COLUMNS = (
    OfficialColumn("unit", "Đơn vị tính", "label", 9, "(C)"),
    OfficialColumn("eligible", "Thuộc diện", width=9, sign="(1)"),
    OfficialColumn("known", "Đã hỏi", width=9, sign="(2)"),
    OfficialColumn("before", ("Đã có", "Kỳ trước"), width=9, sign="(3)"),
    OfficialColumn("during", ("Đã có", "Tăng, giảm trong kỳ"), width=10, sign="(4)=(5)−(3)"),
    OfficialColumn("reached", ("Đã có", "Lũy kế"), width=9, sign="(5)"),
    OfficialColumn("rate", "Tỷ lệ", "percent", 10, "(6)=(5)/(1)×100", ratio=("reached", "eligible")),
    OfficialColumn("change", "So kỳ trước (điểm %)", "decimal", 11, "(7)", is_summed=False),
    OfficialColumn("note", "Ghi chú", "text", 25, "(8)"),
)
# Before the note, where a target is in force.
TARGET_COLUMNS = (
    OfficialColumn("target", "Chỉ tiêu", "percent", 9, "(8)", is_summed=False),
    OfficialColumn("met", "Đạt, chưa đạt", "label", 8, "(9)"),
)
STATED_NOTE = "Số công bố là số do cơ quan, tổ báo bằng văn bản; không cộng với số đếm từ sổ hộ."


def _coverage(book, report: MonthlyTables) -> None:
    columns = (
        OfficialColumn("order", "STT", "order", 5, "(A)"),
        OfficialColumn("name", "Tiêu chí", "text", 42, "(B)"),
        *_with_targets(report),
    )
    sheet = _sheet(book, report, "Biểu 03", "Kết quả phổ cập theo tiêu chí", columns)
    total = report.coverage.total
    for number, measure in enumerate(report.coverage.columns, 1):
        values = _coverage_values(total, measure.code) | _target_values(report, measure.code)
        sheet.row({"order": number, "name": measure.name, "unit": measure.unit, **values})
    codes = [measure.code for measure in report.coverage.columns]
    _finish(sheet, report, STATED_NOTE, *_reach(report.coverage, codes))


def _with_targets(report: MonthlyTables) -> tuple[OfficialColumn, ...]:
    if not report.targets:
        return COVERAGE_COLUMNS
    *columns, note = COVERAGE_COLUMNS
    return (*columns, *TARGET_COLUMNS, replace(note, sign="(10)"))


def _target_values(report: MonthlyTables, code: str) -> dict:
    """The target of an indicator, and whether what is shown of the area has reached it; empty where there is none."""
    target = report.targets.get(code.partition(":")[2])
    if target is None:
        return {}
    met = target.is_met(report.coverage.total.cells.get(code))
    return {"target": target.rate, "met": None if met is None else "Đạt" if met else "Chưa đạt"}


def _coverage_by_area(book, report: MonthlyTables) -> None:
    """Every indicator over the areas below; many without any figure are named below the table, not drawn empty."""
    rows, missing = report.coverage.rows, report.coverage.missing
    if len(missing) > MOST_EMPTY_ROWS:
        rows = [row for row in rows if row.version.name not in missing]
    if not rows:
        return
    columns = (
        OfficialColumn("order", "STT", "order", 5, "(A)"),
        OfficialColumn("name", f"Tiêu chí, {report.child_word.lower()}", "text", 42, "(B)"),
        *COVERAGE_COLUMNS,
    )
    title = f"Kết quả phổ cập theo {report.child_word.lower()}"
    unheard = (
        f"Không ghi dòng vì chưa có số liệu ở mọi tiêu chí ({len(missing)} đơn vị): {', '.join(missing)}."
        if len(missing) > MOST_EMPTY_ROWS
        else ""
    )
    sheet = _sheet(book, report, "Biểu 03a", title, columns, above=unheard)
    for measure in report.coverage.columns:
        values = _coverage_values(report.coverage.total, measure.code)
        sheet.row({"name": measure.name, "unit": measure.unit, **values}, bold=True)
        for number, row in enumerate(rows, 1):
            values = _coverage_values(row, measure.code)
            sheet.row({"order": number, "name": row.version.name, "unit": measure.unit, **values})
    _finish(sheet, report, STATED_NOTE)


def _coverage_values(row, code: str) -> dict:
    """The cells of one indicator in one area: what is shown, against the period before where the basis is the same."""
    shown, before = row.cells.get(code), row.previous.get(code)
    if shown is None or shown.is_missing:
        return {"note": _note(shown) or "Chưa có số liệu"}
    values = {"eligible": shown.eligible, "known": shown.known, "reached": shown.reached, "rate": shown.rate}
    note = _note(shown)
    if before is not None and is_comparable(before, shown):
        values["before"] = before.reached
        if shown.reached is not None and before.reached is not None:
            values["during"] = shown.reached - before.reached
        if shown.rate is not None and before.rate is not None:
            values["change"] = round((shown.rate - before.rate) * 100, 1)
        if before.villages_with_data != shown.villages_with_data and before.basis == Figure.Basis.PARTIAL:
            had = f"kỳ trước {before.villages_with_data}/{before.villages_total} thôn"
            note = f"{note}; {had}" if note else had.capitalize()
    if shown.rate is not None and shown.rate > 1:
        note = f"{note}; vượt 100 %" if note else "Vượt 100 %, cần kiểm tra"
    return values | {"note": note}


def _remarks(book, report: MonthlyTables) -> None:
    columns = (
        OfficialColumn("order", "STT", "order", 6, "(A)"),
        OfficialColumn("area", "Địa bàn", "text", 28, "(B)"),
        OfficialColumn("text", "Nội dung", "text", 90, "(C)"),
    )
    sheet = _sheet(book, report, "Biểu 04", "Mô hình hay, khó khăn, đề xuất", columns)
    for number, kind in enumerate(Remark.Kind, 1):
        sheet.row({"order": number, "area": kind.label}, bold=True)
        found = [remark for remark in report.remarks if remark.kind == kind]
        for remark in found:
            sheet.row({"area": remark.area.name, "text": remark.text})
        if not found:
            sheet.row({"text": "Không có."})
    _sign(sheet, report.head)


# --- cells ------------------------------------------------------------------------------------------------------------


def _write_areas(sheet: OfficialSheet, table: figures.Table, values, *, of: tuple[str, ...] = ()) -> None:
    """The areas below and the total; with `of`, many areas that have none of these figures are left out."""
    rows = [row for row in table.rows if any(_is_known(row, code) for code in of)]
    if not of or len(table.rows) - len(rows) <= MOST_EMPTY_ROWS:
        rows = table.rows
    for number, row in enumerate(rows, 1):
        sheet.row({"order": number, "area": row.version.name, **values(row)})
    if not table.rows:
        sheet.row({"order": 1, "area": table.total.version.name, **values(table.total)})
    sheet.total(values(table.total))


def _number(shown) -> int | None:
    return None if shown is None or shown.is_missing else shown.value


def _hours_or_number(code: str, shown):
    number = _number(shown)
    return round(number / 60, 1) if number is not None and code.startswith("minutes") else number


def _ratio(part, whole):
    return part / whole if part is not None and whole else None


def _notes(row, codes) -> str:
    notes = [_note(row.cells.get(code)) or ("" if _is_known(row, code) else "Chưa có số liệu") for code in codes]
    ended = f"Hoạt động đến {row.ended_on:%d/%m/%Y}" if row.ended_on else ""
    return "; ".join(dict.fromkeys(filter(None, [ended, *notes])))


def _is_known(row, code: str) -> bool:
    shown = row.cells.get(code)
    return shown is not None and not shown.is_missing


def _reach(table: figures.Table, codes) -> list[str]:
    """ "Số tổng gồm 8/94 phường, xã có số liệu.": of how many areas the total is made, where some have none."""
    known = sum(any(_is_known(row, code) for code in codes) for row in table.rows)
    if not known or known == len(table.rows):
        return []
    word = CHILD_WORD.get(table.rows[0].version.area.level, "đơn vị").lower()
    return [f"Số tổng gồm {known}/{len(table.rows)} {word} có số liệu."]


def _note(shown) -> str:
    """Why a number is not simply counted: stated with its day, or the villages that are still missing."""
    if shown is None:
        return ""
    if shown.basis == Figure.Basis.STATED and shown.stated:
        qualifier = f"{shown.qualifier}, " if shown.qualifier else ""
        derived = "suy ra, " if shown.stated.basis == "derived" else ""
        return f"Công bố {qualifier}{derived}ngày {shown.stated.on:%d/%m/%Y}"
    if shown.basis == Figure.Basis.PARTIAL and shown.gap:
        return f"Mới có {shown.gap}"
    return ""


def lines(report: MonthlyTables) -> Iterator[tuple[str, dict]]:
    """(indicator name, cells and the measure's code) of Biểu 03, for the pages that show the report."""
    for measure in report.coverage.columns:
        cells = _coverage_values(report.coverage.total, measure.code) | _target_values(report, measure.code)
        yield measure.name, {"code": measure.code, **cells}
