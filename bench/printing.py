"""The table that `make bench` prints."""

from __future__ import annotations

from bench.city import City

MEMORY_LIMIT = 300
WHAT = {
    "residents_household": "hộ",
    "residents_resident": "nhân khẩu",
    "residents_observation": "ghi nhận",
    "residents_visit": "lượt đến hộ trong kỳ",
}


def say_city(size: float, city: City, rows: dict[str, int]) -> None:
    counts = ", ".join(f"{number(rows[table])} {name}" for table, name in WHAT.items())
    print(f"Thành phố giả định, SIZE={size:g}: {number(city.villages)} tổ dân phố, {counts}.", flush=True)


def say_times(database: str, size: float, times: dict, duck: float) -> None:
    rows = [*_recount(times, duck), *_village(times, size), *_district(times), *_preparation(times)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    print(f"\n{database} (trung vị; các cách đếm cho cùng kết quả)\n")
    for what, reached, ratio, goal in rows:
        print(f"  {what:<{widths[0]}}  {reached:>{widths[1]}}  {ratio:<{widths[2]}}  {goal}".rstrip(), flush=True)


Row = tuple[str, str, str, str]


def _recount(times: dict, duck: float) -> list[Row]:
    recount, naive, memory = times["recount"], times["naive"], times["megabytes"]
    return [
        ("Tính lại cả tháng, mọi cấp", span(recount), f"{number(times['figures'])} số liệu", ""),
        ("– một câu SQL thông thường trên sổ", span(naive), ratio(naive, recount), at_least(naive / recount, 4)),
        ("– DuckDB trên Parquet của cùng dữ liệu", span(duck), ratio(duck, recount, 2), "để so sánh"),
        ("– bộ nhớ của tiến trình Python", f"{memory:.0f} MB", "", at_most(memory, MEMORY_LIMIT, "MB")),
    ]


def _village(times: dict, size: float) -> list[Row]:
    village, third = times["village"], times["village_third"]
    cheaper = times["recount"] / village
    return [
        (
            "Một thôn thay đổi: thôn và các cấp trên",
            span(village),
            f"1/{cheaper:.0f} cả tháng",
            of_whole(cheaper, size),
        ),
        ("– khi dữ liệu bằng một phần ba", span(third), ratio(village, third, 2), at_most(village / third, 1.3, "lần")),
        ("– sắp lại một hộ trước khi tính", span(times["lay_out_one"]), "", ""),
        ("– ghi một câu trả lời", span(times["append"]), "", ""),
        ("– tiến trình nền làm trọn (hai kỳ)", span(times["drain"]), "", ""),
    ]


def _district(times: dict) -> list[Row]:
    district, record, more = times["district"], times["district_record"], times["district_more"]
    page = max(times["page_overview"], times["page_matrix"])
    page_more = max(times["page_overview_more"], times["page_matrix_more"])
    return [
        ("Số liệu trang một quận, 12 tháng lịch sử", span(district), "", ""),
        ("– đếm từ sổ", span(record), ratio(record, district, 0), at_least(record / district, 500)),
        ("– 120 tháng lịch sử", span(more), ratio(more, district, 2), at_most(more / district, 1.5, "lần")),
        ("– cả trang trong Django", span(page), "", at_most(page, 60, "ms")),
        ("– cả trang, 120 tháng lịch sử", span(page_more), ratio(page_more, page, 2), at_most(page_more, 60, "ms")),
    ]


def _preparation(times: dict) -> list[Row]:
    return [
        ("Chuẩn bị: nạp dữ liệu", span(times["load"]), "", ""),
        ("Chuẩn bị: sắp quãng cho mọi hộ", span(times["lay_out"]), "", ""),
    ]


def say_end(seconds: float) -> None:
    print(f"\nXong sau {seconds:.0f} giây. Các con số này nghĩa là gì: docs/speed.md.")


def number(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def ratio(one: float, other: float, places: int = 1) -> str:
    return f"{one / other:.{places}f} lần".replace(".", ",")


def span(value: float) -> str:
    if value >= 1000:
        return f"{value / 1000:.1f} s".replace(".", ",")
    return f"{value:.1f} ms".replace(".", ",")


def at_least(reached: float, wanted: float) -> str:
    return f"{'đạt' if reached >= wanted else 'CHƯA ĐẠT'} (mục tiêu ≥ {wanted:g} lần)"


def at_most(reached: float, wanted: float, unit: str) -> str:
    return f"{'đạt' if reached <= wanted else 'CHƯA ĐẠT'} (mục tiêu ≤ {wanted:g} {unit})".replace(".", ",")


def of_whole(reached: float, size: float) -> str:
    """The goal is set for the whole city: a village costs the same in a smaller one, a recount costs less."""
    if size == 1:
        return at_least(reached, 300)
    return f"{at_least(reached / size, 300)[:-1]} khi SIZE=1; ước tính 1/{reached / size:.0f})"
