"""Forms for teams, their villages and their papers. Errors stand at their field; days are asked for, never guessed."""

from __future__ import annotations

import datetime as dt

from django import forms

from areas.models import Area, Level
from sheets.fields import CleanCharFormField

from .models import Decision, Member, Team
from .pasting import LinesField, parse_members

DATE_HELP = "Ngày/tháng/năm, ví dụ 05/11/2026."


def not_later_than(day: dt.date | None, today: dt.date) -> dt.date | None:
    if day and day > today:
        raise forms.ValidationError("Ngày này chưa đến.")
    if day and day.year < 1990:
        raise forms.ValidationError("Ngày này quá xa, đề nghị xem lại năm.")
    return day


class TeamForm(forms.ModelForm):
    """A team itself. `places` are the areas where it may be at home."""

    class Meta:
        model = Team
        fields = ["name", "kind", "home_area", "since", "chat_kind", "chat_name", "partners", "note"]
        widgets = {"partners": forms.Textarea(attrs={"rows": 3}), "note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, places, today: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["home_area"].queryset = places
        self.fields["home_area"].error_messages["invalid_choice"] = "Chọn một địa bàn trong danh sách."
        self.fields["home_area"].empty_label = "Chọn địa bàn"
        self.fields["since"].help_text = DATE_HELP
        if self.instance.pk:
            self.fields["home_area"].help_text = "Chỉ sửa khi ghi nhầm. Tổ chuyển nơi: dùng “Chuyển địa bàn”."

    def clean_since(self):
        return not_later_than(self.cleaned_data["since"], self.today)

    def clean(self):
        data = super().clean()
        since, until = data.get("since"), self.instance.until
        if since and until and since >= until:
            self.add_error("since", f"Tổ đã giải thể từ {until:%d/%m/%Y}; ngày bắt đầu phải trước ngày đó.")
        if data.get("chat_name") and not data.get("chat_kind"):
            self.add_error("chat_kind", "Chọn loại nhóm liên lạc.")
        return data


class FoundingForm(TeamForm):
    """A new team: also the villages that it serves and, if one likes, its first members."""

    villages = forms.ModelMultipleChoiceField(
        label="Thôn, tổ dân phố phục vụ",
        queryset=Area.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Để trống: chỉ phục vụ thôn là địa bàn của tổ.",
        error_messages={"invalid_choice": "Chọn trong danh sách thôn, tổ dân phố."},
    )
    members = LinesField(
        label="Thành viên",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text="Mỗi dòng một người: Họ tên; vai trò; tổ chức; điện thoại; năm sinh; giới tính. Có thể thêm sau.",
    )

    def __init__(self, *args, places, today, **kwargs):
        super().__init__(*args, places=places, today=today, **kwargs)
        self.fields["villages"].queryset = places.filter(level=Level.VILLAGE)

    def clean(self):
        data = super().clean()
        if "members" in data:
            try:
                data["members"] = parse_members(
                    data["members"], since=data.get("since") or self.today, today=self.today
                )
            except forms.ValidationError as error:
                self.add_error("members", error)
        return data


class DecisionForm(forms.ModelForm):
    class Meta:
        model = Decision
        fields = ["kind", "paper", "number", "issued_on", "issuer"]

    def __init__(self, *args, today: dt.date, kind: str | None = None, is_optional: bool = False, **kwargs):
        """`is_optional`: nothing of the paper may be written, or all of it."""
        super().__init__(*args, **kwargs)
        self.today, self.is_optional = today, is_optional
        if is_optional:
            for field in self.fields.values():
                field.required = False
        self.fields["number"].widget.attrs["placeholder"] = "Ví dụ: 86/QĐ-UBND"
        if kind is not None:
            self.instance.kind = kind
            del self.fields["kind"]

    def clean_issued_on(self):
        return not_later_than(self.cleaned_data["issued_on"], self.today)

    def clean(self):
        data = super().clean()
        if self.is_optional and self.decision_is_told:
            for name in ("number", "issued_on", "issuer"):
                if name not in self.errors and not data.get(name):
                    self.add_error(name, "Ghi đủ, hoặc để trống cả văn bản.")
        return data

    @property
    def decision_is_told(self) -> bool:
        return any(self.data.get(self.add_prefix(name), "").strip() for name in ("number", "issued_on", "issuer"))

    def _post_clean(self):
        if not self.is_optional or self.decision_is_told:
            super()._post_clean()

    def decision(self) -> Decision | None:
        """The paper, or None where nothing of it was written."""
        return self.save(commit=False) if self.decision_is_told else None


class VillagesForm(forms.Form):
    since = forms.DateField(label="Từ ngày", help_text=DATE_HELP)
    villages = forms.ModelMultipleChoiceField(
        label="Thôn, tổ dân phố phục vụ",
        queryset=Area.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": "Chọn trong danh sách thôn, tổ dân phố."},
    )

    def __init__(self, *args, team: Team, villages, today: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        self.team, self.today = team, today
        self.fields["villages"].queryset = villages

    def clean_since(self):
        since = not_later_than(self.cleaned_data["since"], self.today)
        if since < self.team.since:
            raise forms.ValidationError(f"Tổ hoạt động từ {self.team.since:%d/%m/%Y}.")
        return since

    def clean_villages(self):
        villages = self.cleaned_data["villages"]
        if not villages and self.team.home_area.level == Level.VILLAGE:
            raise forms.ValidationError("Chọn ít nhất một thôn, tổ dân phố.")
        return villages


class EndForm(forms.Form):
    """From which day something is no more. The action says why a day does not fit."""

    on = forms.DateField(label="Từ ngày", help_text="Ngày đầu tiên không còn hoạt động.")

    def __init__(self, *args, today: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_on(self):
        return not_later_than(self.cleaned_data["on"], self.today)


class WardForm(forms.Form):
    """Which ward first, for who has more than one."""

    q = CleanCharFormField(label="Tên phường, xã", max_length=100, required=False)


class LeaveForm(EndForm):
    on = forms.DateField(label="Thôi từ ngày", help_text="Ngày đầu tiên không còn là thành viên.")
    successor = forms.ModelChoiceField(
        label="Người thay làm tổ trưởng",
        queryset=Member.objects.none(),
        required=False,
        empty_label="Chưa có người thay",
        error_messages={"invalid_choice": "Chọn một thành viên đang trong tổ."},
    )

    def __init__(self, *args, member: Member, today: dt.date, **kwargs):
        super().__init__(*args, today=today, **kwargs)
        if member.role == Member.Role.LEADER:
            others = Member.objects.on(today).filter(team=member.team_id).exclude(pk=member.pk)
            self.fields["successor"].queryset = others.exclude(role=Member.Role.LEADER)
        else:
            del self.fields["successor"]


class MoveForm(EndForm):
    on = forms.DateField(label="Từ ngày", help_text="Ngày đầu tiên tổ ở địa bàn mới.")
    area = forms.ModelChoiceField(
        label="Địa bàn mới",
        queryset=Area.objects.none(),
        empty_label="Chọn địa bàn",
        error_messages={"invalid_choice": "Chọn một địa bàn trong danh sách."},
    )
    field_order = ["area", "on"]

    def __init__(self, *args, places, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = places


class ReopenForm(MoveForm):
    members = forms.ModelMultipleChoiceField(
        label="Thành viên tham gia lại",
        queryset=Member.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": "Chọn trong danh sách thành viên."},
    )
    field_order = ["on", "area", "members"]

    def __init__(self, *args, team: Team, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].label = "Hoạt động lại từ ngày"
        self.fields[
            "on"
        ].help_text = (
            f"Chọn đúng ngày giải thể ({team.until:%d/%m/%Y}) nếu tổ không hề gián đoạn; ngày sau đó nếu lập lại."
        )
        self.fields["area"].label = "Địa bàn của tổ"
        self.fields["members"].queryset = team.members.filter(until=team.until)
