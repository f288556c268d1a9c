"""Figures that an office tells without a register behind them: the form of a minute, and what it writes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.rules import Can
from areas.actions import mark_stale
from areas.models import Area
from journal.actions import record
from journal.models import Act
from sheets.fields import CleanCharFormField
from sheets.numbers import parse_number

from . import measures
from .measures import Family, Measure
from .models import Period, StatedFigure

MOST = 100_000_000
# What an office knows about its teams without a register; the rest is counted from teams and members.
STATED_PEOPLE = ("teams", "members", "women", "households", "residents")
STATED_ACTIVITY = ("visits", "met", "households_visited", "people_helped", "minutes")


def measures_to_state(day: dt.date) -> list[Measure]:
    """The measures of the form, coverage first: indicators in force on `day`, teams and people, activity, results."""
    known = {measure.code: measure for measure in [*measures.PEOPLE, *measures.ACTIVITY]}
    return [
        *measures.coverage(day),
        *(known[code] for code in STATED_PEOPLE),
        *(known[code] for code in STATED_ACTIVITY),
        *measures.results(),
    ]


class WholeNumberField(forms.CharField):
    """A count as people write it: "1.234"."""

    def __init__(self, **kwargs):
        super().__init__(required=False, widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 8}), **kwargs)

    def to_python(self, value):
        number = parse_number(value, whole=True) if value not in self.empty_values else None
        if number is not None and not 0 <= number <= MOST:
            raise ValidationError("Số từ 0 đến 100.000.000.")
        return None if number is None else int(number)


class PercentField(forms.CharField):
    """ "41,9" or "41,9 %": per cent, two decimals at most."""

    def __init__(self, **kwargs):
        super().__init__(required=False, widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6}), **kwargs)

    def to_python(self, value):
        if value in self.empty_values:
            return None
        rate = Decimal(str(parse_number(value.replace("%", ""))))
        if not 0 <= rate <= 100 or rate != round(rate, 2):
            raise ValidationError("Tỷ lệ từ 0 đến 100 %, nhiều nhất hai số lẻ.")
        return rate


@dataclass(frozen=True)
class Line:
    """A measure and its fields, for the template."""

    measure: Measure
    eligible: forms.BoundField | None
    reached: forms.BoundField | None
    rate: forms.BoundField | None
    value: forms.BoundField | None
    qualifier: forms.BoundField


class StateForm(forms.Form):
    """One area, one period; a line left empty says nothing, a line emptied takes back what was said."""

    source = CleanCharFormField(
        label="Nguồn", max_length=250, help_text="Ai cho số này, ví dụ: Báo cáo giấy của tổ CNSCĐ thôn."
    )
    document = CleanCharFormField(label="Văn bản, bài viết (nếu có)", max_length=300, required=False)

    def __init__(self, data=None, *, area: Area, period: Period, today: dt.date):
        self.area, self.period, self.as_of = area, period, period.as_of(today)
        self.measures = measures_to_state(self.as_of)
        self.present = stated_in(area, period)
        first = next(iter(self.present.values()), None)
        super().__init__(data, initial={"source": first.source, "document": first.document} if first else None)
        for measure in self.measures:
            self._add_fields(measure, self.present.get(measure.code))

    def _add_fields(self, measure: Measure, figure: StatedFigure | None) -> None:
        name = measure.short_name
        if measure.is_coverage:
            kinds = {"eligible": WholeNumberField(label=f"{name}: thuộc diện"),
                     "reached": WholeNumberField(label=f"{name}: đã có"),
                     "rate": PercentField(label=f"{name}: tỷ lệ")}  # fmt: skip
        else:
            kinds = {"value": WholeNumberField(label=f"{name}: số")}
        kinds["qualifier"] = forms.ChoiceField(
            label=f"{name}: mức", choices=StatedFigure.Qualifier.choices, required=False
        )
        for part, field in kinds.items():
            field.initial = getattr(figure, part) if figure else None
            self.fields[f"{measure.code}-{part}"] = field

    def lines(self, family: Family) -> list[Line]:
        parts = ("eligible", "reached", "rate", "value", "qualifier")
        return [
            Line(
                measure, *(self[name] if (name := f"{measure.code}-{part}") in self.fields else None for part in parts)
            )
            for measure in self.measures
            if measure.family == family
        ]

    @property
    def coverage_lines(self):
        return self.lines(Family.COVERAGE)

    @property
    def people_lines(self):
        return self.lines(Family.PEOPLE)

    @property
    def activity_lines(self):
        return self.lines(Family.ACTIVITY)

    def clean(self):
        for measure in self.measures:
            told = self.told(measure)
            eligible, reached = told.get("eligible"), told.get("reached")
            if eligible is not None and reached is not None and reached > eligible:
                self.add_error(f"{measure.code}-reached", f"“Đã có” ({reached}) lớn hơn “thuộc diện” ({eligible}).")
            elif eligible is not None and reached is None and told.get("rate") is None:
                self.add_error(f"{measure.code}-reached", "Ghi số đã có hoặc tỷ lệ.")
        return self.cleaned_data

    def told(self, measure: Measure) -> dict:
        parts = ("eligible", "reached", "rate", "value")
        told = {part: self.cleaned_data.get(f"{measure.code}-{part}") for part in parts}
        return told | {"qualifier": self.cleaned_data.get(f"{measure.code}-qualifier") or ""}


def stated_in(area: Area, period: Period) -> dict[str, StatedFigure]:
    """What was stated of `area` for this very period: measure → figure."""
    figures = StatedFigure.objects.filter(area=area, on=period.end_on, scope="", withdrawn_at=None)
    return {figure.measure: figure for figure in figures}


@transaction.atomic
def state_figures(*, by, form: StateForm) -> int:
    """Write what the form says; a changed line replaces the former one, which stays as withdrawn. → lines changed."""
    now, changed = timezone.now(), 0
    period = form.period
    for measure in form.measures:
        told = form.told(measure)
        before = form.present.get(measure.code)
        says_something = any(told[part] is not None for part in ("reached", "rate", "value"))
        if (
            before
            and all(getattr(before, part) == value for part, value in told.items())
            and _same_source(before, form)
        ):
            continue
        if not before and not says_something:
            continue
        if before:
            before.withdrawn_at = now
            before.save(update_fields=["withdrawn_at"])
        if says_something:
            StatedFigure.objects.create(
                area=form.area,
                on=period.end_on,
                since=period.start_on if measure.family == Family.ACTIVITY else None,
                measure=measure.code,
                source=form.cleaned_data["source"],
                document=form.cleaned_data["document"],
                entered_by=by,
                entered_at=now,
                **told,
            )
        changed += 1
    if changed:
        mark_stale([form.area.pk], period.start_on)
        record(
            by=by,
            verb=Act.Verb.CHANGE,
            area_id=form.area.pk,
            label=f"Số liệu công bố {form.area}, {period}",
            lines=changed,
        )
    return changed


def _same_source(figure: StatedFigure, form: StateForm) -> bool:
    return (figure.source, figure.document) == (form.cleaned_data["source"], form.cleaned_data["document"])


def areas_to_state(user):
    """The areas of hers for which she may state figures, by today's tree."""
    return user.reach().areas(Can.STATE_FIGURES)
