import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from sheets.phones import PREFIXES_2018, normalise_phone, phone_text


@pytest.mark.parametrize(
    "written",
    [
        "0905123456",
        "0905 123 456",
        "0905.123.456",
        "0905-123-456",
        "+84 905 123 456",
        "84905123456",
        "0084905123456",
        "+84 (0)905 123 456",
        "+84(905)123456",
        "905123456",
        905123456,
        905123456.0,
        "905123456.0",
        "０９０５１２３４５６",
        "\u00a00905\u00a0123\u00a0456 ",
    ],
)
def test_one_number_in_many_hands_is_one_number(written):
    assert normalise_phone(written) == "0905123456"


@pytest.mark.parametrize(("old", "new"), PREFIXES_2018.items())
def test_numbers_from_before_2018_are_brought_up_to_date(old, new):
    today = f"{new}1234567"
    for written in (f"{old}1234567", f"{old[1:]}1234567", f"+84{old[1:]}1234567", f"84{old[1:]}1234567"):
        assert normalise_phone(written) == today


def test_a_number_that_begins_with_84_after_its_eaten_zero_is_not_a_country_code():
    assert normalise_phone("841234567") == "0841234567"


def test_landlines_are_numbers_too():
    assert normalise_phone("(0236) 3822 222") == "02363822222"
    assert phone_text("02363822222") == "0236 382 2222"
    assert phone_text("02438222222") == "024 3822 2222"


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_no_number_is_allowed(nothing):
    assert normalise_phone(nothing) == ""


@pytest.mark.parametrize(
    "written",
    ["abc", "0905", "09051234567", "0105123456", "0905123456 / 0914123456", "+1 202 555 0100", "113", "0905x123456"],
)
def test_what_is_no_vietnamese_number_is_refused(written):
    with pytest.raises(ValidationError, match="không phải là số điện thoại"):
        normalise_phone(written)


@given(st.from_regex(r"0[35789][0-9]{8}", fullmatch=True))
def test_a_canonical_number_stays_and_is_read_as_it_is_shown(number):
    assert normalise_phone(number) == normalise_phone(phone_text(number)) == number


@given(st.text(max_size=20))
def test_any_text_gives_a_number_or_a_refusal(text):
    try:
        number = normalise_phone(text)
    except ValidationError:
        return
    assert number == normalise_phone(number)


def test_an_unknown_form_is_shown_as_it_is():
    assert phone_text("113") == "113"
    assert phone_text(None) == ""
