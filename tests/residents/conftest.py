import datetime as dt

import pytest
from django.utils import timezone

from accounts.rules import Role
from residents.catalogue import load_catalogue
from residents.models import Indicator
from residents.record import NewObservation, append
from tests.cast import user_with


@pytest.fixture
def catalogue(db):
    """The indicators, topics and kinds of result as they are shipped."""
    return load_catalogue()


@pytest.fixture
def tu(place):
    """A member of the team of Tà Lang: records, but keeps no household."""
    return user_with("tu", "Đinh Văn Tú", Role.TEAM_MEMBER, place.ta_lang)


@pytest.fixture
def home(catalogue, place, new_household):
    """Ông Sáu (1960), bà Tư (no age known) and a child of 2020, in Tà Lang."""
    return new_household(
        place.ta_lang, "Nguyễn Văn Sáu", code="001", people=[("Ông Sáu", 1960), ("Bà Tư", None), ("bé Na", 2020)]
    )


@pytest.fixture
def person(home):
    """`person("Ông Sáu")`"""
    return lambda label: home.residents.get(label=label)


@pytest.fixture
def saw():
    """`saw(household, "vneid2", "yes", person, days_ago=3)` writes an answer."""

    def see(household, code, answer, resident=None, *, days_ago=1, by=None):
        at = timezone.now() - dt.timedelta(days=days_ago)
        item = NewObservation(
            household_id=household.pk,
            resident_id=resident.pk if resident else None,
            indicator_id=Indicator.objects.get(code=code).pk,
            answer=answer,
            effective_at=at,
        )
        return append([item], by=by, received_at=at).inserted[0]

    return see


@pytest.fixture
def today():
    return timezone.localdate()
