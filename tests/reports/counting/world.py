"""Random worlds: a small country with people, visits, teams, marks, stated figures and a reorganisation."""

import datetime as dt
from random import Random

from django.utils import timezone
from uuid6 import uuid7

from areas.actions import open_area
from areas.closure import relink
from areas.models import Area, AreaVersion, Holiday, Level, Reorganisation, ReorganisationPart, Stale
from reports.models import CompleteMark, StatedFigure
from residents import spells
from residents.models import (
    Household,
    Indicator,
    IndicatorVersion,
    Placement,
    Residence,
    Resident,
    ResultKind,
    Topic,
    Visit,
    VisitResult,
)
from residents.record import NewObservation, append, retract
from teams.models import Member, SizeNorm, Team, TeamVillage

FIRST = dt.date(2025, 1, 1)
REFORM = dt.date(2025, 7, 1)
LAST = dt.date(2025, 10, 20)


class World:
    """Made from the choices of `choose`; every choice shrinks towards less."""

    def __init__(self, choose: Random):
        self.choose = choose
        self.today = LAST
        self.make_map()
        self.make_catalogue()
        self.make_people()
        self.make_teams()
        self.observe()
        self.keep_holidays()
        self.visit()
        self.mark_and_state()
        if choose.random() < 0.8:
            self.reorganise()

    def day(self, first=FIRST, last=LAST) -> dt.date:
        return first + dt.timedelta(days=self.choose.randrange((last - first).days + 1))

    def instant(self) -> dt.datetime:
        midnight = dt.datetime.combine(self.day(), dt.time(), timezone.get_default_timezone())
        return midnight + dt.timedelta(minutes=self.choose.randrange(1440))

    def some(self, things, most=3) -> list:
        return self.choose.sample(things, self.choose.randint(0, min(most, len(things))))

    # --- the map ------------------------------------------------------------------------------------------------------

    def make_map(self):
        def area(level, name, parent=None):
            kind = name.split()[0]
            return open_area(by=None, level=level, kind=kind, name=name, parent=parent, since=FIRST)

        self.country = area(Level.COUNTRY, "Nước")
        self.province = area(Level.PROVINCE, "Tỉnh A", self.country)
        self.other_province = area(Level.PROVINCE, "Tỉnh B", self.country)
        self.district = area(Level.DISTRICT, "Huyện", self.province)
        self.wards = [
            area(Level.WARD, "Xã 1", self.district),
            area(Level.WARD, "Xã 2", self.district),
            area(Level.WARD, "Xã 3", self.province),
            area(Level.WARD, "Xã 4", self.other_province),
        ]
        self.villages = [
            area(Level.VILLAGE, f"Thôn {number}", ward)
            for number, ward in enumerate([*self.wards[:2], *self.wards, *self.wards[:1]])
        ]

    def reorganise(self):
        """The district ends, one ward goes whole into another, villages merge or are divided or move."""
        choose = self.choose
        event = Reorganisation.objects.create(
            kind="reform", title="Sắp xếp", decree_number="1", effective_on=REFORM, state="carried_out",
            carried_out_at=timezone.now(),
        )  # fmt: skip
        parents = {ward.pk: self.province for ward in self.wards[:2]}
        ended = [self.district]
        if choose.random() < 0.6:
            gone, heir = self.wards[:2]
            self._became(event, gone, [heir])
            ended.append(gone)
            parents |= {village.pk: heir for village in self.villages if self._parent(village) == gone.pk}
            del parents[gone.pk]
        moving = choose.choice(self.villages)
        if choose.random() < 0.5:
            parents[moving.pk] = self.wards[2]
        merged, other = choose.sample(self.villages, 2)
        if choose.random() < 0.6:
            self._became(event, merged, [other] if choose.random() < 0.6 else [other, choose.choice(self.villages)])
            ended.append(merged)
            parents.pop(merged.pk, None)
        for area, parent in parents.items():
            version = AreaVersion.objects.get(area=area, until=None)
            if version.parent_id != parent.pk:
                AreaVersion.objects.filter(pk=version.pk).update(until=REFORM)
                AreaVersion.objects.create(
                    area_id=area, name=version.name, kind=version.kind, parent=parent, since=REFORM
                )
        for area in ended:
            AreaVersion.objects.filter(area=area, until=None).update(until=REFORM)
            Area.objects.filter(pk=area.pk).update(until=REFORM)
        relink(Area.objects.values_list("pk", flat=True))
        Stale.objects.bulk_create(Stale(area=area, since=REFORM) for area in Area.objects.all())

    def _parent(self, area) -> int:
        return AreaVersion.objects.get(area=area, until=None).parent_id

    def _became(self, event, gone, heirs):
        heirs = [heir for heir in dict.fromkeys(heirs) if heir != gone]
        for place, heir in enumerate(heirs):
            ReorganisationPart.objects.create(
                reorganisation=event, from_area=gone, to_area=heir, is_main=place == 0,
                extent="whole" if len(heirs) == 1 else "part",
            )  # fmt: skip
        if gone.level == Level.VILLAGE:
            for household in Household.objects.filter(village=gone):
                if household.merged_into_id is None:
                    self.place(household, self.choose.choice(heirs), REFORM)
            TeamVillage.objects.filter(village=gone, until=None, since__lt=REFORM).update(until=REFORM)

    # --- what is asked ------------------------------------------------------------------------------------------------

    def make_catalogue(self):
        def indicator(code, *, reported=True, requires=(), since=FIRST, until=None, **version):
            made, _ = Indicator.objects.get_or_create(
                code=code,
                defaults={"name": code, "short_name": code, "group": "skill", "order": 1, "is_reported": reported},
            )
            row = IndicatorVersion.objects.create(
                indicator=made, since=since, until=until, definition="thử", **{"subject": "resident"} | version
            )
            row.requires.set(requires)
            return made

        changes = self.day(dt.date(2025, 5, 1), dt.date(2025, 9, 1))
        phone = indicator("w-phone", min_age=15, until=changes)
        indicator("w-phone", min_age=16, since=changes)
        trade, ocop = (indicator(code, reported=False, subject="household") for code in ("w-trade", "w-ocop"))
        self.indicators = {
            "resident": [
                phone,
                indicator("w-young", min_age=14, max_age=17),
                indicator("w-app", min_age=18, requires=[phone]),
                indicator("w-tutor", requires=[trade]),
                indicator("w-child", max_age=10),
            ],
            "household": [
                trade,
                ocop,
                indicator("w-net", subject="household"),
                indicator("w-qr", subject="household", requires=[trade, ocop]),
                indicator("w-home", subject="household", requires=[phone]),
            ],
        }
        group = Topic.objects.create(code="w-group", name="Nhóm", order=1)
        self.topics = [group, Topic.objects.create(code="w-field", name="Lĩnh vực", order=2, parent=group)]
        self.kind = ResultKind.objects.create(code="w-accounts", name="Tài khoản", unit="tài khoản", order=1)

    # --- people -------------------------------------------------------------------------------------------------------

    def make_people(self):
        choose = self.choose
        self.households, self.residents = [], []
        for _ in range(choose.randint(0, 5)):
            village, since = choose.choice(self.villages), self.day()
            household = Household.objects.create(village=village, code_village=village, head_name="Hộ", since=since)
            Placement.objects.create(household=household, village=village, since=since)
            spells.rebuild(household_ids=[household.pk])
            self.households.append(household)
            for _ in range(choose.randint(0, 3)):
                self.residents.append(self.new_resident(household, since))
        for household in self.some(self.households, 2):
            self.place(household, choose.choice([*self.villages, None]), self.day(household.since))
        for resident in self.some(self.residents, 2):
            self.move(resident, choose.choice([*self.households, None]), self.day(resident.since))
        for gone in self.some(self.households[1:], 1):
            Household.objects.filter(pk=gone.pk).update(merged_into=self.households[0])
            spells.rebuild(household_ids=[gone.pk])

    def new_resident(self, household, since) -> Resident:
        choose = self.choose
        birth = choose.choice(
            [
                {},
                {"birth_year": choose.randint(2000, 2025)},
                {"birth_date": self.day(dt.date(2006, 10, 1), dt.date(2012, 3, 1))},
                {"birth_date": dt.date(2008, 2, 29)},
                {"age_band": choose.choice(Resident.AgeBand.values), "age_band_on": since},
            ]
        )
        resident = Resident.objects.create(household=household, label="", since=since, **birth)
        Residence.objects.create(resident=resident, household=household, since=since)
        spells.rebuild(household_ids=[household.pk])
        return resident

    def place(self, household, village, on):
        """Move a household; None: it leaves."""
        before = Placement.objects.filter(household=household, until=None, since__lt=on)
        if not before.update(until=on):
            return
        if village is None:
            Household.objects.filter(pk=household.pk).update(until=on)
        else:
            Placement.objects.create(household=household, village=village, since=on)
            Household.objects.filter(pk=household.pk).update(village=village)
        spells.rebuild(household_ids=[household.pk])

    def move(self, resident, household, on):
        before = Residence.objects.filter(resident=resident, until=None, since__lt=on)
        if not before.update(until=on):
            return
        if household is None:
            Resident.objects.filter(pk=resident.pk).update(until=on)
        else:
            Residence.objects.create(resident=resident, household=household, since=on)
            Resident.objects.filter(pk=resident.pk).update(household=household)
        spells.rebuild(household_ids=[resident.household_id, *([household.pk] if household else [])])

    def observe(self, most=14):
        choose, items = self.choose, []
        if not self.households:
            return
        for _ in range(choose.randint(0, most)):
            of_people = bool(self.residents) and choose.random() < 0.6
            resident = choose.choice(self.residents) if of_people else None
            household = resident.household if resident else choose.choice(self.households)
            items.append(
                NewObservation(
                    id=uuid7(),
                    household_id=household.pk,
                    resident_id=resident and resident.pk,
                    indicator_id=choose.choice(self.indicators["resident" if of_people else "household"]).pk,
                    answer=choose.choice(["yes", "no", "na"]),
                    effective_at=self.instant(),
                )
            )
        append(items, by=None, received_at=timezone.now())
        retract([item.id for item in self.some(items, 2)], by=None, at=self.instant())

    # --- teams, visits ------------------------------------------------------------------------------------------------

    def make_teams(self):
        choose = self.choose
        self.teams = []
        for _ in range(choose.randint(0, 3)):
            home, since = choose.choice([*self.villages, *self.wards, self.district]), self.day()
            until = choose.choice([None, None, self.day(since + dt.timedelta(days=1), LAST + dt.timedelta(days=1))])
            team = Team.objects.create(name="Tổ", home_area=home, since=since, until=until)
            for village in self.some(self.villages, 2):
                TeamVillage.objects.create(team=team, village=village, since=since)
            for number in range(choose.randint(0, 3)):
                Member.objects.create(
                    team=team, full_name=f"Người {number}", since=self.day(since), sex=choose.choice("fm"),
                    role=choose.choice(Member.Role.values), organisation=choose.choice(["youth", "women"]),
                    is_on_payroll=choose.random() < 0.5,
                )  # fmt: skip
            self.teams.append(team)
        if choose.random() < 0.5:
            SizeNorm.objects.create(area=choose.choice([self.country, self.wards[0]]), at_least=2, since=FIRST)

    def keep_holidays(self):
        """Every third day breaks the week's rule, one way or the other."""
        days = [FIRST + dt.timedelta(days=number) for number in range((LAST - FIRST).days + 2)]
        some = self.choose.sample(days, len(days) // 3)
        kinds = Holiday.Kind.values
        Holiday.objects.bulk_create(Holiday(day=day, name="Lễ", kind=self.choose.choice(kinds)) for day in some)

    def visit(self, most=6):
        choose, made = self.choose, []
        for _ in range(choose.randint(0, most)):
            at_home = self.households and choose.random() < 0.7
            visit = Visit.objects.create(
                household=choose.choice(self.households) if at_home else None,
                village=None if at_home else choose.choice(self.villages),
                at=self.instant(), minutes=choose.choice([None, 30, 600, 1440]),
                outcome=choose.choice(["met", "nobody"]), people_helped=choose.randint(0, 3),
                received_at=timezone.now(), replaces=choose.choice([None, None, made.pop() if made else None]),
            )  # fmt: skip
            visit.topics.set(self.some(self.topics, 2))
            if choose.random() < 0.4:
                VisitResult.objects.create(visit=visit, kind=self.kind, count=choose.randint(0, 4))
            made.append(visit)

    def mark_and_state(self):
        choose = self.choose
        for village in self.some(self.villages, len(self.villages)):
            CompleteMark.objects.create(
                village=village,
                since=self.day(),
                indicator=choose.choice([None, None, self.indicators["household"][2]]),
            )
        for area in self.some([*self.villages, *self.wards, self.district, self.province], 3):
            StatedFigure.objects.create(
                area=area, on=self.day(), measure=choose.choice(["cov:w-net", "teams", "cov:w-phone"]), value=7,
                reached=3, eligible=4, source="báo", entered_at=timezone.now(),
            )  # fmt: skip
        if choose.random() < 0.4:
            StatedFigure.objects.create(
                area=choose.choice(self.villages), since=dt.date(2025, 6, 15), on=dt.date(2025, 7, 14),
                measure="visits", value=70, source="thôn", entered_at=timezone.now(),
            )  # fmt: skip
