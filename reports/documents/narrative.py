"""The report in sentences, section by section: the covering report and its page for printing say the same.

Every number is read from the tables of `reports.monthly`; a figure that is not known is said to be missing, a stated
one goes with its day and source, and figures of different kinds are never compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from areas.models import Level
from reports import measures
from reports.models import Figure, Period, Remark
from residents.models import ResultKind, Topic
from sheets.numbers import number_text, rate_text

from .wording import (
    basis_words,
    before_words,
    begun,
    change_of_flow,
    change_of_number,
    change_of_rate,
    comparable,
    counted,
    in_brackets,
    is_known,
    joined,
    named,
    value_of,
    within,
)

MOST_TOLD = 3  # of best and of lagging areas, of topics


@dataclass(frozen=True)
class Paragraph:
    text: str
    lead: str = ""  # in bold before the text
    is_item: bool = False


@dataclass
class Section:
    """ "I", "1" and the like stand in `number`; sections inside another have `level` 2."""

    number: str
    title: str
    paragraphs: list[Paragraph] = field(default_factory=list)
    level: int = 1

    def say(self, text: str, lead: str = "") -> None:
        if text:
            self.paragraphs.append(Paragraph(text, lead))

    def item(self, text: str, lead: str = "") -> None:
        self.paragraphs.append(Paragraph(text, lead, is_item=True))


def sections(tables) -> list[Section]:
    """Sections I to IV of the covering report of these tables (a `reports.monthly.MonthlyTables`)."""
    done = Section("II", "Kết quả hoạt động")
    return [
        _organisation(tables),
        done,
        _activity(tables),
        _coverage(tables),
        *_good(tables),
        _remarks(tables, "III", "Khó khăn, vướng mắc", Remark.Kind.DIFFICULTY, gaps=_gaps(tables)),
        _remarks(tables, "IV", "Đề xuất, kiến nghị", Remark.Kind.PROPOSAL),
    ]


def opening(tables) -> str:
    period = tables.period
    span = f"từ ngày {period.start_on:%d/%m/%Y} đến ngày {period.end_on:%d/%m/%Y}"
    if tables.is_open:
        span += f"; kỳ chưa kết thúc, số liệu tính đến ngày {tables.today:%d/%m/%Y}"
    return (
        f"{_issuer(tables)} báo cáo kết quả hoạt động của tổ công nghệ số cộng đồng "
        f"{within(period.label)} ({span}) như sau:"
    )


def closing(tables) -> str:
    return (
        f"Trên đây là báo cáo kết quả hoạt động của tổ công nghệ số cộng đồng {within(tables.period.label)} "
        f"của {_issuer(tables)}; số liệu chi tiết tại các biểu kèm theo./."
    )


def _issuer(tables) -> str:
    return tables.head.issuer or begun(tables.area.name)


def _place(tables) -> str:
    return "cả nước" if tables.area.area.level == Level.COUNTRY else within(tables.area.name)


# --- I ----------------------------------------------------------------------------------------------------------------


def _organisation(tables) -> Section:
    section = Section("I", "Tổ chức, lực lượng")
    total = tables.people.total
    cells = total.cells
    if value_of(cells, "teams") is None:
        section.say(f"Chưa có số liệu về tổ công nghệ số cộng đồng trên địa bàn {_place(tables)}.")
        return section
    section.say(_teams_sentence(tables, total))
    section.say(_served_sentence(cells))
    section.say(_lacking_sentence(cells))
    section.say(_organisations_sentence(cells))
    return section


def _teams_sentence(tables, total) -> str:
    cells = total.cells
    day = min(tables.today, tables.period.end_on)
    text = f"Đến hết ngày {day:%d/%m/%Y}, {_place(tables)} có {counted(cells['teams'], 'tổ công nghệ số cộng đồng')}"
    if is_known(cells.get("members")):
        text += f" với {counted(cells['members'], 'thành viên')}"
    if changes := _changes_of_people(cells, total.previous):
        text += f", {changes} so với {before_words(tables.period)}"
    text += in_brackets(basis_words(cells["teams"]))
    women, members = value_of(cells, "women"), value_of(cells, "members")
    if women is not None and members:
        text += f". Thành viên nữ: {number_text(women)} người, chiếm {rate_text((women, members))}"
    return f"{text}."


def _changes_of_people(cells, previous) -> str:
    """ "tăng 2 tổ và số thành viên không đổi"."""
    found = []
    for code, unit in (("teams", "tổ"), ("members", "thành viên")):
        if pair := comparable(cells, previous, code):
            found.append((change_of_number(pair[0].value, pair[1].value, unit), unit))
    if found and all(change == "không đổi" for change, _ in found):
        return f"{joined([f'số {unit}' for _, unit in found])} không đổi"
    return joined([f"số {unit} không đổi" if change == "không đổi" else change for change, unit in found])


def _served_sentence(cells) -> str:
    served, villages = value_of(cells, "villages_with_team"), value_of(cells, "villages")
    if served is None or not villages or villages == 1:
        return ""
    if served == villages:
        return f"Toàn bộ {number_text(villages)} thôn, tổ dân phố đều có tổ phục vụ."
    left = number_text(villages - served)
    return (
        f"Có {number_text(served)}/{number_text(villages)} thôn, tổ dân phố có tổ phục vụ, "
        f"đạt {rate_text((served, villages))}; còn {left} thôn, tổ dân phố chưa có tổ."
    )


def _lacking_sentence(cells) -> str:
    lacking = {
        "chưa có tổ trưởng": value_of(cells, "teams_without_leader"),
        "chưa đủ thành viên theo định mức": value_of(cells, "teams_below_norm"),
    }
    if any(number is None for number in lacking.values()) or not value_of(cells, "teams"):
        return ""
    told = [f"{number_text(number)} tổ {words}" for words, number in lacking.items() if number]
    if told:
        return f"Còn {joined(told)}."
    every = "Tổ" if value_of(cells, "teams") == 1 else "Các tổ đều"
    return f"{every} có tổ trưởng và đủ thành viên theo định mức."


def _organisations_sentence(cells) -> str:
    found = [(value_of(cells, measure.code), measure.short_name) for measure in measures.BY_ORGANISATION]
    told = [f"{name} {number_text(number)} người" for number, name in sorted(found, key=_most_first) if number]
    return f"Thành viên theo tổ chức, đoàn thể: {'; '.join(told)}." if told else ""


def _most_first(found) -> int:
    return -(found[0] or 0)


# --- II.1 -------------------------------------------------------------------------------------------------------------

FLOWS = (
    ("visits", "số lượt đến hộ", "lượt"),
    ("people_helped", "số lượt người được hỗ trợ", "lượt"),
)


def _activity(tables) -> Section:
    section = Section("1", "Hoạt động hỗ trợ người dân", level=2)
    total = tables.activity.total
    visits = value_of(total.cells, "visits")
    if visits is None:
        section.say("Trong kỳ chưa có số liệu về hoạt động hỗ trợ người dân.")
        return section
    if not visits:
        section.say("Trong kỳ, các tổ chưa ghi nhận lượt đến hộ nào.")
        return section
    section.say(_visits_sentence(total.cells))
    section.say(_flow_changes(tables, total))
    section.say(_time_sentence(total.cells))
    section.say(_to_date_sentence(tables))
    section.say(_topics_sentence(total.cells))
    section.say(_results_sentence(total.cells))
    section.say(_busiest_sentence(tables))
    return section


def _visits_sentence(cells) -> str:
    visits, met = value_of(cells, "visits"), value_of(cells, "met")
    parts = [f"đến hộ {counted(cells['visits'], 'lượt')}"]
    if met is not None:
        parts.append(f"gặp và hỗ trợ {number_text(met)} lượt ({rate_text((met, visits))})")
    if households := value_of(cells, "households_visited"):
        parts.append(f"đến được {number_text(households)} hộ")
    if helped := value_of(cells, "people_helped"):
        parts.append(f"hỗ trợ {number_text(helped)} lượt người")
    return f"Trong kỳ, các tổ đã {', '.join(parts)}{in_brackets(basis_words(cells['visits']))}."


def _flow_changes(tables, total) -> str:
    if tables.is_open:  # a part of a period is not set against a whole one
        return ""
    told = []
    for code, name, unit in FLOWS:
        if pair := comparable(total.cells, total.previous, code):
            change = change_of_flow(pair[0].value, pair[1].value, unit)
            told.append(f"{name} bằng kỳ trước" if change == "bằng" else f"{name} {change}")
    return f"So với {before_words(tables.period)}, {joined(told)}." if told else ""


def _time_sentence(cells) -> str:
    minutes, outside = value_of(cells, "minutes"), value_of(cells, "minutes_outside")
    if not minutes:
        return ""
    text = f"Tổng thời gian hỗ trợ là {_hours(minutes)} giờ"
    if outside:
        text += f", trong đó {_hours(outside)} giờ ngoài giờ hành chính ({rate_text((outside, minutes))})"
    return f"{text}."


def _hours(minutes: int) -> str:
    return number_text(minutes / 60, 1).removesuffix(",0")


def _to_date_sentence(tables) -> str:
    if tables.period.kind == Period.Kind.YEAR or tables.to_date.start_on == tables.period.start_on:
        return ""
    cells = tables.activity_to_date.total.cells
    words = {"visits": "lượt đến hộ", "met": "lượt hỗ trợ", "people_helped": "lượt người được hỗ trợ"}
    told = [f"{number_text(value_of(cells, code))} {name}" for code, name in words.items() if value_of(cells, code)]
    return f"Lũy kế từ đầu năm (từ ngày {tables.to_date.start_on:%d/%m/%Y}): {joined(told)}." if told else ""


def _topics_sentence(cells) -> str:
    roots = [topic for topic in Topic.objects.all() if topic.parent_id is None]
    found = sorted(((value_of(cells, f"topic:{topic.code}") or 0, topic.name) for topic in roots), key=_most_first)
    told = [f"{within(name)} ({number_text(number)} lượt)" for number, name in found[:MOST_TOLD] if number]
    return f"Nội dung được hỗ trợ nhiều: {joined(told)}." if told else ""


def _results_sentence(cells) -> str:
    told = [
        f"{within(kind.name)} {number_text(number)} {kind.unit}"
        for kind in ResultKind.objects.all()
        if (number := value_of(cells, f"result:{kind.code}"))
    ]
    return f"Kết quả cụ thể: {'; '.join(told)}." if told else ""


def _busiest_sentence(tables) -> str:
    rows = [(value_of(row.cells, "visits"), row.version.name) for row in tables.activity.rows]
    busy = sorted([row for row in rows if row[0]], key=_most_first)
    idle = [name for number, name in rows if number == 0]
    told = []
    if len(rows) > MOST_TOLD and len(busy) > MOST_TOLD:
        most = [f"{within(name)} ({number_text(number)} lượt)" for number, name in busy[:MOST_TOLD]]
        told.append(f"Đơn vị có nhiều lượt đến hộ: {joined(most)}.")
    if idle:
        told.append(f"Chưa ghi nhận lượt đến hộ nào trong kỳ: {named(idle)}.")
    return " ".join(told)


# --- II.2 -------------------------------------------------------------------------------------------------------------


def _coverage(tables) -> Section:
    section = Section("2", "Kết quả phổ cập theo tiêu chí", level=2)
    table = tables.coverage
    known = [measure for measure in table.columns if is_known(table.total.cells.get(measure.code))]
    if not known:
        section.say("Trong kỳ chưa có số liệu phổ cập theo tiêu chí.")
        return section
    section.say(_overview(tables, known))
    everywhere = _common_basis(tables, known)
    for measure in known:
        section.item(_indicator_sentence(tables, measure, everywhere), lead=f"{measure.name}: ")
    silent = [within(measure.name) for measure in table.columns if measure not in known]
    if silent:
        section.say(f"Chưa có số liệu của {number_text(len(silent))} tiêu chí: {'; '.join(silent)}.")
    return section


def rate_changes(tables, known) -> list[tuple]:
    """(change of the rate, measure) of those that can be compared with the period before."""
    total, found = tables.coverage.total, []
    for measure in known:
        pair = comparable(total.cells, total.previous, measure.code)
        if pair and pair[0].rate is not None and pair[1].rate is not None:
            found.append((pair[0].rate - pair[1].rate, measure))
    return found


def _overview(tables, known) -> str:
    changes = rate_changes(tables, known)
    whole = len(known) == len(tables.coverage.columns)
    share = f"Cả {len(known)} tiêu chí đều" if whole else f"Có {len(known)}/{len(tables.coverage.columns)} tiêu chí"
    text = f"{share} có số liệu"
    if everywhere := _common_basis(tables, known):
        text += f" ({everywhere})"
    ways = {
        "tăng": sum(change > 0 for change, _ in changes),
        "giảm": sum(change < 0 for change, _ in changes),
        "không đổi": sum(not change for change, _ in changes),
    }
    told = [f"{number_text(number)} tiêu chí {way}" for way, number in ways.items() if number]
    if told:
        if len(told) == 1 and len(changes) == len(known) > 1:
            told = [f"các tiêu chí đều {next(way for way, number in ways.items() if number)}"]
        text += f"; so với {before_words(tables.period)}, {joined(told)}"
    text += "."
    if changes and (top := max(changes, key=lambda found: found[0]))[0] > 0:
        text += f" Tăng nhiều nhất là {within(top[1].name)} ({change_of_rate(top[0]).removeprefix('tăng ')})."
    return f"{text} Cụ thể:"


def _common_basis(tables, known) -> str:
    """ "mới có số liệu của 9/10 thôn" where that is so of every indicator: said once, not of each."""
    told = {basis_words(tables.coverage.total.cells[measure.code]) for measure in known}
    return told.pop() if len(told) == 1 and len(known) > 1 else ""


def _indicator_sentence(tables, measure, everywhere: str = "") -> str:
    total = tables.coverage.total
    shown = total.cells[measure.code]
    basis = basis_words(shown)
    notes = [basis if basis != everywhere else ""]
    if shown.rate is not None and shown.rate > 1:
        notes.append("vượt 100 %, cần kiểm tra lại")
    text = _reached_words(shown, measure.unit) + in_brackets(*notes)
    if pair := comparable(total.cells, total.previous, measure.code):
        text += _indicator_change(*pair, measure.unit, before_words(tables.period))
    text += _against_target(tables.targets.get(measure.code.partition(":")[2]), shown, measure.unit)
    if spread := _spread(tables, measure):
        text += f"; {spread}"
    return f"{text}."


def _against_target(target, shown, unit: str) -> str:
    """ "; đạt chỉ tiêu 80 %", "; chưa đạt chỉ tiêu 80 %, còn thiếu 12 người"."""
    is_met = target.is_met(shown) if target else None
    if is_met is None:
        return ""
    wanted = f"chỉ tiêu {rate_text(target.rate)} (hạn {target.due_on:%d/%m/%Y})"
    if is_met:
        return f"; đạt {wanted}"
    needed = target.needed(shown)
    return f"; chưa đạt {wanted}" + (f", còn thiếu {number_text(needed)} {unit}" if needed else "")


def _reached_words(shown, unit: str) -> str:
    """ "1.200/2.000 người thuộc diện, đạt 60 %"; "đạt hơn 80 %" where only a rate is known."""
    rate = f"đạt {shown.qualifier or ''} {rate_text(shown.rate)}".replace("  ", " ") if shown.rate is not None else ""
    if shown.reached is None or shown.eligible is None:
        return rate or counted(shown, unit)
    numbers = f"{number_text(shown.reached)}/{number_text(shown.eligible)} {unit} thuộc diện"
    return f"{numbers}, {rate}" if rate else numbers


def _indicator_change(shown, before, unit: str, than: str) -> str:
    if shown.rate is None or before.rate is None:
        return ""
    text = f", {change_of_rate(shown.rate - before.rate)} so với {than}"
    if shown.reached is not None and before.reached is not None and shown.reached != before.reached:
        more = shown.reached - before.reached
        text += f" ({'thêm' if more > 0 else 'bớt'} {number_text(abs(more))} {unit})"
    return text


def _spread(tables, measure) -> str:
    """ "cao nhất xã A (80 %), thấp nhất xã B (40 %)": among areas whose own figures are counted, where they differ."""
    rates = [
        (row.cells[measure.code].rate, row.version.name)
        for row in tables.coverage.rows
        if is_known(row.cells.get(measure.code))
        and row.cells[measure.code].rate is not None
        and row.cells[measure.code].basis != Figure.Basis.STATED
    ]
    if len(rates) < 2:
        return ""
    highest, lowest = max(rates, key=lambda row: row[0]), min(rates, key=lambda row: row[0])
    if highest[0] == lowest[0]:
        return ""
    return (
        f"cao nhất là {within(highest[1])} ({rate_text(highest[0])}), "
        f"thấp nhất là {within(lowest[1])} ({rate_text(lowest[0])})"
    )


# --- II.3, III, IV: the words of Biểu 04 ------------------------------------------------------------------------------


def _good(tables) -> list[Section]:
    found = []
    for kind, title in (
        (Remark.Kind.RESULT, "Kết quả nổi bật"),
        (Remark.Kind.MODEL, "Mô hình, cách làm hay"),
    ):
        if any(remark.kind == kind for remark in tables.remarks):
            found.append(_remarks(tables, str(len(found) + 3), title, kind, level=2))
    return found


def _remarks(tables, number: str, title: str, kind: str, *, gaps: str = "", level: int = 1) -> Section:
    """The area's own words, then those of the areas below, each with its name."""
    section = Section(number, title, level=level)
    for remark in (remark for remark in tables.remarks if remark.kind == kind):
        lines = [line for line in remark.text.split("\n") if line]
        if remark.area_id == tables.area.area_id:
            for line in lines:
                section.say(line)
        else:
            section.item(" ".join(lines), lead=f"{remark.area.name}: ")
    section.say(gaps)
    if not section.paragraphs:
        section.say("Không có.")
    return section


def _gaps(tables) -> str:
    """Which areas below have no coverage figure at all, and how much of the total is there."""
    missing = tables.coverage.missing
    if not missing or not tables.coverage.rows:
        return ""
    have = len(tables.coverage.rows) - len(missing)
    share = f"{number_text(have)}/{number_text(len(tables.coverage.rows))}"
    return f"Về số liệu: {share} {tables.child_word.lower()} có số liệu phổ cập; chưa có: {named(missing)}."
