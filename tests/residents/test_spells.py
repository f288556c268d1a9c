"""Spells: the record laid out by village and day, clipped to presence and definition."""

import datetime as dt

import pytest
from uuid6 import uuid7

from residents import spells
from residents.models import (
    NEVER,
    Indicator,
    IndicatorVersion,
    Placement,
    Presence,
    Spell,
    SpellDue,
    State,
)
from residents.record import NewObservation, append, retract

SINCE = dt.date(2024, 9, 1)


def day(text):
    return dt.date.fromisoformat(text)


def morning(text):
    return dt.datetime.fromisoformat(f"{text}T08:00:00+07:00")


@pytest.fixture
def indicator(db):
    def make(code, *, requires=(), since=SINCE, **version):
        made = Indicator.objects.create(code=code, name=code, short_name=code, group="skill", order=900)
        version = IndicatorVersion.objects.create(
            indicator=made, since=since, definition="thử", **{"subject": "resident"} | version
        )
        version.requires.set(requires)
        return made

    return make


@pytest.fixture
def see():
    def see(household, indicator, answer, on, person=None):
        item = NewObservation(
            id=uuid7(), household_id=household.pk, resident_id=person and person.pk, indicator_id=indicator.pk,
            answer=answer, effective_at=morning(on),
        )  # fmt: skip
        append([item], by=None, received_at=morning(on))
        spells.lay_out_due()
        return item.id

    return see


def laid_out(indicator, **of):
    rows = Spell.objects.filter(indicator=indicator, **of).order_by("since", "village")
    return [(State(row.state), str(row.since), "" if row.until == NEVER else str(row.until)) for row in rows]


@pytest.fixture
def household(place, new_household):
    return new_household(place.ta_lang, people=[("Ông Sáu", 1960), ("con gái", None), ("cháu", 2012)])


@pytest.fixture
def people(household):
    return {person.label: person for person in household.residents.all()}


def test_an_answer_is_a_spell_of_days(indicator, household, see):
    broadband = indicator("broadband", subject="household")
    see(household, broadband, "no", "2026-01-10")
    see(household, broadband, "yes", "2026-03-05")
    assert laid_out(broadband) == [(State.NO, "2026-01-10", "2026-03-05"), (State.YES, "2026-03-05", "")]


def test_the_last_answer_of_a_day_is_the_answer_of_the_day(indicator, household, see):
    broadband = indicator("broadband", subject="household")
    see(household, broadband, "yes", "2026-01-10")
    append(
        [
            NewObservation(
                household_id=household.pk, resident_id=None, indicator_id=broadband.pk, answer="no",
                effective_at=morning("2026-01-10") + dt.timedelta(hours=2),
            )
        ],
        by=None, received_at=morning("2026-01-10"),
    )  # fmt: skip
    spells.lay_out_due()
    assert laid_out(broadband) == [(State.NO, "2026-01-10", "")]


def test_taken_back_leaves_no_spell(indicator, household, see):
    broadband = indicator("broadband", subject="household")
    seen = see(household, broadband, "yes", "2026-01-10")
    retract([seen], by=None, at=morning("2026-02-01"))
    spells.lay_out_due()
    assert laid_out(broadband) == []


def test_a_spell_begins_when_its_person_comes_of_age(indicator, household, people, see):
    epay = indicator("epay", min_age=15)
    see(household, epay, "yes", "2026-01-10", people["cháu"])
    see(household, epay, "yes", "2026-01-10", people["con gái"])
    assert laid_out(epay) == [(State.YES, "2026-01-10", ""), (State.YES, "2027-01-01", "")]


def test_a_move_cuts_a_spell_in_two(indicator, household, see, place):
    broadband = indicator("broadband", subject="household")
    see(household, broadband, "yes", "2026-01-10")
    Placement.objects.filter(household=household).update(until=day("2026-02-01"))
    Placement.objects.create(household=household, village=place.gian_bi, since=day("2026-02-01"))
    spells.rebuild(household_ids=[household.pk])
    spells.lay_out_due()
    assert laid_out(broadband) == [(State.YES, "2026-01-10", "2026-02-01"), (State.YES, "2026-02-01", "")]
    assert Presence.objects.filter(is_person=False).count() == 2


def test_what_requires_another_is_unclear_until_that_is_known(indicator, household, people, see):
    phone = indicator("smartphone", min_age=15)
    vssid = indicator("vssid", min_age=15, requires=[phone])
    sau = people["Ông Sáu"]
    see(household, phone, "yes", "2026-01-10", sau)
    see(household, vssid, "yes", "2026-02-10", sau)
    see(household, phone, "no", "2026-03-10", sau)
    assert laid_out(vssid, subject=sau.pk) == [
        (State.UNCLEAR, str(SINCE), "2026-01-10"),
        (State.NOT_ASKED, "2026-01-10", "2026-02-10"),
        (State.YES, "2026-02-10", "2026-03-10"),
    ]


def test_any_of_the_required_ones_is_enough(indicator, household, see):
    ocop, farms = indicator("ocop", subject="household"), indicator("farms", subject="household")
    ecom = indicator("ecom", subject="household", requires=[ocop, farms])
    see(household, ocop, "no", "2026-01-10")
    see(household, farms, "yes", "2026-02-10")
    see(household, farms, "no", "2026-03-10")
    assert laid_out(ecom) == [(State.UNCLEAR, str(SINCE), "2026-02-10"), (State.NOT_ASKED, "2026-02-10", "2026-03-10")]


def test_an_answer_given_elsewhere_follows_its_person(indicator, household, people, see, place, new_household):
    epay = indicator("epay", min_age=15)
    other = new_household(place.gian_bi)
    see(other, epay, "yes", "2026-01-10", people["Ông Sáu"])
    assert Spell.objects.get().village == place.ta_lang


def test_changed_definitions_ask_for_all_again(indicator, household, see):
    broadband = indicator("broadband", subject="household")
    assert spells.are_by_old_rules()
    spells.ask_all()
    assert not spells.are_by_old_rules()
    assert SpellDue.objects.count() == 1
    IndicatorVersion.objects.filter(indicator=broadband).update(until=day("2026-02-01"))
    assert spells.are_by_old_rules()


def test_laying_out_again_writes_nothing(indicator, household, people, see):
    epay = indicator("epay", min_age=15)
    see(household, epay, "yes", "2026-01-10", people["Ông Sáu"])
    before = sorted(Spell.objects.values_list("pk")), sorted(Presence.objects.values_list("pk"))
    spells.ask_all()
    assert spells.lay_out_due(1) == 1
    assert (sorted(Spell.objects.values_list("pk")), sorted(Presence.objects.values_list("pk"))) == before
