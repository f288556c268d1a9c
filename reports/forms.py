"""What a reader may ask of the reports: a period or a day, an indicator, an order, a map. It stands in the address."""

from __future__ import annotations

import datetime as dt

from django import forms

from areas.models import Area, Level
from residents.models import Indicator
from sheets.text import clean_text

from . import periods
from .measures import Measure
from .models import Period
from .period_choices import Known, code_of


class ReportForm(forms.Form):
    """The period of a page; the pages' own forms add to it. `asked_period` is set when the form is valid."""

    period = forms.CharField(label="Kỳ", required=False, max_length=30, widget=forms.Select)
    on = forms.DateField(label="Hoặc tại ngày", required=False)
    area = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, area: Area, known: Known):
        super().__init__(data)
        self.place, self.known = area, known
        self.asked_period: Period | None = None
        self.fields["on"].widget.attrs["placeholder"] = "05/11/2026"

    @property
    def is_by_todays_map(self) -> bool:
        """Are the figures of that time asked for by today's areas? Only some pages can."""
        return False

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        try:
            period = self._period(cleaned)
        except ValueError as error:
            self.add_error("on" if cleaned.get("on") else "period", str(error))
            return cleaned
        if period.start_on > self.known.today:
            self.add_error("on" if cleaned.get("on") else "period", f"{period.label} chưa bắt đầu.")
            return cleaned
        self.asked_period = period
        return cleaned

    def _period(self, cleaned) -> Period:
        if day := cleaned.get("on"):
            if day > self.known.today:
                raise ValueError("Ngày này chưa đến.")
            if day.year < 2000:
                raise ValueError("Ngày này quá xa, đề nghị xem lại năm.")
            return periods.day_period(day)
        if text := (cleaned.get("period") or "").strip():
            return self.known.named(text)
        return self.known.current()

    def offer(self) -> None:
        """Fill the select of periods; called when the answer is known, so that it is among them."""
        self.fields["period"].widget.choices = self.known.choices(self.asked_period)
        if self.asked_period is not None:
            # A day chosen becomes the period of the address, and the box for a day is empty again.
            self.data = self.data.copy()
            self.data["period"] = code_of(self.asked_period)
            self.data["area"] = str(self.place.pk)
            self.data.pop("on", None)


class CoverageForm(ReportForm):
    class View:
        OVERVIEW, AREAS, MATRIX = "", "areas", "matrix"
        CHOICES = ((OVERVIEW, "Tổng quan"), (AREAS, "So sánh đơn vị"), (MATRIX, "Bảng đầy đủ"))

    class Sort:
        MAP, LOWEST, HIGHEST = "", "rate", "-rate"
        CHOICES = ((MAP, "Thứ tự bản đồ"), (LOWEST, "Chậm nhất trước"), (HIGHEST, "Cao nhất trước"))

    class Map:
        THEN, TODAY = "", "today"
        CHOICES = ((THEN, "Bản đồ ngày đó"), (TODAY, "Bản đồ hôm nay"))

    indicator = forms.SlugField(label="Tiêu chí", required=False, max_length=30, widget=forms.Select)
    sort = forms.ChoiceField(label="Sắp xếp", choices=Sort.CHOICES, required=False)
    map = forms.ChoiceField(label="Theo bản đồ", choices=Map.CHOICES, required=False)
    view = forms.ChoiceField(choices=View.CHOICES, required=False, widget=forms.HiddenInput)
    line = forms.Field(required=False, widget=forms.MultipleHiddenInput)

    field_order = ["period", "indicator", "on", "sort", "map"]

    def __init__(self, data, *, area, known):
        super().__init__(data, area=area, known=known)
        # Each view of the page asks for what it can use.
        view = data.get("view", "")
        for name in {self.View.OVERVIEW: ("indicator", "sort", "map"), self.View.MATRIX: ("indicator",)}.get(view, ()):
            self.fields[name].widget = forms.HiddenInput()

    @property
    def is_by_todays_map(self) -> bool:
        compares = self.place.level != Level.VILLAGE and self.cleaned_data["view"] != self.View.OVERVIEW
        return compares and self.cleaned_data["map"] == self.Map.TODAY

    def offer_indicators(self, indicators: list[Measure], chosen: Measure) -> None:
        """Those in force on the day; an unknown one in the address is answered by the first."""
        self.fields["indicator"].widget.choices = [(code_in_address(m), m.short_name) for m in indicators]
        self.data["indicator"] = code_in_address(chosen)


def code_in_address(measure: Measure) -> str:
    """ "cov:vneid2" → "vneid2"."""
    return measure.code.partition(":")[2]


class ActivityForm(ReportForm):
    class View:
        AREAS, CONTENT = "", "content"
        CHOICES = ((AREAS, "Theo đơn vị"), (CONTENT, "Nội dung, kết quả"))

    view = forms.ChoiceField(choices=View.CHOICES, required=False, widget=forms.HiddenInput)
    field_order = ["period", "on"]


class TeamsForm(ReportForm):
    field_order = ["period", "on"]


class MissingForm(ReportForm):
    """Households of a village that an indicator has not reached: today's, so there is no period to choose."""

    indicator = forms.ChoiceField(label="Tiêu chí")

    def __init__(self, data, *, area, known):
        super().__init__(data, area=area, known=known)
        self.fields["indicator"].choices = list(
            Indicator.objects.filter(is_reported=True).values_list("code", "short_name")
        )
        for name in ("period", "on"):
            del self.fields[name]


class MomentField(forms.Field):
    """A day (13/05/2022) or a period ("5/2022", "2022-05", "2022-Q2"): the two ends of a comparison."""

    def to_python(self, value):
        text = clean_text(value or "", max_length=20)
        if not text:
            return None
        try:
            return moment(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


def moment(text: str) -> Period:
    """The day or period that `text` names; raises ValueError in Vietnamese."""
    day = forms.DateField(required=False)
    if text.count("/") == 1:
        month, _, year = (part.strip() for part in text.partition("/"))
        if month.isdecimal() and year.isdecimal():
            return periods.parse(f"{year:0>4}-{month:0>2}")
    try:
        return periods.parse(text)
    except ValueError:
        try:
            found: dt.date | None = day.clean(text)
        except forms.ValidationError:
            found = None
        if found is None or found.year < 2000:
            raise ValueError(f"“{text}” không phải là ngày hay kỳ. Ví dụ: 13/05/2022, 5/2022, 2022-Q2, 2022.") from None
        return periods.day_period(found)


class GrowthForm(forms.Form):
    measure = forms.ChoiceField(label="Chỉ số", required=False)
    before = MomentField(label="Từ ngày hoặc kỳ", required=False)
    after = MomentField(label="Đến ngày hoặc kỳ", required=False)
    area = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, groups: list[tuple[str, list[Measure]]], today: dt.date):
        super().__init__(data)
        self.today = today
        self.fields["measure"].choices = [
            (label, [(measure.code, measure.name) for measure in measures]) for label, measures in groups
        ]

    def clean(self):
        cleaned = super().clean()
        before, after = cleaned.get("before"), cleaned.get("after")
        for name, period in (("before", before), ("after", after)):
            if period is not None and period.start_on > self.today:
                self.add_error(name, f"{period.label} chưa đến.")
        if before and after and before.end_on >= after.end_on:
            self.add_error("after", "Mốc sau phải muộn hơn mốc trước.")
        return cleaned

    def show(self, before: Period, after: Period) -> None:
        """Write the two moments into the boxes as they were understood."""
        self.data = self.data.copy()
        for name, period in (("before", before), ("after", after)):
            self.data[name] = moment_text(period)


def moment_text(period: Period) -> str:
    """ "13/05/2022", "5/2022", "2022-Q2": what `moment` reads."""
    if period.kind == Period.Kind.DAY:
        return f"{period.end_on:%d/%m/%Y}"
    if period.kind == Period.Kind.MONTH:
        return f"{period.end_on.month}/{period.end_on.year}"
    return code_of(period)
