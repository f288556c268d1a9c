"""The forms of villages, areas and offices."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError

from sheets.dates import date_text
from sheets.fields import CleanCharFormField, CleanTextFormField

from .kinds import KINDS
from .models import Area, Level, Office


class PastDateField(forms.DateField):
    """A day that has come."""

    def __init__(self, *, today: dt.date | None = None, **kwargs):
        self.today = today
        super().__init__(**kwargs)

    def clean(self, value):
        day = super().clean(value)
        if day and self.today and day > self.today:
            raise ValidationError("Ngày này chưa đến.")
        return day


class WardOfThatTime(forms.ModelChoiceField):
    """The ward, or one of those out of which it came."""

    def label_from_instance(self, area):
        until = f" đến {date_text(area.until - dt.timedelta(days=1))}" if area.until else ""
        return f"{area} (từ {date_text(area.since)}{until})"


class InWardForm(forms.Form):
    """What both forms for new villages ask: since when, and in which ward it lay then."""

    since = PastDateField(label="Có từ ngày", help_text="Không rõ thì ghi ngày bắt đầu theo dõi thôn này.")
    ward = WardOfThatTime(
        label="Khi đó thuộc",
        queryset=Area.objects.none(),
        empty_label="Chọn phường, xã",
        help_text="Ngày trước khi sắp xếp thì chọn đơn vị cũ; thôn sẽ theo đơn vị đó về sau.",
    )

    def __init__(self, data=None, *, wards, today: dt.date, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["since"].today = today
        self.fields["ward"].queryset = wards
        if len(wards) == 1:
            del self.fields["ward"]


class VillageForm(InWardForm):
    kind = forms.ChoiceField(label="Loại", choices=[(kind, kind) for kind in KINDS[Level.VILLAGE]], initial="Thôn")
    name = CleanCharFormField(label="Tên", max_length=130, help_text="Không ghi loại, ví dụ: Tà Lang, hoặc số 5.")

    field_order = ("kind", "name", "since", "ward")

    @property
    def line(self) -> str:
        return f"{self.cleaned_data['kind']} {self.cleaned_data['name']}"


class PasteForm(InWardForm):
    lines = CleanTextFormField(
        label="Danh sách",
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="Mỗi dòng một thôn, tổ dân phố. Ví dụ: Thôn Tà Lang; Tổ dân phố số 5; TDP 6.",
    )
    default_kind = forms.ChoiceField(
        label="Loại cho dòng không ghi loại",
        choices=[("", "Không có, dòng nào cũng ghi"), *[(kind, kind) for kind in KINDS[Level.VILLAGE]]],
        required=False,
    )

    field_order = ("lines", "default_kind", "since", "ward")


class AreaForm(forms.Form):
    """A change from a day on, or a typing mistake put right."""

    CORRECT, CHANGE = "correct", "change"

    way = forms.ChoiceField(
        label="Việc cần làm",
        choices=[(CHANGE, "Đổi từ một ngày"), (CORRECT, "Sửa lỗi gõ")],
        widget=forms.RadioSelect,
        help_text="Đổi từ một ngày giữ tên cũ cho những ngày trước đó. Sửa lỗi gõ thì sửa luôn tên đã ghi.",
    )
    kind = forms.ChoiceField(label="Loại")
    name = CleanCharFormField(label="Tên", max_length=130, help_text="Không ghi loại.")
    code = CleanCharFormField(label="Mã", max_length=20, required=False)
    since = PastDateField(label="Đổi từ ngày", required=False)
    decree_number = CleanCharFormField(label="Số văn bản", max_length=80, required=False)
    issuer = CleanCharFormField(label="Cơ quan ban hành", max_length=150, required=False)
    decided_on = PastDateField(label="Ngày ban hành", required=False)

    def __init__(self, data=None, *, area: Area, today: dt.date):
        start = {"way": self.CHANGE, "kind": area.kind, "name": area.short_name, "code": area.code}
        super().__init__(data, initial=start)
        self.fields["since"].today = self.fields["decided_on"].today = today
        kinds = dict.fromkeys([*KINDS[Level(area.level)], area.kind])
        self.fields["kind"].choices = [(kind, kind) for kind in kinds]
        if area.level == Level.VILLAGE:
            del self.fields["code"]

    def clean(self):
        asked = super().clean()
        if asked.get("way") == self.CHANGE and not asked.get("since") and "since" not in self.errors:
            self.add_error("since", "Ghi ngày bắt đầu mang tên mới.")
        if asked.get("decided_on") and not asked.get("decree_number"):
            self.add_error("decree_number", "Có ngày ban hành thì ghi cả số văn bản.")
        return asked

    @property
    def full_name(self) -> str:
        return f"{self.cleaned_data['kind']} {self.cleaned_data['name']}"

    @property
    def paper(self) -> dict:
        return {name: self.cleaned_data[name] for name in ("decree_number", "issuer", "decided_on")}


class EndForm(forms.Form):
    until = PastDateField(label="Không còn từ ngày")

    def __init__(self, data=None, *, today: dt.date, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["until"].today = today


class SettleForm(forms.Form):
    """For each waiting village of a page, which of the successors it lies in; those left open go on waiting."""

    def __init__(self, data=None, *, waiting):
        super().__init__(data)
        for pending in waiting:
            self.fields[self.name_of(pending)] = forms.TypedChoiceField(
                label=f"Xếp {pending.village} vào",
                choices=[("", "Chưa xếp"), *((area.pk, str(area)) for area in pending.choices)],
                coerce=int,
                empty_value=None,
                required=False,
            )
        self.waiting = waiting

    @staticmethod
    def name_of(pending) -> str:
        return f"ward-{pending.pk}"

    def rows(self):
        return [(pending, self[self.name_of(pending)]) for pending in self.waiting]

    def chosen(self) -> list[tuple]:
        """(waiting village, ward) of those that were placed."""
        found = []
        for pending in self.waiting:
            ward = self.cleaned_data[self.name_of(pending)]
            found += [(pending, area) for area in pending.choices if area.pk == ward]
        return found


class OfficeForm(forms.ModelForm):
    class Meta:
        model = Office
        fields = (*Office.DESCRIBED, "since")
        widgets = {"recipients": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, data=None, *, area: Area, present: Office | None, today: dt.date):
        start = {name: getattr(present, name) for name in self.Meta.fields} if present else {}
        super().__init__(data, instance=Office(area=area), initial=start)
        self.today = today
        if present:
            self.fields["since"].help_text = (
                f"Giữ ngày {date_text(present.since)} là sửa thông tin hiện có; ngày sau đó là thay đổi từ ngày ấy, "
                "báo cáo trước ngày ấy vẫn giữ thông tin cũ."
            )

    def clean_since(self):
        since = self.cleaned_data["since"]
        if since > self.today:
            raise ValidationError("Ngày này chưa đến.")
        area = self.instance.area
        if since < area.since or (area.until and since >= area.until):
            raise ValidationError(f"{area} không có trong ngày này.")
        return since
