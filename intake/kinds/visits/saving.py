"""Writing the visits of a list, and taking them back while nothing was built on them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Count, Max, Q

from areas.models import Area
from intake.kinds.base import Cannot, Context
from residents.actions.visit_batch import Whereabouts, record_visits, withdraw_visits
from residents.actions.visits import facts_of, replace_visit
from residents.models import Observation, Visit
from residents.record import in_parts
from residents.rules import can_correct

from .planning import VisitPlan

AT_ONCE = 500
CHANGED_MEANWHILE = "Sổ vừa có lượt mới trong lúc lưu, nên chưa lưu dòng nào. Bấm lưu lại một lần nữa."
BUILT_ON = "Không hoàn tác được: {visit} {what} sau khi nhập tệp. Sửa hay rút lại từng lượt ở trang của lượt."


def mark_of(villages: Collection[int]) -> tuple:
    """Differs when a visit in these villages was recorded, corrected or withdrawn since."""
    visits = Visit.objects.filter(Q(household__village__in=villages) | Q(village__in=villages))
    told = visits.aggregate(rows=Count("pk"), newest=Max("received_at"), withdrawn=Max("withdrawn_at"))
    return tuple(told.values())


@transaction.atomic
def write(plans: Sequence[VisitPlan], villages: Collection[int], seen_as: tuple, context: Context) -> dict:
    """All plans, or none. Raises Cannot when the register is not as it was when they were made."""
    list(Area.objects.select_for_update().filter(pk__in=villages).order_by("pk"))
    if mark_of(villages) != seen_as:
        raise Cannot(CHANGED_MEANWHILE)
    new = [plan.new for plan in plans if plan.visit is None]
    where = Whereabouts({visit.facts.household.pk for visit in new if visit.facts.household})
    record_visits(
        new, by=context.by, now=context.now, where=where, source=Visit.Source.IMPORT,
        label=f"Lượt đến hộ, từ tệp {context.file_name}",
    )  # fmt: skip
    for plan in plans:
        if plan.visit is not None:
            replace_visit(by=context.by, visit=plan.visit, facts=plan.facts, now=context.now)
    return {"rows": len(plans)}


@transaction.atomic
def undo(done: Sequence[dict], context: Context) -> None:
    """New visits are withdrawn; corrected ones get their former wording again. Raises Cannot."""
    made = _read(pk__in=[uuid.UUID(each["visit"]) for each in done if "visit" in each], by=context.by)
    later = _read(replaces__in=[uuid.UUID(each["corrected"]) for each in done if "corrected" in each], by=context.by)
    if len(made) + len(later) < len(done):
        raise Cannot("Không hoàn tác được: có lượt trong tệp không còn thuộc địa bàn của bạn.")
    for visit in (*made, *later):
        if visit.withdrawn_at or hasattr(visit, "replaced_by"):
            raise Cannot(BUILT_ON.format(visit=_told(visit), what="đã được sửa hoặc rút lại"))
        if not can_correct(context.by, visit):
            raise Cannot(BUILT_ON.format(visit=_told(visit), what="thuộc quyền của người khác"))
    for some in in_parts([visit.pk for visit in made], AT_ONCE):
        if seen := Observation.objects.filter(visit__in=some).select_related("visit__household").first():
            raise Cannot(BUILT_ON.format(visit=_told(seen.visit), what="đã có ghi nhận"))
    withdraw_visits(made, by=context.by, now=context.now, label=f"Lượt đến hộ, từ tệp {context.file_name}")
    for visit in later:
        replace_visit(by=context.by, visit=visit, facts=facts_of(visit.replaces), now=context.now)


def _read(*, by, **which) -> list[Visit]:
    (name, keys), found = which.popitem(), []
    for some in in_parts(keys, AT_ONCE):
        visits = Visit.objects.visible_to(by).with_rights(by).filter(**{name: some})
        former = ("replaces__household", "replaces__village", "replaces__team")
        found += visits.select_related("household", "village", "replaced_by", *former)
    return found


def _told(visit: Visit) -> str:
    return f"lượt “{visit}” ở {visit.household.head_name if visit.household else visit.place}"
