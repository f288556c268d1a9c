"""The words of a report (Biểu 04): what an area writes of its period."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.db import transaction
from django.utils import timezone

from areas.models import Area, AreaVersion
from journal.actions import record
from journal.models import Act
from sheets.fields import CleanTextFormField

from .models import Period, Remark


class RemarksForm(forms.Form):
    """One box for each kind of remark; an emptied box takes the remark away.

    A box that nobody wrote in yet starts from the words of the areas right below (design §7): the ward's draft from its
    villages', to be kept, shortened or thrown away.
    """

    def __init__(self, data=None, *, area: Area, period: Period, day: dt.date):
        self.area, self.period = area, period
        self.present = {remark.kind: remark for remark in Remark.objects.filter(area=area, period=period)}
        self.carried_up = {} if self.present else words_from_below(area, period, day)
        super().__init__(data)
        for kind in Remark.Kind:
            present = self.present.get(kind)
            self.fields[kind.value] = CleanTextFormField(
                label=kind.label,
                required=False,
                max_length=3000,
                initial=present.text if present else self.carried_up.get(kind, ""),
                widget=forms.Textarea(attrs={"rows": 3}),
            )


def words_from_below(area: Area, period: Period, day: dt.date) -> dict[str, str]:
    """Kind → what the areas right below `area` wrote, a line for each, in their order."""
    children = AreaVersion.objects.children_of(area, day).values("area")
    rows = Remark.objects.filter(period=period, area__in=children).select_related("area").order_by("area__sort_key")
    found: dict[str, str] = {}
    for row in rows:
        line = f"{row.area.name}: {row.text}"
        found[row.kind] = f"{found[row.kind]}\n{line}" if row.kind in found else line
    return {kind: text[:3000] for kind, text in found.items()}


@transaction.atomic
def write_remarks(*, by, form: RemarksForm) -> int:
    """Store what was written; → how many remarks changed."""
    changed = 0
    for kind in Remark.Kind:
        text, present = form.cleaned_data[kind.value], form.present.get(kind)
        if text == (present.text if present else ""):
            continue
        changed += 1
        if text:
            Remark.objects.update_or_create(
                area=form.area,
                period=form.period,
                kind=kind,
                defaults={"text": text, "written_by": by, "written_at": timezone.now()},
            )
        else:
            present.delete()
    if changed:
        label = f"Nhận xét {form.area}, {form.period}"
        record(by=by, verb=Act.Verb.CHANGE, area_id=form.area.pk, label=label, kinds=changed)
    return changed
