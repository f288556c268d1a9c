from __future__ import annotations

import datetime as dt

from django import forms

from sheets.fields import CleanCharFormField

from .careful import CarefulForm


class ForgetForm(CarefulForm):
    """What stays of a request: when it came and why, without a name; and that somebody checked who asks."""

    free_text = ("reason",)

    received_on = forms.DateField(
        label="Ngày nhận yêu cầu", help_text="Trả lời trong 2 ngày làm việc; xóa xong trong 20 ngày."
    )
    reason = CleanCharFormField(
        label="Lý do, căn cứ",
        max_length=200,
        help_text="Ở lại trong nhật ký: ghi số đơn hoặc cách yêu cầu, không ghi tên, số điện thoại.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_checked = forms.BooleanField(
        label="Đã kiểm tra: người yêu cầu là người này hoặc người đại diện; đã hiểu là không lấy lại được"
    )

    def __init__(self, *args, today: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["received_on"].initial = today

    def clean_received_on(self) -> dt.date:
        received_on = self.cleaned_data["received_on"]
        if received_on > self.today:
            raise forms.ValidationError("Ngày này ở tương lai.")
        return received_on

    def told(self) -> dict:
        return {name: self.cleaned_data[name] for name in ("received_on", "reason")}
