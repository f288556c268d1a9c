"""Vietnamese formats round-trip: what a page shows, a form reads, as the same value."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django import forms
from django.template import engines
from django.utils import formats, translation

from sheets import numbers

FIFTH_OF_NOVEMBER = dt.date(2026, 11, 5)


class Form(forms.Form):
    on = forms.DateField()
    at = forms.DateTimeField()
    amount = forms.DecimalField(localize=True)


def render(template: str, **context) -> str:
    return engines["django"].from_string(template).render(context)


def test_the_site_speaks_vietnamese(settings):
    assert settings.LANGUAGE_CODE == "vi"
    assert [code for code, _name in settings.LANGUAGES] == ["vi"]
    assert translation.get_language() == "vi"


@pytest.mark.parametrize("text", ["05/11/2026", "5/11/2026", "05-11-2026", "05.11.2026", "2026-11-05"])
def test_the_fifth_of_november_is_never_the_eleventh_of_may(text):
    assert forms.DateField().clean(text) == FIFTH_OF_NOVEMBER


@pytest.mark.parametrize("text", ["31/11/2026", "11/31/2026", "05/13/2026", "hôm qua"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(forms.ValidationError):
        forms.DateField().clean(text)


@pytest.mark.parametrize("day", [FIFTH_OF_NOVEMBER, dt.date(2025, 7, 1), dt.date(2024, 2, 29), dt.date(2026, 12, 31)])
def test_a_date_shown_in_a_form_is_read_as_the_same_date(day):
    shown = Form(initial={"on": day})["on"].value()
    widget = forms.DateInput().format_value(shown)
    assert widget == day.strftime("%d/%m/%Y")
    assert forms.DateField().clean(widget) == day


def test_an_instant_shown_in_a_form_is_read_as_the_same_instant():
    at = dt.datetime(2026, 11, 5, 21, 4)  # noqa: DTZ001 - what stands in a form has no zone
    shown = forms.DateTimeInput().format_value(at)
    assert forms.DateTimeField().clean(shown).replace(tzinfo=None) == at


@pytest.mark.parametrize("number", [Decimal("1234.5"), Decimal("0.1"), Decimal("1234567.89"), Decimal("-3.25")])
def test_a_decimal_shown_in_a_form_is_read_as_the_same_number(number):
    shown = forms.NumberInput(attrs={}).format_value(number)
    localized = formats.localize_input(number)
    assert "," in localized
    assert forms.DecimalField(localize=True).clean(localized) == number
    assert shown


@pytest.mark.parametrize("number", [0, 7, 999, 1000, 1234567, -1234, Decimal("6.27"), Decimal("1234.5")])
def test_a_number_shown_on_a_page_is_read_as_the_same_number(number):
    assert numbers.parse_number(numbers.number_text(number)) == number


def test_pages_show_dates_and_numbers_as_vietnamese_readers_write_them():
    assert render("{{ day }}", day=FIFTH_OF_NOVEMBER) == "05/11/2026"
    assert render("{{ day|date }}", day=FIFTH_OF_NOVEMBER) == "05/11/2026"
    assert render("{{ number|number }}", number=1234567) == "1.234.567"
    assert render("{{ share|rate }}", share=Decimal("0.419")).replace("\u00a0", " ") == "41,9 %"


def test_an_identifier_in_a_link_gets_no_separator():
    assert render('<a href="/{{ id }}/">', id=1234567) == '<a href="/1234567/">'


def test_the_week_begins_on_monday():
    assert formats.get_format("FIRST_DAY_OF_WEEK") == 1
