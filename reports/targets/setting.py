"""Giving an area its targets: the form of a minute, and what it writes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.rules import Can
from areas.models import Area
from journal.actions import record
from journal.models import Act
from reports import measures
from reports.measures import Measure
from reports.models import Target
from reports.stating import PercentField
from residents.models import Indicator
from sheets.fields import CleanCharFormField

from .in_force import TargetInForce


@dataclass(frozen=True)
class Line:
    """An indicator and its box; `handed_down` holds where the box stays empty."""

    measure: Measure
    rate: forms.BoundField
    handed_down: TargetInForce | None


class TargetForm(forms.Form):
    """The targets of one area due on one day; a box left empty gives none, a box emptied takes back what was given."""

    due_on = forms.DateField(label="Hạn hoàn thành")
    since = forms.DateField(label="Giao từ ngày")
    source = CleanCharFormField(label="Cơ quan giao", max_length=250, help_text="Ví dụ: UBND phường Cao Xanh.")
    document = CleanCharFormField(label="Văn bản (nếu có)", max_length=300, required=False)

    def __init__(self, data=None, *, area: Area, today: dt.date, due_on: dt.date, handed_down: dict):
        self.area, self.today, self.handed_down = area, today, handed_down
        self.measures = measures.coverage(today)
        present = targets_due(area, due_on)
        first = next(iter(present.values()), None)
        initial = {"due_on": due_on, "since": today}
        if first:
            initial |= {"since": first.since, "source": first.source, "document": first.document}
        super().__init__(data, initial=initial)
        for measure in self.measures:
            code = code_of(measure)
            rate = present[code].rate if code in present else None
            self.fields[f"rate-{code}"] = PercentField(label=f"{measure.short_name}: chỉ tiêu (%)", initial=rate)

    @property
    def lines(self) -> list[Line]:
        return [
            Line(measure, self[f"rate-{code_of(measure)}"], self.handed_down.get(code_of(measure)))
            for measure in self.measures
        ]

    def clean(self):
        cleaned = super().clean()
        since, due_on = cleaned.get("since"), cleaned.get("due_on")
        if since and due_on and due_on < since:
            self.add_error("due_on", "Hạn hoàn thành phải sau ngày giao.")
        if since and since > self.today:
            self.add_error("since", "Ngày này chưa đến.")
        if due_on and due_on.year > self.today.year + 10:
            self.add_error("due_on", "Hạn quá xa, đề nghị xem lại năm.")
        for code, rate in self.rates().items():
            if rate == 0:
                self.add_error(f"rate-{code}", "Chỉ tiêu phải lớn hơn 0. Không giao thì để trống.")
        return cleaned

    def rates(self) -> dict:
        """Indicator code → per cent, None where nothing is given."""
        codes = [code_of(measure) for measure in self.measures]
        return {code: self.cleaned_data.get(f"rate-{code}") for code in codes}


def code_of(measure: Measure) -> str:
    return measure.code.partition(":")[2]


def targets_due(area: Area, due_on: dt.date) -> dict[str, Target]:
    """The area's own targets due on a day: indicator code → target."""
    found = Target.objects.standing().filter(area=area, due_on=due_on).select_related("indicator")
    return {target.indicator.code: target for target in found}


@transaction.atomic
def set_targets(*, by, form: TargetForm) -> int:
    """Write what the form says; a changed target replaces the former one, which stays as withdrawn. → lines changed."""
    area, now, told = form.area, timezone.now(), form.cleaned_data
    Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    if not by.reach().covers(area, Can.SET_TARGETS):
        raise ValidationError("Bạn không giao chỉ tiêu ở địa bàn này.")
    present = targets_due(area, told["due_on"])
    common = {name: told[name] for name in ("since", "due_on", "source", "document")}
    indicators = _indicators(form)
    changed = 0
    for code, rate in form.rates().items():
        before = present.get(code)
        if before and before.rate == rate and all(getattr(before, name) == value for name, value in common.items()):
            continue
        if before is None and rate is None:
            continue
        if before:
            before.withdrawn_at = now
            before.save(update_fields=["withdrawn_at"])
        if rate is not None:
            Target.objects.create(area=area, indicator_id=indicators[code], rate=rate, set_by=by, set_at=now, **common)
        changed += 1
    if changed:
        record(
            by=by,
            verb=Act.Verb.CHANGE,
            area_id=area.pk,
            label=f"Chỉ tiêu giao {area}, hạn {told['due_on']:%d/%m/%Y}",
            lines=changed,
        )
    return changed


def _indicators(form: TargetForm) -> dict[str, int]:
    codes = [code_of(measure) for measure in form.measures]
    return dict(Indicator.objects.filter(code__in=codes).values_list("code", "pk"))
