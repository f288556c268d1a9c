"""The report as a message for a group: totals alone, no names of people and none of the words they wrote."""

from __future__ import annotations

from sheets.numbers import number_text, rate_text

from .narrative import rate_changes
from .wording import before_words, change_of_rate, comparable, is_known, joined, named, value_of

WARNING = "Tổ không hỏi mật khẩu, mã OTP; không thu tiền. Ai hỏi là lừa đảo."


def text(tables) -> str:
    """The message about these tables (a `reports.monthly.MonthlyTables`), ready to be pasted."""
    period = tables.period
    head = f"KẾT QUẢ TỔ CÔNG NGHỆ SỐ CỘNG ĐỒNG {period.label.upper()} – {tables.area.name.upper()}"
    span = f"(từ {period.start_on:%d/%m/%Y} đến {period.end_on:%d/%m/%Y})"
    if tables.is_open:
        span = f"(số tạm tính đến {tables.today:%d/%m/%Y}, kỳ chưa kết thúc)"
    parts = [f"{head}\n{span}", _teams(tables), _activity(tables), _coverage(tables), _gaps(tables), WARNING]
    return "\n\n".join(filter(None, parts))


def _teams(tables) -> str:
    cells = tables.people.total.cells
    teams, members = value_of(cells, "teams"), value_of(cells, "members")
    if teams is None:
        return ""
    text = f"Tổ CNSCĐ: {number_text(teams)} tổ"
    if members is not None:
        text += f", {number_text(members)} thành viên"
    served, villages = value_of(cells, "villages_with_team"), value_of(cells, "villages")
    if served is not None and villages and villages > 1:
        text += f"; {number_text(served)}/{number_text(villages)} thôn, tổ dân phố có tổ"
    return f"{text}."


def _activity(tables) -> str:
    total = tables.activity.total
    visits = value_of(total.cells, "visits")
    if visits is None:
        return "Hoạt động: chưa có số liệu."
    words = {"met": "lượt hỗ trợ", "people_helped": "lượt người được hỗ trợ"}
    told = [f"{number_text(visits)} lượt đến hộ"]
    told += [f"{number_text(number)} {name}" for code, name in words.items() if (number := value_of(total.cells, code))]
    text = f"Trong kỳ: {joined(told)}"
    pair = comparable(total.cells, total.previous, "visits")
    if pair and not tables.is_open:
        text += f" ({before_words(tables.period)}: {number_text(pair[1].value)} lượt đến hộ)"
    return f"{text}."


def _coverage(tables) -> str:
    cells = tables.coverage.total.cells
    known = [
        measure
        for measure in tables.coverage.columns
        if is_known(cells.get(measure.code)) and cells[measure.code].rate is not None
    ]
    if not known:
        return "Phổ cập: chưa có số liệu."
    changes = {measure.code: change for change, measure in rate_changes(tables, known)}
    lines = []
    for measure in known:
        shown = cells[measure.code]
        line = f"- {measure.short_name}: {f'{shown.qualifier} ' if shown.qualifier else ''}{rate_text(shown.rate)}"
        if shown.reached is not None and shown.eligible is not None:
            line += f" ({number_text(shown.reached)}/{number_text(shown.eligible)} {measure.unit})"
        if measure.code in changes:
            line += f", {change_of_rate(changes[measure.code]).replace(' phần trăm', '')}"
        if shown.stated is not None:
            line += f" – công bố {shown.stated.on:%d/%m/%Y}"
        lines.append(line)
    return "Phổ cập:\n" + "\n".join(lines)


def _gaps(tables) -> str:
    missing = tables.coverage.missing
    if not missing or not tables.coverage.rows:
        return ""
    have, total = len(tables.coverage.rows) - len(missing), len(tables.coverage.rows)
    share = f"{number_text(have)}/{number_text(total)} {tables.child_word.lower()}"
    return f"Đã có số liệu {share}; chưa có: {named(missing)}."
