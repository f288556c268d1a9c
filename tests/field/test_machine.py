"""Lost answers, clocks that jump, households that move, periods that close: nothing is lost or doubled."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from areas.models import Area
from field import closed
from field.closed import ClosedSpan
from field.models import Device, HeldItem, Receipt
from residents.actions import move_household
from residents.models import Household, Observation, Visit
from tests.field.phone import Phone

IN_THE_RECORD = {"applied", "applied_late"}
which = st.integers(0, 2)


class Sync(RuleBasedStateMachine):
    """Three phones of two users over three households; `queue` is what a phone still keeps."""

    world: dict = {}

    @initialize()
    def begin(self):
        self.undo = transaction.atomic()
        self.undo.__enter__()
        lan, minh = self.world["lan"], self.world["minh"]
        self.homes = self.world["homes"]
        self.villages = self.world["villages"]
        self.phones = [Phone(lan), Phone(lan), Phone(minh)]
        self.queue: list[list[dict]] = [[], [], []]
        self.skew = [0, 0, 0]
        self.made: dict[str, tuple[dict, int]] = {}
        self.told: dict[str, str] = {}
        self.spans: list[ClosedSpan] = []
        closed.LOCKS.append(lambda villages: [span for span in self.spans if span.village_id in villages])
        self.today = timezone.localdate()
        for phone in self.phones:
            assert phone.hello().status_code == 200

    def teardown(self):
        if not hasattr(self, "undo"):
            return
        try:
            self.settle()
        finally:
            closed.LOCKS.clear()
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    # What visitors do

    @rule(who=which, home=st.integers(0, 2), answer=st.sampled_from(["yes", "no", "na"]), hours=st.integers(0, 200))
    def see(self, who, home, answer, hours):
        self._tap(who, "observation", home, hours, {"indicator": "broadband", "resident": None, "answer": answer})

    @rule(who=which, home=st.integers(0, 2), hours=st.integers(0, 200))
    def visit(self, who, home, hours):
        self._tap(who, "visit", home, hours, {"outcome": "met", "minutes": 5})

    @rule(who=which, home=st.integers(0, 2), hours=st.integers(0, 200))
    def see_during_the_last_visit(self, who, home, hours):
        pk = str(self.homes[home].pk)
        visits = [each for each in self._own(who, "visit") if each["data"]["household"] == pk]
        if visits:
            more = {"indicator": "broadband", "resident": None, "answer": "yes", "visit": visits[-1]["id"]}
            self._tap(who, "observation", home, hours, more)

    @rule(who=which, number=st.integers(0, 20), what=st.sampled_from(["observation", "visit"]))
    def take_back(self, who, number, what):
        if own := self._own(who, what):
            item = self.phones[who].retract(own[number % len(own)])
            self._keep(who, item)

    @rule(who=which, minutes=st.sampled_from([-600, -3, 3, 600]))
    def clock_jumps(self, who, minutes):
        """The phone learns of it with the next hello: what it taps says how wrong it was."""
        self.skew[who] = minutes * 60_000

    @rule(who=which, home=st.integers(0, 2))
    def tap_with_a_wrong_clock(self, who, home):
        at = timezone.now() + dt.timedelta(hours=2)
        item = self.phones[who].seen(self.homes[home], "broadband", at=at)
        self._keep(who, item)

    # What networks do

    @rule(who=which, data=st.data(), lost=st.booleans())
    def send(self, who, data, lost):
        if not self.queue[who]:
            return
        order = data.draw(st.permutations(self.queue[who]))
        batch = order[: data.draw(st.integers(1, len(order)))]
        self._push(who, batch, lost)

    @rule(who=which, number=st.integers(0, 50))
    def send_an_old_one_again(self, who, number):
        own = [item for item, maker in self.made.values() if maker == who]
        if own:
            self._push(who, [own[number % len(own)]], lost=False)

    @rule(who=which)
    def hello(self, who):
        assert self.phones[who].hello(*sorted(self.queue[who], key=lambda item: item["seq"])).json()["lost"] is None

    # What desks do

    @rule(home=st.integers(0, 2), to=st.integers(0, 1))
    def the_household_moves(self, home, to):
        household = Household.objects.get(pk=self.homes[home].pk)
        open_since = household.placements.get(until=None).since
        if household.village_id != self.villages[to].pk and open_since < self.today:
            move_household(
                by=self.world["minh"], household=household, to=self.villages[to], on=self.today, today=self.today
            )

    @rule(village=st.integers(0, 1), days=st.integers(1, 8))
    def the_village_closes(self, village, days):
        since, until = self.today - dt.timedelta(days=60), self.today - dt.timedelta(days=days)
        self.spans.append(ClosedSpan(self.villages[village].pk, "Tháng thử", since, until, self.today))

    # What must hold

    @invariant()
    def every_answer_stands_in_the_record_or_before_a_person(self):
        if not hasattr(self, "told"):
            return
        codes = {str(pk): code for pk, code in Receipt.objects.values_list("pk", "code")}
        seen_ids = {str(pk) for pk in Observation.objects.values_list("pk", flat=True)}
        visit_ids = {str(pk) for pk in Visit.objects.values_list("pk", flat=True)}
        held = {str(pk) for pk in HeldItem.objects.undecided().values_list("item", flat=True)}
        for pk, code in codes.items():
            item, _who = self.made[pk]
            if code not in IN_THE_RECORD:
                assert pk in held, (pk, code)
                assert pk not in seen_ids | visit_ids
            elif item["type"] == "visit":
                assert pk in visit_ids
            elif item["type"] == "observation":
                assert pk in seen_ids
        assert seen_ids <= {pk for pk, code in codes.items() if code in IN_THE_RECORD}
        assert self.told.keys() <= codes.keys()
        for pk, code in self.told.items():
            if code in IN_THE_RECORD:
                assert codes[pk] == code

    @invariant()
    def timelines_are_whole(self):
        if not hasattr(self, "told"):
            return
        lines = defaultdict(list)
        taken = set(Observation.objects.exclude(retracts=None).values_list("retracts", flat=True))
        for row in Observation.objects.filter(retracts=None).order_by("effective_at", "pk"):
            if row.pk in taken:
                assert row.until == row.effective_at
            else:
                lines[row.subject, row.indicator_id].append(row)
        for rows in lines.values():
            starts = [row.effective_at for row in rows]
            assert [row.until for row in rows] == [*starts[1:], None]

    def settle(self):
        """Everybody comes home: all that was tapped is here, once, and no number is missing."""
        for who, phone in enumerate(self.phones):
            if self.queue[who]:
                self._push(who, self.queue[who][::-1], lost=True)
            own = [item for item, maker in self.made.values() if maker == who]
            if own:
                self._push(who, own, lost=False)
            device = Device.objects.get(identifier=phone.device)
            assert (device.acked_through, device.lost) == (phone.seq, 0)
        assert Receipt.objects.count() == len(self.made)
        self.every_answer_stands_in_the_record_or_before_a_person()

    # Doing

    def _own(self, who, kind) -> list[dict]:
        return [item for item, maker in self.made.values() if maker == who and item["type"] == kind]

    def _tap(self, who, kind, home, hours, data):
        moment = timezone.now() - dt.timedelta(hours=hours) + dt.timedelta(milliseconds=self.skew[who])
        item = self.phones[who].item(
            kind, {"household": str(self.homes[home].pk)} | data, at=moment, offset_ms=-self.skew[who]
        )
        self._keep(who, item)

    def _keep(self, who, item):
        self.made[item["id"]] = (item, who)
        self.queue[who].append(item)

    def _push(self, who, batch, lost):
        answer = self.phones[who].push(*batch)
        assert answer.status_code == 200, answer.content
        if lost:
            return
        for result in answer.json()["results"]:
            self.told[result["id"]] = result["code"]
        final = {result["id"] for result in answer.json()["results"] if result["final"]}
        self.queue[who] = [item for item in self.queue[who] if item["id"] not in final]


@pytest.fixture
def machine(place, lan, minh, asked, new_household, monkeypatch):
    monkeypatch.setattr(closed, "LOCKS", [])
    villages = [place.ta_lang, place.gian_bi]
    homes = [new_household(villages[number % 2], f"Hộ {number}") for number in range(3)]
    assert Area.objects.filter(pk__in=[village.pk for village in villages]).count() == 2
    Sync.world = {"lan": lan, "minh": minh, "homes": homes, "villages": villages}
    return Sync


def test_nothing_is_lost_or_doubled(machine):
    run_state_machine_as_test(machine, settings=settings(max_examples=20, stateful_step_count=25, deadline=None))


@pytest.mark.long
def test_nothing_is_lost_or_doubled_at_length(machine):
    run_state_machine_as_test(machine, settings=settings(max_examples=300, stateful_step_count=50, deadline=None))
