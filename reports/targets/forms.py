"""What the page of targets is asked for: a period, and the indicator that is shown by area."""

from __future__ import annotations

from django import forms

from reports.forms import ReportForm
from reports.measures import Measure


class TargetsForm(ReportForm):
    indicator = forms.SlugField(label="Tiêu chí xem theo đơn vị", required=False, max_length=30, widget=forms.Select)

    field_order = ["period", "indicator", "on"]

    def offer_indicators(self, with_target: list[Measure], chosen: Measure | None) -> None:
        """Those with a target in the area or below it."""
        if chosen is None:
            self.fields["indicator"].widget = forms.HiddenInput()
            return
        self.fields["indicator"].widget.choices = [(one.code.partition(":")[2], one.short_name) for one in with_target]
        self.data["indicator"] = chosen.code.partition(":")[2]
