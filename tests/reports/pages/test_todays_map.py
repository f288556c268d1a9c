"""Figures of that time by the map of today."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from areas.models import Area, AreaLink, AreaVersion, PendingVillage, Reorganisation, ReorganisationPart

from .conftest import text_of

URL = "/bao-cao/do-phu/"


@pytest.fixture
def new_ward_since(place, today):
    """The ward stands since the first of the villages' figures only: an area that a reorganisation made."""

    def make(since):
        Area.objects.filter(pk=place.hoa_bac.pk).update(since=since)
        AreaVersion.objects.filter(area=place.hoa_bac).update(since=since)
        return place.hoa_bac

    return make


def test_an_area_made_since_shows_its_villages_figures_of_that_time(sign_in, minh, ward, new_ward_since, today):
    new_ward_since(today)
    earlier = f"{today - dt.timedelta(days=1):%d/%m/%Y}"
    page = text_of(sign_in(minh).get(URL, {"view": "areas", "map": "today", "on": earlier, "indicator": "vneid2"}))
    assert "25 %" in page
    assert f"ngày {today:%d/%m/%Y}" in page.partition("footer")[2]


def test_an_area_that_has_ended_is_shown_by_the_map_of_its_day(sign_in, minh, ward, place, today):
    ended = today - dt.timedelta(days=3)
    Area.objects.filter(pk=place.hoa_bac.pk).update(until=ended)
    AreaVersion.objects.filter(area=place.hoa_bac).update(until=ended)
    AreaLink.objects.filter(ancestor=place.hoa_bac).update(until=ended)
    AreaLink.objects.filter(descendant=place.hoa_bac).update(until=ended)
    response = sign_in(minh).get(URL, {"view": "areas", "map": "today"}, follow=True)
    assert response.status_code == 200
    assert "không còn trên bản đồ hôm nay" in text_of(response)


@pytest.mark.parametrize(("view", "area"), [("areas", "hoa_bac"), ("matrix", "hoa_bac"), ("areas", "hoa_vang")])
def test_todays_map_costs_at_most_twelve_queries(sign_in, minh, ward, place, view, area, django_assert_max_num_queries):
    """Of her own ward, and of the district above it, where the gate looks for former areas."""
    client = sign_in(minh)
    asked = {"view": view, "map": "today", "indicator": "vneid2", "area": getattr(place, area).pk}
    client.get(URL, asked)
    with django_assert_max_num_queries(12):
        assert client.get(URL, asked).status_code == 200


@pytest.fixture
def waiting(place, today):
    """Hòa Bắc was divided yesterday into itself and Hòa Châu; Giàn Bí waits to be placed."""
    reform = Reorganisation.objects.create(
        kind="split",
        decree_number="1",
        effective_on=today,
        decided_on=today,
        state="carried_out",
        carried_out_at=timezone.now(),
    )
    for target in (place.hoa_bac, place.hoa_chau):
        ReorganisationPart.objects.create(
            reorganisation=reform,
            from_area=place.hoa_bac,
            to_area=target,
            extent="part",
            is_main=target == place.hoa_bac,
        )
    return PendingVillage.objects.create(village=place.gian_bi, reorganisation=reform)


@pytest.mark.parametrize("view", ["areas", "matrix"])
def test_wards_among_which_villages_wait_are_not_comparable(sign_in, dung, ward, waiting, today, view):
    earlier = f"{today - dt.timedelta(days=1):%d/%m/%Y}"
    client = sign_in(dung)
    asked = {"view": view, "map": "today", "on": earlier}
    assert text_of(client.get(URL, asked)).count("không so sánh được") >= 2
    waiting.settled_at = dt.datetime.fromisoformat("2026-01-01T08:00:00+07:00")
    waiting.save()
    assert "không so sánh được" not in text_of(client.get(URL, asked))
