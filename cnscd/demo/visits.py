"""Two years of evenings and days off: knocks at doors, what was seen, and what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery

from residents.models import Indicator, Observation, ResultKind, Topic, Visit, VisitResult
from residents.models.indicators import age_on
from residents.record import NewObservation, append
from teams.models import Member, Team

from .households import Register

HERE = ZoneInfo("Asia/Ho_Chi_Minh")

# Share of those who have it: when the work began, and two years later.
PEOPLE = {
    "card": (0.90, 0.99),
    "vneid2": (0.48, 0.94),
    "epay": (0.42, 0.86),
    "mobilemoney": (0.08, 0.30),
    "dvc": (0.18, 0.62),
    "smartphone": (0.72, 0.91),
    "ehealth": (0.30, 0.72),
    "vssid": (0.38, 0.55),
    "digsig": (0.02, 0.30),
    "skill": (0.05, 0.38),
    "localapp": (0.15, 0.48),
    "zalo_page": (0.20, 0.55),
}
HOUSEHOLDS = {
    "smartphone_home": (0.93, 0.99),
    "broadband": (0.66, 0.90),
    "netsafe": (0.22, 0.60),
    "zalo": (0.52, 0.90),
    "qr": (0.28, 0.80),
    "ecom": (0.08, 0.42),
    "billpay": (0.34, 0.74),
}
TRAITS = {"business": 0.16, "ocop": 0.03, "farm": 0.30, "pupils": 0.42, "bills": 0.97}
NEEDS = {
    "qr": ("business",),
    "ecom": ("ocop", "farm"),
    "billpay": ("bills",),
    "vssid": ("smartphone",),
    "ehealth": ("smartphone",),
    "localapp": ("smartphone",),
}
MIN_AGE = {"card": 14, "vneid2": 14, "epay": 15, "smartphone": 15, "ehealth": 0, "vssid": 15, "localapp": 15}
RESULT_OF = {
    "vneid2": "vneid2",
    "epay": "pay-account",
    "dvc": "application-sent",
    "ehealth": "ehealth-opened",
    "localapp": "app-installed",
    "qr": "qr-code",
    "digsig": "signature-issued",
    "ecom": "shop-opened",
    "billpay": "bill-paid",
}
TOPIC_OF = {
    "vneid2": "vneid",
    "dvc": "ho-tich",
    "epay": "tai-khoan",
    "qr": "ma-qr",
    "billpay": "dien-nuoc",
    "ecom": "gian-hang",
    "netsafe": "lua-dao",
    "localapp": "ung-dung-dia-phuong",
    "ehealth": "y-te",
    "vssid": "bao-hiem-xa-hoi",
    "digsig": "chu-ky-so",
    "zalo": "zalo",
}
REASONS = ("no_phone", "no_sim", "away", "bedridden", "refuses", "others_phone")


@dataclass
class Evening:
    """What a village's visits bring together before it is written at once."""

    visits: list[Visit] = field(default_factory=list)
    observations: list[NewObservation] = field(default_factory=list)
    results: list[VisitResult] = field(default_factory=list)
    topics: list = field(default_factory=list)
    members: list = field(default_factory=list)


@dataclass(frozen=True)
class Catalogue:
    indicators: dict[str, Indicator]
    topics: dict[str, Topic]
    results: dict[str, ResultKind]

    @classmethod
    def load(cls) -> Catalogue:
        return cls(
            {row.code: row for row in Indicator.objects.all()},
            {row.code: row for row in Topic.objects.all()},
            {row.code: row for row in ResultKind.objects.all()},
        )


def make_visits(
    register: Register, team: Team | None, by, first: dt.date, last: dt.date, random: Random, catalogue: Catalogue
) -> None:
    """Visits to every household of a register between two days, with their observations."""
    evening = Evening()
    members = list(Member.objects.filter(team=team, until=None)) if team else []
    pace = random.uniform(0.75, 1.25)
    for household in register.households:
        seen: dict = {}
        fates = {code: random.random() for code in (*HOUSEHOLDS, *TRAITS)}
        own_fates = {
            person.pk: {code: random.random() for code in PEOPLE} for person in register.residents[household.pk]
        }
        for day in _days(household, first, last, random):
            visit = _knock(household, team, day, by, random)
            evening.visits.append(visit)
            evening.members += [(visit.pk, member.pk) for member in random.sample(members, min(len(members), 2))]
            if visit.outcome == Visit.Outcome.MET:
                progress = min(1.0, max(0.0, (day - first).days / 730 * pace))
                found = _look(
                    household, register.residents[household.pk], visit, seen, fates, own_fates, progress, random
                )
                _note(evening, visit, found, catalogue, by)
    _write(evening, by)


def _days(household, first, last, random: Random) -> Iterator[dt.date]:
    day = max(first, household.since) + dt.timedelta(days=random.randint(3, 75))
    end = min(last, household.until or last)
    while day <= end:
        yield day
        day += dt.timedelta(days=random.randint(60, 190))


def _knock(household, team, day, by, random: Random) -> Visit:
    outcome = random.choices(("met", "nobody", "come_back", "refused"), (84, 9, 5, 2))[0]
    if day.weekday() >= 5:
        hour, minute = random.choice((8, 9, 10, 15, 16, 19)), random.randrange(60)
    else:
        hour, minute = random.choices((18, 19, 20, 14), (25, 45, 22, 8))[0], random.randrange(60)
    at = dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=HERE)
    return Visit(
        team=team,
        household=household,
        at=at,
        minutes=random.choice((5, 8, 10, 12, 15, 20, 25, 30)) if outcome == "met" else None,
        way=random.choices(("home", "remote", "fixed"), (90, 6, 4))[0],
        outcome=outcome,
        come_back_on=day + dt.timedelta(days=random.randint(2, 9)) if outcome == "come_back" else None,
        recorded_by=by,
        received_at=at + dt.timedelta(minutes=random.randint(10, 300)),
    )


def _look(household, people, visit, seen, fates, own_fates, progress, random: Random) -> list[tuple]:
    """(resident or None, code, answer, reason) of what is new or changed since the last visit."""
    day = visit.at.date()
    found = []

    def state(subject, code, resident, share, fate):
        needed = NEEDS.get(code)
        if needed and not any(seen.get((household.pk, n)) == "yes" or seen.get((subject, n)) == "yes" for n in needed):
            return
        before = seen.get((subject, code))
        if before is None and random.random() > 0.86:
            return
        answer = "yes" if fate < share else "no"
        if before == "yes" and random.random() < 0.012:
            answer = "no"
        elif before == "yes":
            answer = "yes"
        if answer == before:
            return
        seen[subject, code] = answer
        reason = random.choice(REASONS) if answer == "no" and random.random() < 0.25 else ""
        found.append((resident, code, answer, reason))

    for code, share in TRAITS.items():
        if (household.pk, code) not in seen:
            state(household.pk, code, None, share, fates[code])
    for code, (start, end) in HOUSEHOLDS.items():
        state(household.pk, code, None, start + (end - start) * progress, fates[code])
    for person in people:
        if person.since > day or (person.until and person.until <= day):
            continue
        age = age_on(person.born_on, day) if person.born_on else 40
        old = 0.72 if age >= 70 else 0.9 if age >= 60 else 1.04
        for code in ("smartphone", *(c for c in PEOPLE if c != "smartphone")):
            if age >= MIN_AGE.get(code, 18):
                start, end = PEOPLE[code]
                state(person.pk, code, person, (start + (end - start) * progress) * old, own_fates[person.pk][code])
    return found


def _note(evening: Evening, visit: Visit, found, catalogue: Catalogue, by) -> None:
    results: dict[str, int] = {}
    topics = set()
    helped = set()
    for resident, code, answer, reason in found:
        indicator = catalogue.indicators[code]
        evening.observations.append(
            NewObservation(
                household_id=visit.household_id,
                resident_id=resident.pk if resident else None,
                indicator_id=indicator.pk,
                answer=answer,
                reason=reason,
                effective_at=visit.at,
                visit_id=visit.pk,
                source=Observation.Source.PHONE,
            )
        )
        if answer == "yes":
            helped.add(resident.pk if resident else None)
            if code in RESULT_OF:
                results[RESULT_OF[code]] = results.get(RESULT_OF[code], 0) + 1
            if code in TOPIC_OF:
                topics.add(TOPIC_OF[code])
    visit.people_helped = max(1, min(len(helped), 4))
    for code, count in results.items():
        evening.results.append(VisitResult(visit=visit, kind=catalogue.results[code], count=count))
    evening.topics += [(visit.pk, catalogue.topics[code].pk) for code in sorted(topics or {"thiet-bi"})]


def _write(evening: Evening, by) -> None:
    Visit.objects.bulk_create(evening.visits)
    VisitResult.objects.bulk_create(evening.results)
    Visit.topics.through.objects.bulk_create(
        Visit.topics.through(visit_id=visit, topic_id=topic) for visit, topic in evening.topics
    )
    Visit.members.through.objects.bulk_create(
        Visit.members.through(visit_id=visit, member_id=member) for visit, member in evening.members
    )
    if evening.observations:
        append(evening.observations, by=by, received_at=max(visit.received_at for visit in evening.visits))
        # Written at once, though each came in with its visit: what counts as late hangs on it.
        came_with = Visit.objects.filter(pk=OuterRef("visit")).values("received_at")
        mine = Observation.objects.filter(visit__in=[visit.pk for visit in evening.visits])
        mine.update(received_at=Subquery(came_with))
