"""Whatever happens to the record after a report was approved: its bytes stay as they were."""

from __future__ import annotations

import datetime as dt
from random import Random

import pytest
from django.utils import timezone

from areas.models import AreaVersion
from reports.drain import drain
from reports.models import FrozenReport, Remark, StatedFigure, VillageConfirmation
from reports.signing import freezing
from residents.models import Household, IndicatorVersion, Placement, Resident, Visit
from teams.models import Member

from .conftest import AFTER

LATER = dt.timedelta(days=3)


class Later:
    """What may happen afterwards, one thing at a time."""

    def __init__(self, march, place, new_household, new_team, random: Random):
        self.march, self.place, self.random = march, place, random
        self.new_household, self.new_team = new_household, new_team

    def happen(self) -> None:
        name = self.random.choice([name for name in dir(self) if name.startswith("a_")])
        getattr(self, name)()

    def a_late_answer(self):
        day = self.march.period.end_on - dt.timedelta(days=self.random.randint(0, 25))
        person = self.random.choice(self.march.people)
        self.march.tell(person, self.random.choice(["yes", "no"]), day, received=AFTER + LATER)

    def a_late_visit(self):
        at = AFTER - dt.timedelta(days=self.random.randint(4, 20))
        Visit.objects.create(household=self.march.household, at=at, received_at=AFTER + LATER, people_helped=2)

    def a_household_more(self):
        self.new_household(self.place.ta_lang, "Hộ mới", people=[("Người mới", 1980)])

    def a_move(self):
        village = self.random.choice([self.place.ta_lang, self.place.gian_bi, self.place.bau_cau])
        Household.objects.filter(pk=self.march.household.pk).update(village=village)
        Placement.objects.filter(household=self.march.household).update(village=village)

    def a_person_without_data(self):
        Resident.objects.filter(household=self.march.household).update(label="", birth_year=None, sex="")

    def a_new_definition(self):
        IndicatorVersion.objects.filter(indicator=self.march.indicator).update(min_age=self.random.randint(10, 80))

    def a_team(self):
        team = self.new_team(self.place.ta_lang, members=["Ai đó"])
        Member.objects.filter(team=team).update(sex="f")

    def a_remark(self):
        Remark.objects.update_or_create(
            area=self.place.ta_lang, period=self.march.period, kind="model",
            defaults={"text": str(self.random.random()), "written_at": AFTER},
        )  # fmt: skip

    def a_stated_figure(self):
        StatedFigure.objects.filter(area=self.place.hoa_bac).delete()
        StatedFigure.objects.create(
            area=self.place.hoa_bac, on=self.march.period.end_on, measure=self.march.indicator.measure, eligible=100,
            reached=self.random.randint(0, 100), source="Sau này", entered_at=AFTER,
        )  # fmt: skip

    def a_confirmation_more(self):
        VillageConfirmation.objects.filter(withdrawn_at=None).update(withdrawn_at=AFTER)

    def a_new_name(self):
        AreaVersion.objects.filter(area=self.place.hoa_bac).update(name=f"Xã {self.random.randint(1, 999)}")


@pytest.mark.parametrize("steps", [20, pytest.param(200, marks=pytest.mark.long)])
@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 21))])
def test_what_was_approved_stays_byte_for_byte(
    approved, march, place, new_household, new_team, sang, minh, do, seed, steps
):
    kept = FrozenReport.objects.filter(report=approved).values().get()
    later = Later(march, place, new_household, new_team, Random(seed))
    for step in range(steps):
        later.happen()
        if step % 10 == 9:
            drain(today=timezone.localdate(AFTER))
    assert FrozenReport.objects.filter(report=approved).values().get() == kept
    assert list(freezing.faults()) == []
    do(sang, "reopen", "Có thay đổi")
    do(minh, "present")
    do(sang, "approve")
    assert FrozenReport.objects.filter(report=approved).values().get() == kept
    assert list(freezing.faults()) == []
