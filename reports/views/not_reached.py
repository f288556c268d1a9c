"""Biểu 05, the internal list of households not yet reached: rows of people, so the gate of people and the journal."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import jobs
from accounts.rules import Can
from areas.models import Area, Level
from journal.actions import record
from journal.models import Act
from reports import not_reached, outputs
from sheets.downloads import file_response


class NotReachedForm(forms.Form):
    """Which indicators; none chosen: all of them."""

    indicator = forms.MultipleChoiceField(label="Tiêu chí", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data, *, definitions):
        super().__init__(data)
        self.fields["indicator"].choices = [
            (version.indicator.code, version.indicator.short_name) for version in definitions
        ]


@require_safe
def not_reached_list(request, pk: int):
    """What the list will hold; `?export=xlsx` is the list itself, made by the worker where it is long."""
    area, today = _area(request, pk), timezone.localdate()
    form = NotReachedForm(request.GET, definitions=not_reached.definitions([], today))
    if not form.is_valid():
        raise Http404
    codes = form.cleaned_data["indicator"]
    count = not_reached.households_of(request.user, area, today).count()
    if request.GET.get("export") == "xlsx":
        return _export(request, area, codes, today, count)
    villages = not_reached.villages_of(area, today)
    context = {"area": area, "form": form, "count": count, "villages": villages, "today": today}
    return render(request, "reports/not_reached.html", context)


def _export(request, area: Area, codes: list[str], today, count: int):
    label = f"Biểu 05 hộ chưa đạt, {area}"
    if count > outputs.MOST_HOUSEHOLDS_AT_ONCE:
        try:
            job = jobs.start(
                by=request.user, kind="not_reached", area=area, label=label, parameters={"indicators": codes}
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("accounts:job_list")
        return redirect("accounts:job_detail", job.pk)
    with transaction.atomic():
        form = not_reached.collect(request.user, area, codes, day=today)
        record(by=request.user, verb=Act.Verb.EXPORT, area_id=area.pk, label=label, rows=form.households)
        return file_response(not_reached.file_name(form), not_reached.render(form))


def _area(request, pk: int) -> Area:
    """A ward or a village whose households she may export. Sees its figures or people alone: 403; neither: 404."""
    area, reach = get_object_or_404(Area, pk=pk), request.user.reach()
    if not reach.covers(area, Can.SEE_FIGURES) or area.level not in (Level.WARD, Level.VILLAGE) or not area.is_open:
        raise Http404
    if not not_reached.may_export(request.user, area):
        raise PermissionDenied
    return area
