from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from sheets.dates import date_text, datetime_text, official_date_text, parse_date, weekday_text

NOVEMBER_5 = date(2026, 11, 5)


def test_dates_are_shown_day_first():
    assert date_text(NOVEMBER_5) == "05/11/2026"
    assert date_text(None) == ""
    assert weekday_text(date(2026, 11, 16)) == "thứ Hai, 16/11/2026"
    assert weekday_text(date(2026, 11, 15)) == "Chủ nhật, 15/11/2026"


def test_an_instant_is_shown_by_the_clock_of_vietnam():
    late = datetime(2026, 11, 4, 17, 30, tzinfo=UTC)
    assert date_text(late) == "05/11/2026"
    assert datetime_text(late) == "00:30 05/11/2026"
    assert datetime_text(None) == ""


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (NOVEMBER_5, "ngày 05 tháng 11 năm 2026"),
        (date(2026, 2, 15), "ngày 15 tháng 02 năm 2026"),
        (date(2026, 3, 9), "ngày 09 tháng 3 năm 2026"),
    ],
)
def test_papers_write_a_zero_before_small_days_and_the_first_two_months(day, text):
    assert official_date_text(day) == text


@pytest.mark.parametrize(
    "written",
    [
        "05/11/2026",
        "5/11/2026",
        "5-11-2026",
        "05.11.2026",
        " 05 / 11 / 2026 ",
        "2026-11-05",
        "2026-11-05T00:00:00",
        "ngày 05 tháng 11 năm 2026",
        NOVEMBER_5,
        datetime(2026, 11, 5, 8, 30),  # noqa: DTZ001  as it comes out of a cell
        46331,
        46331.0,
        "46331",
    ],
)
def test_written_dates_and_cells_are_read(written):
    assert parse_date(written) == NOVEMBER_5


@pytest.mark.parametrize("nothing", [None, "", " "])
def test_an_empty_cell_is_no_date(nothing):
    assert parse_date(nothing) is None


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("11/25/2026", "ngày/tháng/năm"),
        ("31/02/2026", "không phải là ngày"),
        ("5/11/26", "bốn chữ số"),
        ("1990", "mới có năm"),
        (1990, "mới có năm"),
        ("hôm qua", "không phải là ngày"),
        ("05/11/1830", "không phải là ngày"),
        (1e300, "không phải là ngày"),
        (float("nan"), "không phải là ngày"),
        (True, "không phải là ngày"),
    ],
)
def test_what_is_no_full_date_is_refused_in_vietnamese(written, message):
    with pytest.raises(ValidationError, match=message):
        parse_date(written)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_dates_are_read_as_they_are_shown(day):
    assert parse_date(date_text(day)) == parse_date(official_date_text(day)) == parse_date(day.isoformat()) == day
