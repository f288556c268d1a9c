from __future__ import annotations

import datetime as dt

from django import forms

from reports.models import Period
from reports.period_choices import code_of, name_of, neighbour
from residents.models import Indicator, IndicatorVersion

from .models.focus import MOST


class FocusForm(forms.Form):
    """At most five indicators, from this period or the next on."""

    since = forms.ChoiceField(label="Áp dụng", widget=forms.RadioSelect)
    indicators = forms.ModelMultipleChoiceField(
        Indicator.objects.none(),
        label="Tiêu chí",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=f"Nhiều nhất {MOST} tiêu chí. Không chọn tiêu chí nào là theo cấp trên.",
    )

    def __init__(self, *args, period: Period, **kwargs):
        super().__init__(*args, **kwargs)
        following = period.end_on + dt.timedelta(days=1)
        self.fields["since"].choices = [
            (period.start_on.isoformat(), f"Từ kỳ này: {period.label}"),
            (following.isoformat(), f"Từ kỳ sau: {name_of(neighbour(code_of(period), 1))}"),
        ]
        asked = IndicatorVersion.objects.on(period.end_on)
        self.fields["indicators"].queryset = Indicator.objects.filter(
            is_reported=True, pk__in=asked.values("indicator")
        ).order_by("order", "pk")

    def clean_since(self) -> dt.date:
        return dt.date.fromisoformat(self.cleaned_data["since"])

    def clean_indicators(self):
        chosen = list(self.cleaned_data["indicators"])
        if len(chosen) > MOST:
            raise forms.ValidationError(f"Đã chọn {len(chosen)} tiêu chí. Chọn nhiều nhất {MOST}.")
        return chosen
