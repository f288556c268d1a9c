"""Forms for members, one at a time and many at once."""

from __future__ import annotations

import datetime as dt

from django import forms

from accounts.models import Posting, User
from accounts.rules import Can

from .forms import DATE_HELP, not_later_than
from .models import Member, Team
from .pasting import LinesField, birth_year_error, parse_members


class MemberForm(forms.ModelForm):
    """A member of `team`. Of a second leader `other_leaders` asks what becomes of the first; she is not forbidden."""

    class Others:
        DEPUTY, MEMBER, BOTH = "deputy", "member", "both"

    class Meta:
        model = Member
        fields = [
            "full_name",
            "role",
            "organisation",
            "phone",
            "sex",
            "birth_year",
            "is_on_payroll",
            "since",
            "user",
        ]
        widgets = {"birth_year": forms.NumberInput(attrs={"inputmode": "numeric", "min": 1900})}

    def __init__(self, *args, team: Team, user: User, today: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        self.team, self.today = team, today
        self.fields["since"].help_text = DATE_HELP
        self.fields["sex"].choices = [("", "Chưa ghi"), *Member.Sex.choices]
        self.fields["birth_year"] = forms.IntegerField(
            label="Năm sinh", required=False, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
        )
        if user.may(Can.MANAGE_USERS):
            self.fields["user"].queryset = accounts_for(team, user, self.instance)
            self.fields["user"].empty_label = "Chưa có tài khoản"
            self.fields["user"].error_messages["invalid_choice"] = "Chọn một tài khoản trong danh sách."
        else:
            del self.fields["user"]
        self.leaders: list[Member] = []
        if self.is_bound and self.data.get(self.add_prefix("role")) == Member.Role.LEADER:
            self._ask_about_leaders()

    def _ask_about_leaders(self):
        """Leaders still in office beside this one: a choice appears for them."""
        found = self.team.members.on(self.today).filter(role=Member.Role.LEADER).exclude(pk=self.instance.pk)
        self.leaders = list(found)
        if self.leaders:
            names = ", ".join(str(member) for member in self.leaders)
            self.fields["other_leaders"] = forms.ChoiceField(
                label=f"Tổ đang có tổ trưởng: {names}",
                widget=forms.RadioSelect,
                choices=[
                    (self.Others.DEPUTY, f"{names} làm tổ phó"),
                    (self.Others.MEMBER, f"{names} làm thành viên"),
                    (self.Others.BOTH, "Giữ cả hai tổ trưởng"),
                ],
                error_messages={"required": "Chọn cách xử lý rồi lưu lại."},
            )
            self.order_fields(["full_name", "role", "other_leaders"])

    def clean_birth_year(self):
        year = self.cleaned_data["birth_year"]
        if message := birth_year_error(year, self.today):
            raise forms.ValidationError(message)
        return year

    def clean_since(self):
        since = not_later_than(self.cleaned_data["since"], self.today)
        if since < self.team.since:
            raise forms.ValidationError(
                f"Tổ hoạt động từ {self.team.since:%d/%m/%Y}; ngày tham gia không thể trước đó."
            )
        end = self.instance.until or self.team.until
        if end and since >= end:
            raise forms.ValidationError(f"Ngày tham gia phải trước ngày thôi ({end:%d/%m/%Y}).")
        return since

    def step_down(self) -> str:
        """The role that the leaders up to now take, or "" where they stay."""
        choice = self.cleaned_data.get("other_leaders", "")
        return "" if choice == self.Others.BOTH else choice


def accounts_for(team: Team, user: User, member: Member):
    """Accounts below her own that are posted where the team works, and the one already named."""
    areas = [team.home_area_id, *team.services.open().values_list("village_id", flat=True)]
    here = Posting.objects.current().filter(area__in=areas)
    found = User.objects.visible_to(user).filter(pk__in=here.values("user"))
    return found | User.objects.visible_to(user).filter(pk=member.user_id) if member.user_id else found


class MembersPasteForm(forms.Form):
    since = forms.DateField(label="Tham gia từ", help_text=DATE_HELP)
    lines = LinesField(
        label="Danh sách",
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text="Mỗi dòng một người: Họ tên; vai trò; tổ chức; điện thoại; năm sinh; giới tính. "
        "Chỉ họ tên là bắt buộc. Có thể dán thẳng từ Excel.",
    )

    def __init__(self, *args, team: Team, today: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        self.team, self.today = team, today

    def clean_since(self):
        since = not_later_than(self.cleaned_data["since"], self.today)
        if since < self.team.since:
            raise forms.ValidationError(f"Tổ hoạt động từ {self.team.since:%d/%m/%Y}.")
        return since

    def clean(self):
        data = super().clean()
        if data.get("since") and "lines" in data:
            present = list(self.team.members.on(self.today))
            try:
                data["lines"] = parse_members(data["lines"], since=data["since"], today=self.today, present=present)
            except forms.ValidationError as error:
                self.add_error("lines", error)
        return data
