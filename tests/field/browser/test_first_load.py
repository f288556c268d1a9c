"""What a phone takes along at first: counted in bytes, for a village as large as they come."""

import datetime as dt
import gzip
import json

import pytest
from django.utils import timezone

from residents.catalogue import load_catalogue
from residents.models import Indicator, IndicatorVersion, Observation, Resident

pytestmark = pytest.mark.django_db


def test_a_village_of_150_households_is_loaded_with_less_than_300_kb(lan, place, sign_in, new_household):
    load_catalogue()
    for number in range(150):
        people = [(f"Nguyễn Văn {number}", 1960), ("vợ", 1965), ("con gái", 1995)]
        new_household(place.ta_lang, f"Nguyễn Văn {number}", code=f"{number:03}", people=people)
    asked = Indicator.objects.filter(
        is_reported=True, pk__in=IndicatorVersion.objects.filter(until=None, subject="resident").values("indicator")
    )
    seen = timezone.now() - dt.timedelta(days=90)
    Observation.objects.bulk_create(
        Observation(
            household_id=person.household_id, resident=person, subject=person.pk, indicator=indicator, answer="yes",
            effective_at=seen, received_at=seen, recorded_by=lan, source=Observation.Source.DESK,
        )
        for person in Resident.objects.all()
        for indicator in asked
    )  # fmt: skip
    client, size, more, cursor = sign_in(lan), 0, True, ""
    while more:
        query = {"limit": 200, "cursor": cursor}
        answer = client.get("/api/sync/v1/changes", query, headers={"accept-encoding": "gzip"})
        size += len(answer.content)
        again = json.loads(gzip.decompress(answer.content))
        more, cursor = again["more"], again["cursor"]
    assert 50_000 < size <= 300_000
