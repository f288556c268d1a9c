"""What a line of a log would do: record a visit, correct one, or nothing; and the same in words."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.utils import timezone
from uuid6 import uuid7

from areas.models import Area
from intake.cells import Problem
from intake.kinds.base import SKIP, Context, State, Unit
from residents.actions.visit_batch import NewVisit, Whereabouts, faults_of
from residents.actions.visits import VisitFacts, facts_of
from residents.models import Household, ResultKind, Visit
from residents.rules import can_correct
from sheets.dates import date_text
from sheets.text import search_key

from .columns import LABELS, Outcome, Way
from .crews import Crews
from .homes import STEP
from .known import Known, differences, key_of
from .reading import Said, visit_id

FIX, NEW = "fix", "new"
NOT_THERE = "Không tìm thấy lượt mang mã số này. Xóa mã số để ghi lượt mới, hoặc lấy lại tệp xuất từ phần mềm."
WITHDRAWN = "Lượt này đã được rút lại, không sửa được nữa."
CORRECTED = "Lượt này đã được sửa sau khi tải danh sách. Tải lại danh sách rồi sửa tiếp."
NOT_HERS = "Lượt này do người khác ghi. Tổ trưởng hoặc cán bộ phường, xã sửa được."
OTHER_HOME = (
    "Lượt này là của {home}; tệp ghi khác. Ghi nhầm hộ thì rút lại lượt ở trang của lượt rồi ghi lượt mới; đổi tên, "
    "chuyển thôn ở trang của hộ."
)
NO_PLACE = "Địa điểm chỉ ghi cho lượt ngoài hộ, nên không lấy."
ELSEWHERE = "Lượt ngoài hộ chỉ ghi khi đã gặp."
PLAIN = {"outcome": dict(Outcome.choices), "way": dict(Way.choices)}
NAMES = {"at": "thời điểm", "village": "thôn"} | {
    name: LABELS[name].lower()
    for name in (
        "outcome", "come_back_on", "people_helped", "minutes", "topics", "results", "way", "team", "members", "place",
        "note",
    )
}  # fmt: skip


@dataclass
class VisitPlan:
    """A visit to record, or the facts that correct `visit`."""

    facts: VisitFacts
    id: uuid.UUID = field(default_factory=uuid7)
    visit: Visit | None = None

    def essence(self) -> tuple:
        """What it would do, without ids that are made anew each time."""
        facts = self.facts
        said = [str(facts.household and facts.household.pk), facts.village and facts.village.pk, facts.at.isoformat()]
        plain = [getattr(facts, name) for name in ("outcome", "minutes", "way", "people_helped", "place", "note")]
        linked = [sorted(each.pk for each in some) for some in (facts.topics, facts.members)]
        team = facts.team and facts.team.pk
        more = [str(facts.come_back_on), team, sorted(facts.results.items()), str(self.visit and self.visit.pk)]
        return (*said, *plain, *linked, *more)

    @property
    def new(self) -> NewVisit:
        return NewVisit(self.id, self.facts)

    @property
    def done(self) -> dict:
        """What undoing needs to know, as JSON; "home" says to forgetting whose row it is."""
        what = {"corrected": str(self.visit.pk)} if self.visit else {"visit": str(self.id)}
        return what | ({"home": str(self.facts.household.pk)} if self.facts.household else {})


class Planning:
    def __init__(self, known: Known, crews: Crews, context: Context):
        self.known, self.crews, self.context = known, crews, context
        self.kinds = ResultKind.objects.in_bulk()
        self.lines: dict[tuple, int] = {}  # what a line is about → its number
        self.facts: dict[int, VisitFacts] = {}  # of the lines that are no known visit as it stands

    def unit(self, said: Said) -> Unit:
        line = said.line
        choice = self.context.choices.get(line.number, "")
        return Unit(line.number, line.number, State.WRONG, _label(said), problems=line.problems, choice=choice)

    def _read_crew(self, said: Said, village: Area, day: dt.date) -> None:
        said.facts |= self.crews.read(said.line, said.village or village, said.day or day)

    # --- a line with the id of a visit

    def by_id(self, said: Said, unit: Unit) -> None:
        """A line of a list that was taken away: what it says otherwise corrects the visit."""
        line, visit = said.line, self.known.by_id.get(visit_id(said.line))
        if visit is None or visit.newest is None:
            line.wrong("visit_id", NOT_THERE)
            return
        where = visit.household.head_name if visit.household else visit.place
        unit.label = f"{date_text(timezone.localdate(visit.at))} · {where}"  # its unchanged cells are not read
        if (other := self.lines.setdefault((visit.pk,), line.number)) != line.number:
            line.wrong("visit_id", f"Trùng với dòng {other} trong tệp.")
        self._same_place(said, visit)
        if visit.household is None:
            self._fits_elsewhere(said)
        elif said.facts.pop("place", ""):
            line.note("place", NO_PLACE)
        self._read_crew(said, visit.village or visit.household.village, timezone.localdate(visit.at))
        if said.is_wrong:
            return
        unit.state, newest = State.SAME, visit.newest
        self.known.taken.add(newest.pk)
        changes = differences(visit, self._moved(said, visit))
        if not changes or not differences(newest, {name: new for name, (_, new) in changes.items()}):
            return
        refusal = (
            WITHDRAWN if newest.withdrawn_at else CORRECTED if newest is not visit else
            "" if can_correct(self.context.by, visit) else NOT_HERS
        )  # fmt: skip
        if refusal:
            line.wrong("", refusal)
            unit.state = State.WRONG
            return
        self._correct(said, visit, unit)

    def _moved(self, said: Said, visit: Visit) -> dict[str, object]:
        """The facts said, with the instant and the village where the line says others."""
        local = timezone.localtime(visit.at)
        day, clock = said.day or local.date(), said.clock or local.time()
        facts = dict(said.facts)
        if (day, clock.hour, clock.minute) != (local.date(), local.hour, local.minute):
            facts["at"] = timezone.make_aware(dt.datetime.combine(day, clock.replace(microsecond=0)))
        if visit.household is None and said.village:
            facts["village"] = said.village
        return facts

    def _same_place(self, said: Said, visit: Visit) -> None:
        line, home = said.line, visit.household
        if home is None:
            if line.has("code", "head", "home_id"):
                line.wrong("", OTHER_HOME.format(home=f"{visit.place}, không ở hộ nào"))
            return
        told = (
            (line.cells.get("home_id"), str(home.pk)),
            (line.cells.get("code"), home.code),
            (line.cells.get("head"), home.head_name),
        )
        is_other = any(search_key(str(cell)) != search_key(mine) for cell, mine in told if cell not in ("", None))
        if is_other or (line.has("village") and said.village and said.village.pk != home.village_id):
            line.wrong("", OTHER_HOME.format(home=f"hộ {home.head_name}, mã {home.code}, {home.village}"))

    def _correct(self, said: Said, visit: Visit, unit: Unit) -> None:
        facts = self._moved(said, visit)
        outcome = facts.get("outcome", visit.outcome)
        # What belongs to the former outcome goes with it, unless the list still says it: then the rule has its say.
        nothing = {} if outcome == Outcome.MET else {"people_helped": 0, "results": {}}
        nothing |= {} if outcome == Outcome.COME_BACK else {"come_back_on": None}
        dropped = {name: value for name, value in nothing.items() if name not in said.kept}
        changed = replace(facts_of(visit), **dropped | facts)
        changes = {name: pair for name, pair in differences(visit, vars(changed)).items() if name in NAMES}
        unit.plan = VisitPlan(changed, visit=visit)
        unit.state = State.CHANGED
        unit.told = "; ".join(
            f"{NAMES[name]}: {self._shown(name, old)} → {self._shown(name, new)}"
            for name, (old, new) in changes.items()
        )

    # --- a line without one: first for all lines whether the visit is known, then what to do about the others

    def recognise(self, said: Said, home: Household | None, unit: Unit) -> None:
        """Is it a visit of the register, in everything that the line says?"""
        self._read_crew(said, said.village, said.day)
        if home is not None and said.facts.pop("place", ""):
            said.line.note("place", NO_PLACE)
        facts = self._whole(said, home)
        if said.is_wrong or self._is_twice(said, facts):
            unit.state = State.WRONG
            return
        told = {name: getattr(facts, name) for name in {*said.facts, "outcome"}}
        for visit in self._there(facts):
            if _is_at(visit, said) and not differences(visit, told):
                self.known.taken.add(visit.pk)
                unit.state = State.SAME
                return
        self.facts[unit.number] = facts

    def decide(self, said: Said, unit: Unit) -> None:
        """Ask about a visit that looks like this one, or record it."""
        if facts := self.facts.get(unit.number):
            if there := self._there(facts):
                self._ask(said, facts, there, unit)
            else:
                self._add(said, facts, unit)

    def _there(self, facts: VisitFacts) -> list[Visit]:
        return [visit for visit in self.known.of_day.get(key_of(facts), ()) if visit.pk not in self.known.taken]

    def refuse(self, units: Sequence[Unit]) -> None:
        """What the rule of visits has against what they would do."""
        planned = {unit.plan.id: unit for unit in units if unit.plan is not None}
        visits = [unit.plan.new for unit in planned.values()]
        where = Whereabouts({visit.facts.household.pk for visit in visits if visit.facts.household})
        for pk, errors in faults_of(visits, where=where, now=self.context.now).items():
            unit = planned[pk]
            unit.state, unit.plan, unit.told = State.WRONG, None, ""
            for name, sentence in errors.items():
                unit.problems.append(Problem(unit.number, LABELS["day" if name == "at" else name], sentence))
        for unit in units:
            unit.essence = unit.plan and unit.plan.essence()

    def _add(self, said: Said, facts: VisitFacts, unit: Unit) -> None:
        unit.state, unit.plan = State.NEW, VisitPlan(facts)
        unsaid = "" if said.clock else " (tệp không ghi giờ)"
        words = [f"{timezone.localtime(facts.at):%H:%M}{unsaid}", self._shown("outcome", facts.outcome).lower()]
        if facts.come_back_on:
            words.append(f"hẹn {date_text(facts.come_back_on)}")
        if facts.outcome == Outcome.MET:
            words.append(f"{facts.people_helped} người")
        if facts.minutes is not None:
            words.append(f"{facts.minutes} phút")
        for name in ("topics", "results", "members", "note"):
            if value := getattr(facts, name):
                words.append(f"{NAMES[name]}: {self._shown(name, value)}")
        unit.told = f"Ghi lượt lúc {'; '.join(words)}"

    def _whole(self, said: Said, home: Household | None) -> VisitFacts:
        """All facts of a new visit: what the line leaves unsaid is as the form at the desk has it."""
        facts, line = dict(said.facts), said.line
        helped = facts.get("people_helped") or facts.get("topics") or facts.get("results")
        if home is None:
            facts.setdefault("outcome", Outcome.MET)
            facts.setdefault("way", Way.MOBILE)
            self._fits_elsewhere(said)
            if "people_helped" not in facts:
                line.wrong("people_helped", "Lượt ngoài hộ cần số người được hỗ trợ.")
        elif "outcome" not in facts:
            facts["outcome"] = Outcome.COME_BACK if "come_back_on" in facts else Outcome.MET
            if not helped and "come_back_on" not in facts:
                line.wrong("outcome", "Thiếu kết quả. Ghi “Gặp”, “Vắng nhà”, “Hẹn lại” hoặc “Từ chối”.")
        facts.setdefault("team", self.crews.usual(said.village, facts.get("members", ())))
        return VisitFacts(
            at=said.instant(self.context.now), household=home, village=None if home else said.village, **facts
        )

    @staticmethod
    def _fits_elsewhere(said: Said) -> None:
        """Help to people of no household, as its own form has it."""
        if said.facts.get("outcome", Outcome.MET) != Outcome.MET:
            said.line.wrong("outcome", ELSEWHERE)
        if said.facts.get("way") == Way.HOME:
            said.line.wrong("way", "Lượt ngoài hộ không phải “Tại nhà”. Chọn hình thức khác.")

    def _is_twice(self, said: Said, facts: VisitFacts) -> bool:
        line, key = said.line, key_of(facts)
        what = (key, said.clock) if said.clock else (key, repr(sorted(said.facts.items(), key=lambda item: item[0])))
        if (other := self.lines.setdefault(what, line.number)) == line.number:
            return False
        line.wrong("", f"Cùng nơi, cùng lúc với dòng {other} trong tệp. Xóa bớt, hoặc ghi giờ khác nhau.")
        return True

    def _ask(self, said: Said, facts: VisitFacts, there: list[Visit], unit: Unit) -> None:
        """The register has a visit that day which is not quite this one."""
        visit = next((each for each in there if _is_at(each, said)), there[0])
        at = f"{timezone.localtime(visit.at):%H:%M %d/%m/%Y}"
        said.line.note("", f"Sổ đã có lượt lúc {at}: {visit.get_outcome_display().lower()}. Chọn một cách.")
        base = unit.choice.partition(STEP)[0] + STEP if unit.offers else ""
        unit.offers = [(f"{base}{SKIP}", "Là lượt ấy, giữ như trong sổ"), (f"{base}{NEW}", "Là lượt khác, ghi thêm")]
        if can_correct(self.context.by, visit):
            unit.offers.insert(1, (f"{base}{FIX}", "Là lượt ấy, sửa theo tệp"))
        chosen = unit.choice if unit.choice in dict(unit.offers) else ""
        kind = chosen.rpartition(STEP)[2]
        unit.state = State.LEFT if kind == SKIP else State.DOUBT
        if kind == NEW:
            self._add(said, facts, unit)
        elif kind == FIX:
            self._correct(said, visit, unit)
        if kind in (FIX, SKIP):
            self.known.taken.add(visit.pk)

    def _shown(self, name: str, value) -> str:
        if name in PLAIN:
            return str(PLAIN[name].get(value, value))
        if name == "at":
            return f"{timezone.localtime(value):%H:%M %d/%m/%Y}"
        if name == "results":
            return "; ".join(f"{self.kinds[kind]}: {count}" for kind, count in value.items() if count) or "trống"
        if name in ("topics", "members"):
            return "; ".join(map(str, value)) or "trống"
        if isinstance(value, dt.date):
            return date_text(value)
        return "trống" if value in ("", None) else str(value)


def _is_at(visit: Visit, said: Said) -> bool:
    """Was it at the hour that the line says? A line without an hour says any."""
    local = timezone.localtime(visit.at)
    return said.clock is None or (local.hour, local.minute) == (said.clock.hour, said.clock.minute)


def _label(said: Said) -> str:
    cells = said.line.cells
    who = next((str(cells[code]) for code in ("head", "code", "place") if cells.get(code)), "(chưa rõ hộ)")
    when = date_text(said.day) if said.day else "(chưa rõ ngày)"
    return f"{when} · {who}" + (f", {said.village}" if said.village else "")
