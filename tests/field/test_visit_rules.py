"""The phone's batch and the form at the desk refuse the same visits with the same words."""

from __future__ import annotations

import datetime as dt
import random

from django.core.exceptions import ValidationError
from django.utils import timezone
from uuid6 import uuid7

from residents.actions import VisitFacts
from residents.actions.visit_batch import NewVisit, Whereabouts, faults_of
from residents.actions.visits import check
from residents.models import Visit


def errors_at_the_desk(facts, now) -> dict:
    try:
        check(facts, now)
    except ValidationError as error:
        return {name: " ".join(messages) for name, messages in error.message_dict.items()}
    return {}


def test_both_refuse_the_same(place, home, new_team, new_household):
    now, chance = timezone.now(), random.Random(7)
    today = timezone.localdate(now)
    recent = new_household(place.ta_lang, since=today - dt.timedelta(days=3))
    teams = [new_team(place.ta_lang, members=["Lan"]), new_team(place.gian_bi, "Tổ khác", members=["Tám"])]
    members = [member for team in teams for member in team.members.all()]
    type(members[0]).objects.filter(pk=members[0].pk).update(since=today - dt.timedelta(days=2))
    members[0].refresh_from_db()
    refused = 0
    for _ in range(300):
        household = chance.choice([home, recent, None])
        facts = VisitFacts(
            at=now + dt.timedelta(hours=chance.choice([-1, -30, -100, -2000, 2])),
            outcome=chance.choice(Visit.Outcome.values),
            household=household,
            village=None if household else chance.choice([place.ta_lang, place.hoa_bac]),
            team=chance.choice([None, *teams]),
            minutes=chance.choice([None, 0, 1440, 1441]),
            come_back_on=chance.choice([None, today - dt.timedelta(days=90), today + dt.timedelta(days=1)]),
            people_helped=chance.choice([0, 2]),
            members=chance.choice([(), members[:1], members]),
            results=chance.choice([{}, {1: 0}, {1: 2}]),
        )
        visit = NewVisit(uuid7(), facts)
        where = Whereabouts([household.pk] if household else [])
        found = faults_of([visit], where=where, now=now).get(visit.id, {})
        assert found == errors_at_the_desk(facts, now)
        refused += bool(found)
    assert 100 < refused < 300
