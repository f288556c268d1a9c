"""When the answers that are being entered were seen: just now, unless the writer says otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django import forms
from django.utils import timezone

from residents.models import Household
from residents.visit_time import When, instant_of, offered

# A day alone is meant as its noon.
NOON = dt.time(12)


class SeenForm(forms.Form):
    when = forms.ChoiceField(label="Thời điểm thấy", choices=When.choices, required=False)
    on = forms.DateField(
        label="Ngày", required=False, error_messages={"invalid": "Ngày không hợp lệ, ví dụ 05/11/2026."}
    )

    def __init__(self, data: Mapping[str, str], *, now: dt.datetime, household: Household):
        super().__init__({"when": data.get("when") or When.NOW, "on": data.get("on", "")})
        self.now, self.household = now, household
        choices = {**dict(offered(now)), When.OTHER.value: "Chọn ngày"}
        self.fields["when"].choices = list(choices.items())
        for name, field in self.fields.items():
            field.widget.attrs |= {"id": f"thay-{name}", "aria-describedby": "thay-luc-loi"}

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        if data["when"] == When.OTHER and not data["on"]:
            self.add_error("on", "Ghi ngày thấy.")
        elif data["when"] == When.OTHER and data["on"] > timezone.localdate(self.now):
            self.add_error("on", "Ngày này chưa đến.")
        elif timezone.localdate(self.instant) < self.household.since:
            self.add_error("on", f"Hộ có trong sổ từ {self.household.since:%d/%m/%Y}.")
        return data

    @property
    def is_now(self) -> bool:
        return self.cleaned_data["when"] == When.NOW

    @property
    def instant(self) -> dt.datetime:
        """Call when valid. Every tap of now has its own millisecond."""
        if self.is_now:
            return self.now
        return min(self.now, instant_of(self.cleaned_data["when"], self.now, self.cleaned_data["on"], NOON))

    @property
    def words(self) -> str:
        """ "hôm qua", "ngày 05/01/2026"."""
        when = When(self.cleaned_data["when"])
        return f"ngày {self.cleaned_data['on']:%d/%m/%Y}" if when == When.OTHER else when.label.lower()

    @property
    def query(self) -> dict[str, str]:
        """The choice, for the address of a page that comes back."""
        return {} if self.data["when"] == When.NOW else {name: value for name, value in self.data.items() if value}

    @property
    def messages(self) -> list[str]:
        return [message for messages in self.errors.values() for message in messages]
