from __future__ import annotations

import datetime as dt

from django import forms

from areas.models import Area
from residents.models import IndicatorVersion

from .filters import OneOf

USUAL = ("vneid2", "dvc", "epay", "smartphone", "smartphone_home", "broadband", "netsafe")
MOST_COLUMNS = 12


class PaperForm(forms.Form):
    """Which village, day and indicators a sheet is about; the same choice prints it and enters it."""

    village = forms.ChoiceField(label="Thôn, tổ dân phố")
    on = forms.DateField(label="Ngày ghi trên phiếu", required=False)
    i = forms.MultipleChoiceField(
        label="Tiêu chí",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Có tiêu chí không áp dụng vào ngày này."},
    )

    def __init__(self, data, *, villages: list[Area], versions: list[IndicatorVersion], today: dt.date):
        super().__init__(data, initial={"on": today, "i": self._usual(versions)})
        self.versions, self.today = versions, today
        self.fields["village"] = OneOf(villages, label="Thôn, tổ dân phố", empty_label="Chọn thôn, tổ dân phố")
        if len(villages) == 1:
            self.fields["village"].choices = self.fields["village"].choices[1:]
        self.fields["i"].choices = [(each.indicator.code, each.indicator.short_name) for each in versions]

    def clean_on(self):
        day = self.cleaned_data["on"] or self.today
        if day > self.today:
            raise forms.ValidationError("Ngày này ở tương lai. Chỉ ghi việc đã xảy ra.")
        return day

    def clean_i(self):
        codes = self.cleaned_data["i"]
        if len(codes) > MOST_COLUMNS:
            raise forms.ValidationError(f"Nhiều nhất {MOST_COLUMNS} tiêu chí trên một phiếu.")
        return codes

    def chosen(self) -> list[IndicatorVersion]:
        """The columns: those ticked, else the usual ones."""
        codes = self.cleaned_data.get("i") or self._usual(self.versions)
        return [version for version in self.versions if version.indicator.code in codes]

    @staticmethod
    def _usual(versions) -> list[str]:
        return [version.indicator.code for version in versions if version.indicator.code in USUAL]
