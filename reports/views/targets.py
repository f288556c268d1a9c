"""Chỉ tiêu giao: where an area stands, the form to give targets, and the households that close a gap."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.rules import Can
from areas.models import Area, AreaVersion, Level, ReorganisationPart, map_note
from journal.actions import record
from journal.models import Act
from reports import figures, measures
from reports.exports import GAP_COLUMNS, target_columns
from reports.measures import Measure
from reports.models import Target
from reports.period_choices import Known
from reports.targets.forms import TargetsForm
from reports.targets.in_force import targets_in_force, targets_of
from reports.targets.setting import TargetForm, code_of, set_targets
from reports.targets.standing import Standing, shortest_list, villages_of

from .asked import Asked, area_named, asks, place
from .parts import child_words, recounting, workbook

MOST_PAST = 20


@asks(TargetsForm, heading="Chỉ tiêu giao")
def target_list(request, asked: Asked) -> HttpResponse:
    asked.is_recounting = recounting(asked)
    indicators = measures.coverage(asked.day)
    below = _below(asked)
    targets = targets_of([asked.area.pk, *(version.area_id for version in below)], asked.day)
    with_target = [one for one in indicators if any(code_of(one) in own for own in targets.values())]
    wanted = asked.form.cleaned_data["indicator"]
    measure = next((one for one in with_target if code_of(one) == wanted), next(iter(with_target), None))
    asked.form.offer_indicators(with_target, measure)
    cells = figures.of_areas([asked.area.pk, *(version.area_id for version in below)], [asked.period], with_target)
    rows = _of_area(asked, with_target, targets, cells)
    if asked.wants_workbook:
        return workbook(asked, "Chỉ tiêu giao", target_columns("Tiêu chí"), rows)
    children = _of_children(asked, below, measure, targets, cells) if measure else []
    context = {
        "rows": rows,
        "children": children,
        "measure": measure,
        "bars": _bars(children),
        "own_bars": _bars(rows),
        "past": _past(asked),
        "edit_url": _edit_url(asked),
        **child_words(below),
    }
    return render(request, "reports/target_list.html", asked.context(**context))


def _below(asked: Asked) -> list[AreaVersion]:
    if asked.is_village:
        return []
    below = AreaVersion.objects.children_of(asked.area, asked.day)
    if asked.viewer:
        below = below.filter(area__in=asked.viewer.reach().visible_areas(asked.day))
    return list(below)


def _of_area(asked: Asked, indicators: list[Measure], targets, cells) -> list[Standing]:
    own, pk = targets[asked.area.pk], asked.area.pk
    lists = asked.area.level >= Level.WARD and asked.area.is_open and asked.may(Can.SEE_PEOPLE)
    return [
        Standing(
            one.short_name,
            one,
            own[code_of(one)],
            cells[pk, asked.period.pk][one.code],
            url=f"{reverse('reports:coverage')}{asked.url(view='areas', indicator=code_of(one))}",
            gap_url=f"{reverse('reports:target_gap')}?area={pk}&indicator={code_of(one)}" if lists else "",
        )
        for one in indicators
        if code_of(one) in own
    ]


def _of_children(asked: Asked, below: list[AreaVersion], measure: Measure, targets, cells) -> list[Standing]:
    code = code_of(measure)
    return [
        Standing(
            version.name,
            measure,
            targets[version.area_id][code],
            cells[version.area_id, asked.period.pk][measure.code],
            url=asked.url(area=version.area_id),
        )
        for version in below
        if code in targets[version.area_id]
    ]


def _bars(rows: list[Standing]) -> list[dict]:
    """Nothing is drawn where nobody has a figure."""
    if all(row.rate is None for row in rows):
        return []
    return [
        {
            "label": row.label,
            "value": row.rate,
            "target": row.target.rate,
            "text": "" if row.rate is None else f"{row.rate_text}, {row.state_text.lower()}",
        }
        for row in rows
    ]


def _past(asked: Asked) -> list[Target]:
    """Its own, and those of the areas that became it; whether they were reached is to be seen on their last day."""
    became = ReorganisationPart.objects.filter(to_area=asked.area, reorganisation__state="carried_out")
    past = Target.objects.standing().filter(
        Q(area=asked.area) | Q(area__in=became.values("from_area")), due_on__lt=asked.day
    )
    past = list(past.select_related("indicator", "area").order_by("-due_on", "indicator__order")[:MOST_PAST])
    for target in past:
        target.url = f"{reverse('reports:target_list')}?area={target.area_id}&period={target.due_on.isoformat()}"
        target.is_of_another = target.area_id != asked.area.pk
    return past


def _edit_url(asked: Asked) -> str:
    if not (asked.area.is_open and asked.may(Can.SET_TARGETS)):
        return ""
    return reverse("reports:target_edit", args=[asked.area.pk])


def target_edit(request, pk: int) -> HttpResponse:
    """The form of a minute: the targets of one area due on one day."""
    today = timezone.localdate()
    area = get_object_or_404(Area.objects.filter(pk__in=request.user.reach().areas(Can.SEE_FIGURES)), pk=pk)
    if not request.user.reach().covers(area, Can.SET_TARGETS):
        raise PermissionDenied
    due_on = _due_on(request, area, today)
    form = TargetForm(
        request.POST or None, area=area, today=today, due_on=due_on, handed_down=_handed_down(area, today)
    )
    if request.method == "POST" and form.is_valid():
        changed = set_targets(by=request.user, form=form)
        messages.success(request, f"Đã lưu {changed} chỉ tiêu." if changed else "Không có gì thay đổi.")
        return redirect(f"{reverse('reports:target_list')}?area={area.pk}")
    dues = Target.objects.standing().filter(area=area).order_by("-due_on").values_list("due_on", flat=True).distinct()
    context = {"form": form, "area": area, "due_on": due_on, "dues": list(dues[:6]), "map_note": map_note(today)}
    return render(request, "reports/target_edit.html", context)


def _due_on(request, area: Area, today: dt.date) -> dt.date:
    """The day asked for; else that of her present targets, else the end of the year."""
    text = request.GET.get("han", "")
    if text:
        try:
            return dt.date.fromisoformat(text)
        except ValueError as error:
            raise Http404 from error
    present = Target.objects.on(today).filter(area=area).order_by("due_on").values_list("due_on", flat=True).first()
    return present or dt.date(today.year, 12, 31)


def _handed_down(area: Area, today: dt.date) -> dict:
    """What the area has without targets of its own: its parent's."""
    parent = AreaVersion.objects.on(today).filter(area=area).values_list("parent", flat=True).first()
    return targets_of([parent], today)[parent] if parent else {}


@require_safe
@transaction.atomic
def target_gap(request) -> HttpResponse:
    """The fewest households that bring a village or ward to its target: rows of people, so gate and journal."""
    asked = _register(request)
    area, day = asked.area, asked.today
    code = request.GET.get("indicator", "")
    measure = next((one for one in measures.coverage(day) if code_of(one) == code), None)
    target = targets_in_force(area, day).get(code)
    if measure is None or target is None:
        raise Http404
    shown = figures.of_area(area, asked.period, [measure])[measure.code]
    standing = Standing(measure.short_name, measure, target, shown)
    gap = shortest_list(request.user, villages_of(area, day), code, standing.needed or 0, day)
    if asked.wants_workbook and not request.user.reach().covers(area, Can.EXPORT_PEOPLE):
        raise PermissionDenied
    verb = Act.Verb.EXPORT if asked.wants_workbook else Act.Verb.VIEW
    label = f"Hộ để đạt chỉ tiêu {measure.short_name}, {area}"
    record(by=request.user, verb=verb, area_id=area.pk, label=label, rows=len(gap.lines))
    if asked.wants_workbook:
        return workbook(asked, f"Hộ để đạt chỉ tiêu {measure.short_name}", GAP_COLUMNS, gap.lines)
    context = {"standing": standing, "gap": gap, "may_export": asked.may(Can.EXPORT_PEOPLE), "measure": measure}
    return render(request, "reports/target_gap.html", asked.context(**context))


def _register(request) -> Asked:
    """A village or ward of today whose households she may see. Figures of it alone: 403; neither: 404."""
    today = timezone.localdate()
    area, versions = area_named(request)
    if area.level < Level.WARD or not area.is_open:
        raise Http404
    asked = Asked(request, area, today, Known.read(today), versions=versions)
    asked.period = asked.known.current()
    place(asked)
    if not asked.is_hers:
        raise Http404
    if not request.user.reach().covers(area, Can.SEE_PEOPLE):
        raise PermissionDenied
    return asked
