from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from sheets.numbers import growth, growth_text, number_text, parse_number, points_text, qualified_text, rate_text

COUNTS = st.integers(0, 10_000_000)


def spaced(text):
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234567, "1.234.567"),
        (0, "0"),
        (None, ""),
        (-1500, "−1.500"),
        (Decimal("6.27"), "6,27"),
        (1234.5, "1.234,5"),
        (Decimal("1E+3"), "1.000"),
        (Decimal("-0.0"), "0"),
        (float("nan"), ""),
        ("chưa báo cáo", "chưa báo cáo"),
    ],
)
def test_numbers_are_written_the_vietnamese_way(value, text):
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.419, "41,9 %"),
        (Decimal("0.5"), "50 %"),
        (Fraction(2, 3), "66,7 %"),
        ((2, 3), "66,7 %"),
        (0, "0 %"),
        (1, "100 %"),
        (0.9996, "99,9 %"),
        (Decimal("0.99999999"), "99,9 %"),
        (0.0004, "<0,1 %"),
        (1.0004, "100,1 %"),
        (1.25, "125 %"),
        (None, "–"),
        ((0, 0), "–"),
        ((None, 10), "–"),
        ((0, 10), "0 %"),
        (float("nan"), "–"),
    ],
)
def test_rates_are_never_rounded_to_all_or_nothing(value, text):
    assert spaced(rate_text(value)) == text


@given(COUNTS, st.integers(1, 10_000_000))
def test_only_all_is_a_hundred_percent_and_only_none_is_zero(reached, eligible):
    text = spaced(rate_text((reached, eligible)))
    assert (text == "100 %") == (reached == eligible)
    assert (text == "0 %") == (reached == 0)


@pytest.mark.parametrize(
    ("change", "text"), [(0.012, "+1,2 điểm"), (-0.004, "−0,4 điểm"), (0, "0 điểm"), (None, "–"), (-0.00001, "0 điểm")]
)
def test_changes_of_rates_are_in_points_with_a_sign(change, text):
    assert spaced(points_text(change)) == text


def test_growth_is_a_signed_percentage_of_what_was_before():
    assert spaced(growth_text(0.733)) == "+73,3 %"
    assert spaced(growth_text((26, 15))) == "+73,3 %"
    assert spaced(growth_text((9, 10))) == "−10 %"
    assert growth(5, 0) is None
    assert growth_text((5, None)) == "–"


def test_stated_numbers_keep_their_qualifier():
    assert qualified_text(2500, "gần") == "gần 2.500"
    assert qualified_text(15862) == "15.862"


def test_the_filters_need_no_load_in_a_template():
    template = Template("{{ n|number }} · {{ r|rate }} · {% rate_of 1 3 %} · {{ p|phone }} · {{ n|qualified:'hơn' }}")
    shown = template.render(Context({"n": 15000, "r": None, "p": "0905123456"}))
    assert spaced(shown) == "15.000 · – · 33,3 % · 0905 123 456 · hơn 15.000"


def test_a_rate_below_a_tenth_is_escaped_in_a_page():
    assert spaced(Template("{{ r|rate }}").render(Context({"r": 0.0001}))) == "&lt;0,1 %"
    assert spaced(Template("{% rate_of 1 10000 %}").render(Context())) == "&lt;0,1 %"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1.234", "1234"),
        ("1 234", "1234"),
        ("1\u00a0234\u202f567", "1234567"),
        ("41,9", "41.9"),
        ("41,9%", "0.419"),
        ("41,9 %", "0.419"),
        ("1.234.567,8", "1234567.8"),
        ("1,234,567", "1234567"),
        ("1,234.5", "1234.5"),
        ("0,500", "0.5"),
        ("−5", "-5"),
        ("+5", "5"),
        ("２５", "25"),
        (41.9, "41.9"),
        (7, "7"),
    ],
)
def test_written_numbers_are_read(written, number):
    assert parse_number(written) == Decimal(number)


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_an_empty_cell_is_no_number_rather_than_zero(nothing):
    assert parse_number(nothing) is None


@pytest.mark.parametrize("written", ["1,234", "6.27", "0.5", "12.34"])
def test_what_can_be_read_in_two_ways_is_reported(written):
    with pytest.raises(ValidationError) as refused:
        parse_number(written)
    assert refused.value.code == "ambiguous"


@pytest.mark.parametrize(
    "written", ["abc", "1.23.4", "12 34", "-", "1e5", "NaN", True, float("inf"), "5 hộ", ",5", "1,"]
)
def test_what_is_no_number_is_refused_in_vietnamese(written):
    with pytest.raises(ValidationError, match="không phải là số"):
        parse_number(written)


def test_where_a_whole_number_is_wanted_one_reading_is_left():
    assert parse_number("1,234", whole=True) == 1234
    assert parse_number(12.0, whole=True) == 12
    with pytest.raises(ValidationError, match="số nguyên"):
        parse_number("41,9", whole=True)


@given(st.integers(-(10**12), 10**12))
def test_whole_numbers_are_read_as_they_are_shown(number):
    assert parse_number(number_text(number), whole=True) == number


@given(st.decimals(-1_000_000, 1_000_000, places=2))
def test_decimals_are_read_as_they_are_shown(number):
    assert parse_number(number_text(number)) == number
