"""What the page "Vì sao số này thay đổi?" is asked for: a measure, a period, and what it is compared with."""

from __future__ import annotations

from django import forms

from reports.forms import MomentField, ReportForm, moment_text
from reports.measures import Measure
from reports.models import Period

from .causes import Cause


class WhyForm(ReportForm):
    measure = forms.CharField(label="Chỉ số", required=False, max_length=60, widget=forms.Select)
    before = MomentField(label="So với kỳ hoặc ngày", required=False)
    part = forms.ChoiceField(choices=Cause.choices, required=False, widget=forms.HiddenInput)

    field_order = ["measure", "period", "before", "on"]

    def clean(self):
        cleaned = super().clean()
        before = cleaned.get("before")
        if before and self.asked_period and before.end_on >= self.asked_period.end_on:
            self.add_error("before", "Mốc so sánh phải sớm hơn kỳ đang xem.")
        return cleaned

    def show(self, groups: list[tuple[str, list[Measure]]], measure: Measure, before: Period) -> None:
        """The measures that there are, and what was understood."""
        self.fields["measure"].widget.choices = [
            (label, [(one.code, one.short_name) for one in of]) for label, of in groups
        ]
        self.data["measure"] = measure.code
        # The period before is what one gets without asking; written into the box it would stay there a month later.
        self.fields["before"].widget.attrs["placeholder"] = moment_text(before)
