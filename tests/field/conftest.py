from __future__ import annotations

import pytest
from django.core.cache import cache

from residents.models import Indicator, IndicatorVersion
from tests.cast import SINCE

from .phone import Phone


@pytest.fixture(autouse=True)
def no_limit_of_requests(monkeypatch):
    """Tests ask more in a minute than any phone; the limit counts in the cache, where their users share one key."""
    cache.clear()
    monkeypatch.setattr("field.views.api.REQUESTS_A_MINUTE", 1_000_000)


@pytest.fixture
def asked(place):
    """What is asked: one indicator of people, one of households."""

    def indicator(code, subject, **ages):
        made = Indicator.objects.create(code=code, name=code, short_name=code, group="identity", order=1)
        IndicatorVersion.objects.create(indicator=made, subject=subject, since=SINCE, definition="Thử.", **ages)
        return made

    return {
        "vneid2": indicator("vneid2", "resident", min_age=14),
        "broadband": indicator("broadband", "household"),
    }


@pytest.fixture
def phone(lan, asked):
    """Lan's phone, known to the server."""
    made = Phone(lan)
    assert made.hello().status_code == 200
    return made


@pytest.fixture
def home(place, asked, new_household):
    """A household of Lan's village with one person."""
    return new_household(place.ta_lang, people=[("Ông Sáu", 1960)])


@pytest.fixture
def person(home):
    return home.residents.get()
