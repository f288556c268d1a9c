"""The table that `make bench` prints."""

from __future__ import annotations

from bench.city import City
from bench.timing import Span

MEMORY_LIMIT = 300
WANTED_OF_VILLAGE = 300
WHAT = {
    "residents_household": "hộ",
    "residents_resident": "nhân khẩu",
    "residents_observation": "ghi nhận",
    "residents_visit": "lượt đến hộ trong kỳ",
}


def say_city(size: float, city: City, rows: dict[str, int]) -> None:
    counts = ", ".join(f"{number(rows[table])} {name}" for table, name in WHAT.items())
    print(f"Thành phố giả định, SIZE={size:g}: {number(city.villages)} tổ dân phố, {counts}.", flush=True)


Row = tuple[str, str, str, str, str]
TITLES: Row = ("", "đồng hồ", "CPU", "tỷ lệ CPU", "mục tiêu")


def say_times(database: str, size: float, times: dict, duck: Span) -> None:
    rows = [*_recount(times, duck), *_village(times, size), *_district(times), *_preparation(times)]
    rows.insert(0, TITLES)
    print_table(f"{database} (trung vị; mọi cách đếm cho cùng kết quả)", rows)


def print_table(title: str, rows: list[Row]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    print(f"\n{title}\n")
    for what, clock, cpu, ratio, goal in rows:
        line = f"  {what:<{widths[0]}}  {clock:>{widths[1]}}  {cpu:>{widths[2]}}  {ratio:<{widths[3]}}  {goal}"
        print(line.rstrip(), flush=True)


def say_sync(database: str, times: dict) -> None:
    """Phones: one evening (50 visits of 12 answers) in one push, then many phones at once."""
    rows = [TITLES, *_sync(times)]
    print_table(f"{database}, điện thoại gửi một buổi tối: 50 lượt đến hộ, 600 câu trả lời", rows)
    p95, seconds = times["clients_p95"], times["hurry_seconds"]
    print(
        f"\n  Tám máy cùng gửi, hết buổi tối này đến buổi tối khác: {decimal(times['clients_a_second'], 1)} mỗi giây,"
        f" trung vị {times['clients_median']:.0f} ms, p95 {p95:.0f} ms: {at_most(p95, 150, 'ms')}"
        f"\n  {times['hurry_phones']} máy cùng lúc, mỗi máy {times['hurry_items']} mục, một phần ba câu trả lời bị mất:"
        f" {decimal(seconds, 1)} s, đủ mọi mục, hẹn gửi lại {times['hurry_put_off']} lần: {at_most(seconds, 60, 's')}",
        flush=True,
    )


def _sync(times: dict) -> list[Row]:
    push, replay, usual, unchecked = (times[name] for name in ("push", "replay", "row_by_row", "row_by_row_unchecked"))
    return [
        row("Cả một buổi tối, qua toàn bộ Django", push),
        row("– gửi lại y nguyên", replay, times_as_much(push, replay), at_least(push, replay, 4)),
        row("– từng dòng qua ORM, xét quyền từng dòng", usual, times_as_much(usual, push), at_least(usual, push, 30)),
        row("– từng dòng qua ORM, không xét quyền", unchecked, times_as_much(unchecked, push), "để so sánh"),
    ]


def _recount(times: dict, duck: Span) -> list[Row]:
    recount, naive, memory = times["recount"], times["naive"], times["megabytes"]
    return [
        row("Tính lại cả tháng, mọi cấp", recount, f"{number(times['figures'])} số liệu"),
        row("– một câu SQL thông thường trên sổ", naive, times_as_much(naive, recount), at_least(naive, recount, 4)),
        row("– DuckDB trên Parquet của cùng dữ liệu", duck, times_as_much(duck, recount, 2), "để so sánh"),
        ("– bộ nhớ của tiến trình Python", f"{memory:.0f} MB", "", "", at_most(memory, MEMORY_LIMIT, "MB")),
    ]


def _village(times: dict, size: float) -> list[Row]:
    village, third, recount = times["village"], times["village_third"], times["recount"]
    growth = village.cpu / third.cpu
    cheaper = f"1/{recount.cpu / village.cpu:.0f} cả tháng"
    return [
        row("Một thôn thay đổi: thôn và các cấp trên", village, cheaper, of_whole(times, size)),
        row("– khi dữ liệu bằng một phần ba", third, f"lớn lên {decimal(growth, 2)} lần", at_most(growth, 1.3, "lần")),
        row("– sắp lại một hộ trước khi tính", times["lay_out_one"]),
        row("– ghi một câu trả lời", times["append"]),
        row("– tiến trình nền làm trọn (hai kỳ)", times["drain"]),
    ]


def _district(times: dict) -> list[Row]:
    district, record, more = times["district"], times["district_record"], times["district_more"]
    page = max(times["page_overview"], times["page_matrix"])
    page_more = max(times["page_overview_more"], times["page_matrix_more"])
    growth = more.cpu / district.cpu
    return [
        row("Số liệu trang một quận, 12 tháng lịch sử", district),
        row("– đếm từ sổ", record, times_as_much(record, district, 0), at_least(record, district, 500)),
        row("– 120 tháng lịch sử", more, times_as_much(more, district, 2), at_most(growth, 1.5, "lần")),
        row("– cả trang trong Django", page, "", at_most(page.clock, 60, "ms")),
        row("– cả trang, 120 tháng", page_more, times_as_much(page_more, page, 2), at_most(page_more.clock, 60, "ms")),
    ]


def _preparation(times: dict) -> list[Row]:
    return [
        row("Chuẩn bị: nạp dữ liệu", times["load"]),
        row("Chuẩn bị: sắp quãng cho mọi hộ", times["lay_out"]),
    ]


def row(what: str, span: Span, ratio: str = "", goal: str = "") -> Row:
    return what, duration(span.clock), duration(span.cpu), ratio, goal


def say_end(seconds: float) -> None:
    print(f"\nXong sau {seconds:.0f} giây. Các con số này nghĩa là gì: docs/speed.md.")


def number(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def decimal(value: float, places: int) -> str:
    return f"{value:.{places}f}".replace(".", ",")


def times_as_much(one: Span, other: Span, places: int = 1) -> str:
    return f"{decimal(one.cpu / other.cpu, places)} lần"


def duration(milliseconds: float) -> str:
    return f"{decimal(milliseconds / 1000, 1)} s" if milliseconds >= 1000 else f"{decimal(milliseconds, 1)} ms"


def at_least(slow: Span, quick: Span, wanted: int) -> str:
    return f"{said(slow.cpu / quick.cpu >= wanted)} (≥ {wanted} lần)"


def at_most(reached: float, wanted: float, unit: str) -> str:
    return f"{said(reached <= wanted)} (≤ {wanted:g} {unit})".replace(".", ",")


def of_whole(times: dict, size: float) -> str:
    """Judged for the whole city only: a village costs the same in a smaller one, a recount costs less.

    In a smaller city a guess without a verdict, along the line through a third of it and all of it.
    """
    recount, third, village = times["recount"].cpu, times["recount_third"].cpu, times["village"].cpu
    if size == 1:
        return f"{said(recount / village >= WANTED_OF_VILLAGE)} (1/{WANTED_OF_VILLAGE} cả tháng)"
    whole = recount + (1 - size) * (recount - third) / (size * 2 / 3)
    return f"xét khi SIZE=1 (1/{WANTED_OF_VILLAGE} cả tháng); ngoại suy: 1/{whole / village:.0f}"


def said(reached: bool) -> str:
    return "đạt" if reached else "CHƯA ĐẠT"
