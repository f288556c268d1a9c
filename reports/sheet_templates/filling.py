"""Filling the authority's own workbook with the figures of a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError

from reports.documents import narrative
from reports.documents.wording import basis_words, is_known
from reports.models import ReportTemplate
from reports.rows import is_comparable
from reports.targets.in_force import targets_of
from sheets.dates import official_date_text
from sheets.patching import Like, Place, Workbook, address_of

from .binding import Binding, Kind, Number, Of, Text, check, read


@dataclass
class Filled:
    """What goes where, and what a person should look at before sending it."""

    values: dict[str, dict[Place, object]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def put(self, sheet: str, place: Place, value) -> None:
        self.values.setdefault(sheet, {})[place] = value


def fill(template: ReportTemplate, tables) -> bytes:
    """The template with the figures of these tables. Raises ValidationError where a list has no room."""
    book = open_template(template)
    return book.filled(values_of(book, read(template), tables).values)


def file_name(template: ReportTemplate, tables) -> str:
    return f"{template.name} {tables.area.name} {tables.period.label}.xlsx"


def open_template(template: ReportTemplate) -> Workbook:
    return Workbook(bytes(template.content))


def values_of(book: Workbook, bindings: list[Binding], tables) -> Filled:
    filled, faults = Filled(), []
    children = _children(tables)
    taken = {(one.sheet, one.place) for one in bindings}
    targets = {}
    if any(one.number == Number.TARGET for one in bindings):
        targets = targets_of(list(children), tables.coverage.day) | {tables.area.area_id: tables.targets}
    for one in bindings:
        try:
            check(book, one)
            if one.of == Of.LIST:
                _fill_list(book, one, tables, children, filled, taken, targets)
            elif one.of == Of.CHILD and one.child not in children:
                filled.warnings.append(f"Ô {one.cell} ({one.sheet}) để trống: đơn vị đã gắn không có trong kỳ này.")
                filled.put(one.sheet, one.place, None)
            else:
                filled.put(one.sheet, one.place, _value(one, tables, one.child, 1, targets))
        except ValidationError as error:
            faults += error.messages
    if faults:
        raise ValidationError(faults)
    return filled


def _children(tables) -> dict[int, str]:
    """Areas right below, by id, in the order of the map."""
    return {row.version.area_id: row.version.name for row in tables.coverage.rows}


def _fill_list(book, one: Binding, tables, children: dict, filled: Filled, taken: set, targets) -> None:
    """One area a row, downwards; a row that holds something else is not written over, and nothing is cut short."""
    grid, (row, column) = book.grids[one.sheet], one.place
    for number, child in enumerate(children, 1):
        place = (row + number - 1, column)
        cell, merged = grid.cells.get(place), grid.merged_at(place)
        what = ""
        if cell is not None and cell.formula:
            what = f"công thức {cell.formula[:40]}"
        elif number > 1 and (one.sheet, place) in taken:
            what = "một chỗ đã gắn khác"
        elif merged and merged[:2] != place:
            what = f"vùng gộp {address_of(merged[:2])}:{address_of(merged[2:])}"
        if what:
            raise ValidationError(
                f"Danh sách từ ô {one.cell} ({one.sheet}) cần {len(children)} dòng nhưng chỉ có {number - 1}: "
                f"ô {address_of(place)} là {what}. Chèn thêm dòng trống vào mẫu rồi tải lên lại."
            )
        filled.put(one.sheet, place, Like(_value(one, tables, child, number, targets), one.place))


def _value(one: Binding, tables, child: int | None, number: int, targets: dict):
    if one.kind == Kind.TEXT:
        return _text(one.what, tables, child, number)
    if one.number == Number.TARGET:
        given = targets.get(child or tables.area.area_id, {}).get(one.what.partition(":")[2])
        return given.rate if given else None
    return _number(one, tables, child)


# --- figures ----------------------------------------------------------------------------------------------------------


def _number(one: Binding, tables, child: int | None):
    """None where nobody knows: the cell is left blank, not zero."""
    shown, before, to_date = _cells(one.what, tables, child if one.of != Of.THIS else None)
    if one.number == Number.TO_DATE:
        return _of_value(to_date, one.what)
    if not is_known(shown):
        return None
    if one.number in (Number.BEFORE, Number.CHANGE, Number.POINTS, Number.VALUE_BEFORE, Number.VALUE_CHANGE):
        return _against_before(one, shown, before)
    match one.number:
        case Number.RATE:
            return shown.rate
        case Number.PER_CENT:
            return None if shown.rate is None else round(shown.rate * 100, 2)
        case Number.VALUE:
            return _of_value(shown, one.what)
        case _:
            return getattr(shown, one.number)


def _against_before(one: Binding, shown, before):
    if before is None or not is_comparable(before, shown):
        return None
    now_value, then_value = _of_value(shown, one.what), _of_value(before, one.what)
    match one.number:
        case Number.BEFORE:
            return before.reached
        case Number.CHANGE:
            return _difference(shown.reached, before.reached)
        case Number.POINTS:
            points = _difference(shown.rate, before.rate)
            return None if points is None else round(points * 100, 2)
        case Number.VALUE_BEFORE:
            return then_value
        case _:
            return _difference(now_value, then_value)


def _difference(now, then):
    return None if now is None or then is None else now - then


def _of_value(shown, code: str):
    """Time is given in hours, as in Biểu 02."""
    if not is_known(shown) or shown.value is None:
        return None
    return (Decimal(shown.value) / 60).quantize(Decimal("0.1")) if code.startswith("minutes") else shown.value


def _cells(code: str, tables, child: int | None):
    """(in the period, in the one before, since the start of the year) of this area or of one below it."""
    table = _table_of(code, tables)
    row = table.total if child is None else next((r for r in table.rows if r.version.area_id == child), None)
    if row is None:
        return None, None, None
    to_date = None
    if table is tables.activity:
        later = tables.activity_to_date
        found = later.total if child is None else next((r for r in later.rows if r.version.area_id == child), None)
        to_date = found.cells.get(code) if found else None
    return row.cells.get(code), row.previous.get(code), to_date


def _table_of(code: str, tables):
    for name in ("coverage", "activity", "people"):
        table = getattr(tables, name)
        if any(measure.code == code for measure in table.columns):
            return table
    return tables.coverage


# --- texts ------------------------------------------------------------------------------------------------------------


def _text(what: str, tables, child: int | None, number: int):
    period, head = tables.period, tables.head
    if what == Text.ORDER:
        return number
    if what == Text.AREA:
        return _children(tables).get(child, tables.area.name) if child else tables.area.name
    if what == Text.NOTE:
        return "; ".join(dict.fromkeys(_notes(tables, child)))
    if what == Text.DATE:
        return head.day
    if what.startswith("remark:"):
        return _remarks(tables, what.partition(":")[2])
    return {
        Text.PERIOD: lambda: period.label,
        Text.SPAN: lambda: f"từ ngày {period.start_on:%d/%m/%Y} đến ngày {period.end_on:%d/%m/%Y}",
        Text.ISSUER: lambda: head.issuer,
        Text.PLACE_DATE: lambda: f"{head.place}, {_day_words(head.day)}",
        Text.STORY: lambda: _story(tables),
    }[Text(what)]()


def _day_words(day) -> str:
    return official_date_text(day) if day else "ngày … tháng … năm …"


def _notes(tables, child: int | None) -> Iterator[str]:
    """Why its coverage figures are not simply counted, each reason once."""
    table = tables.coverage
    row = table.total if child is None else next((r for r in table.rows if r.version.area_id == child), None)
    cells = row.cells.values() if row else ()
    if row and all(shown.is_missing for shown in cells):
        yield "Chưa có số liệu"
    yield from (words for shown in cells if is_known(shown) and (words := basis_words(shown)))


def _remarks(tables, kind: str) -> str:
    own = tables.area.area_id
    return "\n".join(
        remark.text if remark.area_id == own else f"{remark.area.name}: {remark.text}"
        for remark in tables.remarks
        if remark.kind == kind
    )


def _story(tables) -> str:
    lines = []
    for section in narrative.sections(tables):
        if section.number in ("III", "IV"):
            break
        lines.append(f"{section.number}. {section.title}")
        lines += [f"{'- ' if one.is_item else ''}{one.lead}{one.text}" for one in section.paragraphs]
    return "\n".join(lines)
