"""A reporting month runs from the 15th to the 14th and is named after the month of its end."""

import datetime as dt
from itertools import pairwise

import pytest

from reports import periods
from reports.models import CalendarRule, Period

pytestmark = pytest.mark.django_db


def span(period):
    return period.start_on, period.end_on


def test_a_month_runs_from_the_15th_to_the_14th():
    november = periods.month_of(2026, 11)
    assert span(november) == (dt.date(2026, 10, 15), dt.date(2026, 11, 14))
    assert november.label == "Tháng 11/2026"


def test_january_starts_in_the_year_before():
    assert span(periods.month_of(2027, 1)) == (dt.date(2026, 12, 15), dt.date(2027, 1, 14))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (dt.date(2026, 11, 14), "Tháng 11/2026"),
        (dt.date(2026, 11, 15), "Tháng 12/2026"),
        (dt.date(2026, 12, 15), "Tháng 1/2027"),
    ],
)
def test_the_month_that_contains_a_day(day, name):
    assert periods.month_containing(day).label == name


@pytest.mark.parametrize(
    ("text", "label", "start_on", "end_on"),
    [
        ("2026-11", "Tháng 11/2026", (2026, 10, 15), (2026, 11, 14)),
        ("2026-Q4", "Quý IV/2026", (2026, 9, 15), (2026, 12, 14)),
        ("2026-Q1", "Quý I/2026", (2025, 12, 15), (2026, 3, 14)),
        ("2026-H1", "6 tháng đầu năm 2026", (2025, 12, 15), (2026, 6, 14)),
        ("2026-H2", "6 tháng cuối năm 2026", (2026, 6, 15), (2026, 12, 14)),
        ("2026", "Năm 2026", (2025, 12, 15), (2026, 12, 14)),
        ("2026-11-21", "Ngày 21/11/2026", (2026, 11, 21), (2026, 11, 21)),
        ("2026-11-luy-ke", "Lũy kế đến tháng 11/2026", (2025, 12, 15), (2026, 11, 14)),
        ("2026-11-21-luy-ke", "Lũy kế đến ngày 21/11/2026", (2025, 12, 15), (2026, 11, 21)),
    ],
)
def test_periods_are_read_from_text_and_written_again(text, label, start_on, end_on):
    period = periods.parse(text)
    assert (period.label, span(period)) == (label, (dt.date(*start_on), dt.date(*end_on)))
    assert periods.code(period) == text
    assert periods.parse(text) == period


def test_a_day_is_read_as_people_write_it_and_told_so():
    assert periods.parse(" 5/9/2026 ") == periods.parse("2026-09-05")
    with pytest.raises(ValueError, match=r"Ví dụ: .*21/11/2026\.$"):
        periods.parse("31/02/2026")


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-00", "2026-Q5", "2026-H3", "2026-02-30", "1830", "11/2026", "٢٠٢٦"]
)
def test_nonsense_is_told_in_vietnamese(text):
    with pytest.raises(ValueError, match="không phải là kỳ báo cáo"):
        periods.parse(text)
    assert not Period.objects.exists()


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("2026-01", "2025-12"),
        ("2026-Q1", "2025-Q4"),
        ("2026-H1", "2025-H2"),
        ("2026", "2025"),
        ("2026-03-01", "2026-02-28"),
        ("2026-11-luy-ke", "2026-10-luy-ke"),
    ],
)
def test_the_one_before(text, before):
    assert periods.code(periods.previous(periods.parse(text))) == before


def test_recent_months_are_newest_first():
    labels = [period.label for period in periods.recent_months(dt.date(2026, 1, 3), 3)]
    assert labels == ["Tháng 1/2026", "Tháng 12/2025", "Tháng 11/2025"]


def test_calendar_months_by_the_setting(settings):
    settings.REPORT_LAST_DAY = 0
    assert span(periods.month_of(2028, 2)) == (dt.date(2028, 2, 1), dt.date(2028, 2, 29))
    assert span(periods.year(2028)) == (dt.date(2028, 1, 1), dt.date(2028, 12, 31))


def test_a_changed_calendar_leaves_no_gap_and_remakes_nothing():
    december = periods.month_of(2026, 12)
    CalendarRule.objects.create(since=dt.date(2026, 12, 1), last_day=0)
    assert periods.month_of(2026, 12) == december
    assert span(periods.month_of(2027, 1)) == (dt.date(2026, 12, 15), dt.date(2027, 1, 31))
    assert span(periods.month_of(2027, 2)) == (dt.date(2027, 2, 1), dt.date(2027, 2, 28))
    assert periods.month_containing(dt.date(2026, 12, 14)) == december


def test_months_lie_side_by_side():
    ends = [span(periods.month_of(2026, number)) for number in range(1, 13)]
    for (_, end_on), (start_on, _) in pairwise(ends):
        assert start_on == end_on + dt.timedelta(days=1)


def test_a_day_ends_at_the_next_midnight_in_viet_nam():
    assert periods.ends_at(dt.date(2026, 11, 14)) == dt.datetime(2026, 11, 14, 17, tzinfo=dt.UTC)


def test_the_month_and_the_one_before_are_made_at_once_and_as_they_would_be_alone(django_assert_num_queries):
    CalendarRule.objects.create(since=dt.date(2026, 11, 1), last_day=20)
    november = dt.date(2026, 11, 18)
    with django_assert_num_queries(2):
        made = periods.make_months(november, [])
    assert [period.label for period in made] == ["Tháng 11/2026", "Tháng 10/2026"]
    assert made == [periods.month_of(2026, 11), periods.month_of(2026, 10)]
    assert [span(period) for period in made] == [
        (dt.date(2026, 10, 15), dt.date(2026, 11, 20)),
        (dt.date(2026, 9, 15), dt.date(2026, 10, 14)),
    ]
    assert periods.make_months(november, made) == []
    assert periods.make_months(november, []) == made, "somebody else was first"
