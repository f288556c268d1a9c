"""What a plan would do, counted before it is done."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count

from accounts.models import Posting
from areas.closure import chunks
from areas.models import Area, AreaLink, AreaVersion, Level
from residents.models import Placement, Residence
from teams.models import Team

from .plan import PART, Plan


@dataclass
class Preview:
    """`closing`, `opening` and `kept`: lines of text; the numbers are of what follows."""

    closing: list[str] = field(default_factory=list)
    opening: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    households: int = 0
    people: int = 0
    teams: int = 0
    postings: int = 0
    villages: int = 0
    pending: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """In Vietnamese, as the command prints it."""
        shown = []
        for title, items in (("Kết thúc", self.closing), ("Mới", self.opening), ("Giữ, có thay đổi", self.kept)):
            if items:
                shown += [f"{title}: {len(items)}", *(f"  {item}" for item in items)]
        shown.append(
            f"Chuyển theo: {_number(self.households)} hộ, {_number(self.people)} nhân khẩu, {_number(self.teams)} tổ, "
            f"{_number(self.postings)} phân công" + (f", {_number(self.villages)} thôn" if self.villages else "")
        )
        if self.pending:
            shown += [f"Thôn chờ xếp: {len(self.pending)}", *(f"  {item}" for item in self.pending)]
        return shown


def preview(plan: Plan) -> Preview:
    """Counted on the map as it is now, as of the plan's day."""
    shown = Preview()
    households = _households(plan)
    closing = [area.pk for area in plan.closing]
    for target in plan.targets:
        old = " + ".join(f"{line.version}{' (một phần)' if line.extent == PART else ''}" for line in target.lines)
        if target.kept:
            shown.kept.append(f"{old} → {target.name} ({target.parent})")
        else:
            shown.opening.append(f"{target.name} ({target.parent}) ← {old}")
    for area in plan.closing:
        goes = ", ".join(line.target.name for line in plan.lines if line.source.pk == area.pk)
        shown.closing.append(f"{area} ({_number(households[area.pk])} hộ) → {goes}")
    if plan.level == Level.VILLAGE:
        shown.households = sum(households[pk] for pk in closing)
        shown.people = _people(closing, plan)
    else:
        _villages(plan, closing, shown)
    for chunk in chunks(closing):
        shown.teams += Team.objects.filter(home_area__in=chunk).overlapping(plan.effective_on, None).count()
        shown.postings += Posting.objects.current().filter(area__in=chunk).count()
    return shown


def _households(plan: Plan) -> Counter:
    """Area → households that stand in it on the plan's day."""
    found = Counter()
    for chunk in chunks(area.pk for area in plan.closing):
        links = AreaLink.objects.on(plan.eve).filter(ancestor__in=chunk, descendant__level=Level.VILLAGE)
        area_of = dict(links.values_list("descendant", "ancestor"))
        placed = Placement.objects.filter(village__in=list(area_of)).overlapping(plan.effective_on, None)
        for village, count in placed.order_by().values_list("village").annotate(Count("household", distinct=True)):
            found[area_of[village]] += count
    return found


def _people(closing: list[int], plan: Plan) -> int:
    count = 0
    for chunk in chunks(closing):
        placed = Placement.objects.filter(village__in=chunk).overlapping(plan.effective_on, None)
        living = Residence.objects.filter(household__in=placed.values("household"))
        count += living.overlapping(plan.effective_on, None).values("resident").distinct().count()
    return count


def _villages(plan: Plan, closing: list[int], shown: Preview) -> None:
    divided = {line.source.pk for line in plan.lines if line.extent == PART}
    for chunk in chunks(closing):
        children = AreaVersion.objects.filter(parent__in=chunk).overlapping(plan.effective_on, None)
        for version in children.select_related("area", "parent"):
            shown.villages += 1
            if version.parent_id in divided:
                goes = plan.main_target(Area(pk=version.parent_id)).name
                shown.pending.append(f"{version} ({version.parent}) → tạm xếp vào {goes}")


def _number(count: int) -> str:
    return f"{count:,}".replace(",", ".")
