"""The forms of the pages on which accounts are managed."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q

from areas.models import Area, AreaLink, Level
from sheets.fields import CleanCharFormField, PhoneFormField

from .models import Posting, User
from .pasted import read_lines
from .rules import Role, can_grant, grantable_roles
from .usernames import clean_username, username_for
from .within import area_asked, areas_offered, steps_from


class UserFilter(forms.Form):
    """What the list of accounts shows; it stands in the URL."""

    q = CleanCharFormField(label="Tìm tên, tên đăng nhập, điện thoại", max_length=100, required=False)
    role = forms.ChoiceField(label="Vai trò", required=False, choices=[("", "Tất cả"), *Role.choices])
    trong = forms.ChoiceField(label="Địa bàn", required=False)
    state = forms.ChoiceField(
        label="Tình trạng",
        required=False,
        choices=[
            ("", "Tất cả"),
            ("dang-dung", "Đang dùng"),
            ("da-ngung", "Đã ngừng"),
            ("chua-vao", "Chưa đăng nhập lần nào"),
            ("mat-khau-cap", "Còn dùng mật khẩu được cấp"),
            ("het-phan-cong", "Hết phân công"),
        ],
    )

    def __init__(self, user: User, data):
        super().__init__(data)
        self.user = user
        self.area = area_asked(user, data["trong"]) if data.get("trong") else None
        steps = steps_from(user, self.area, down_to=Level.VILLAGE)
        self.fields["trong"].choices = [("", "Tất cả"), *steps]

    def filter(self, users):
        if not self.is_valid():
            return users.none()
        wanted = self.cleaned_data
        posting = Posting.objects.visible_to(self.user).current().filter(user=OuterRef("pk"))
        if wanted["role"]:
            posting = posting.filter(role=wanted["role"])
        if self.area:
            inside = AreaLink.objects.open().filter(ancestor=self.area)
            posting = posting.filter(area__in=inside.values("descendant"))
        if wanted["role"] or self.area:
            users = users.filter(Exists(posting))
        return users.search(wanted["q"]).filter(self.in_state(wanted["state"]))

    @staticmethod
    def in_state(state: str) -> Q:
        return {
            "": Q(),
            "dang-dung": Q(is_active=True),
            "da-ngung": Q(is_active=False),
            "chua-vao": Q(last_login=None, is_active=True),
            "mat-khau-cap": Q(must_change_password=True, is_active=True),
            "het-phan-cong": ~Exists(Posting.objects.current().filter(user=OuterRef("pk"))),
        }[state]


class PostingForm(forms.Form):
    """A role in an area, of those that she may hand out inside the area in which the page works."""

    role = forms.ChoiceField(label="Vai trò")
    area = forms.ModelChoiceField(label="Địa bàn", queryset=Area.objects.none(), empty_label="Chọn địa bàn")

    def __init__(self, *args, by: User, within: Area, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        self.within = within
        offered = areas_offered(within)
        self.fields["role"].choices = [(role.value, role.label) for role in grantable_roles(by)]
        self.fields["area"].queryset = Area.objects.filter(pk__in=[area.pk for area in offered]).in_order()
        self.fields["area"].error_messages["invalid_choice"] = "Địa bàn này không thuộc phạm vi của bạn."

    def clean(self):
        role, area = self.cleaned_data.get("role"), self.cleaned_data.get("area")
        if role and area and not can_grant(self.by, role, area):
            self.add_error("area", f"{Role(role).label} không phân công tại {area}. Chọn địa bàn đúng cấp.")


class UserForm(forms.Form):
    """Who a person is; the login name is made from the name where it is left empty."""

    full_name = CleanCharFormField(label="Họ và tên", max_length=100)
    phone = PhoneFormField(label="Điện thoại", required=False, help_text="Dùng để đăng nhập thay tên cũng được.")
    username = CleanCharFormField(
        label="Tên đăng nhập",
        max_length=40,
        required=False,
        help_text="Để trống: lấy họ tên không dấu, thêm số nếu đã có người dùng.",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, *args, user: User | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_username(self):
        typed = self.cleaned_data["username"]
        if not typed:
            return username_for(self.cleaned_data["full_name"]) if self.cleaned_data.get("full_name") else ""
        name = clean_username(typed)
        if User.objects.filter(username=name).exclude(pk=self.user.pk if self.user else None).exists():
            raise ValidationError("Tên đăng nhập này đã có người dùng.")
        return name


class NewUserForm(PostingForm, UserForm):
    field_order = ["full_name", "phone", "role", "area", "username"]


class PastedForm(forms.Form):
    text = forms.CharField(
        label="Mỗi dòng một người",
        max_length=20_000,
        strip=False,
        help_text="Họ tên; điện thoại; thôn; vai trò. Dán thẳng từ Excel cũng được. Bỏ trống vai trò là Thành viên tổ.",
        widget=forms.Textarea(attrs={"rows": 10, "placeholder": "Nguyễn Thị Lan; 0905 123 456; Tà Lang; Tổ trưởng"}),
    )

    def __init__(self, *args, by: User, within: Area, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        self.within = within
        self.accounts = []

    def clean_text(self):
        text = self.cleaned_data["text"]
        pasted = read_lines(text, within=self.within, by=self.by)
        if pasted.errors:
            raise ValidationError(pasted.errors)
        self.accounts = pasted.accounts
        return text


class UnlockForm(forms.Form):
    reason = CleanCharFormField(
        label="Lý do",
        min_length=10,
        max_length=300,
        help_text="Ví dụ: Kiểm tra hộ trùng theo đề nghị của phường Hải Vân ngày 21/11/2026.",
        error_messages={"min_length": "Ghi rõ lý do, ít nhất 10 ký tự."},
    )
