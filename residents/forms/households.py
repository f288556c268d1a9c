from __future__ import annotations

import datetime as dt

from django import forms
from django.utils.formats import date_format

from areas.models import Area
from residents.actions import NewPerson, add_street
from residents.models import Household, Resident, Street
from residents.rules import check_birth
from sheets.fields import CleanCharFormField, CleanTextFormField, PhoneFormField

from .careful import CarefulForm, number_box, once_field

NOT_A_VILLAGE_OF_YOURS = "Thôn, tổ dân phố này không thuộc địa bàn bạn phụ trách."


class HouseholdFields(CarefulForm):
    """What is known of a household besides its people."""

    free_text = ("head_name", "address", "note")

    head_name = CleanCharFormField(
        label="Chủ hộ", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words"})
    )
    address = CleanCharFormField(
        label="Địa chỉ", max_length=200, required=False, help_text="Số nhà, ngách, điểm dễ nhận ra."
    )
    street_name = CleanCharFormField(
        label="Đường, ngõ, xóm",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"list": "duong-ngo", "autocomplete": "off"}),
        help_text="Chọn tên đã có, hoặc gõ tên mới.",
    )
    order_no = forms.IntegerField(
        label="Thứ tự đi trên đường", min_value=0, max_value=99_999, required=False, widget=number_box()
    )
    phone = PhoneFormField(label="Điện thoại", required=False)
    note = CleanTextFormField(
        label="Ghi chú",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Không ghi số giấy tờ, số tài khoản, mật khẩu, mã OTP.",
    )

    def household_fields(self, village: Area, *, by) -> dict:
        """What the actions take; a street not yet in the village's list is put there."""
        data = self.cleaned_data
        return {
            "address": data["address"],
            "street": self._street(village, by),
            "order_no": data["order_no"],
            "phone": data["phone"],
            "note": data["note"],
        }

    def _street(self, village: Area, by) -> Street | None:
        name = self.cleaned_data["street_name"]
        if not name:
            return None
        existing = Street.objects.filter(village=village, name__iexact=name).first()
        return existing or add_street(by=by, village=village, name=name)


class HouseholdEditForm(HouseholdFields):
    @classmethod
    def of(cls, household: Household, data=None) -> HouseholdEditForm:
        initial = {
            "head_name": household.head_name,
            "address": household.address,
            "street_name": household.street.name if household.street else "",
            "order_no": household.order_no,
            "phone": household.phone,
            "note": household.note,
        }
        return cls(data, initial=initial)


class HouseholdAddForm(HouseholdFields):
    key = once_field()
    village = forms.ModelChoiceField(
        Area.objects.none(),
        label="Thôn, tổ dân phố",
        empty_label="Chọn thôn, tổ dân phố",
        error_messages={"invalid_choice": NOT_A_VILLAGE_OF_YOURS},
    )
    head_birth_year = forms.IntegerField(label="Năm sinh của chủ hộ", required=False, widget=number_box())
    head_sex = forms.ChoiceField(
        label="Giới tính của chủ hộ", choices=[("", "Chưa ghi"), *Resident.Sex.choices], required=False
    )
    since = forms.DateField(label="Ở đây từ ngày", help_text="Không rõ thì để ngày hôm nay.")

    field_order = ("village", "head_name", "head_birth_year", "head_sex", "address", "street_name", "order_no")

    def __init__(self, *args, villages, today: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["village"].queryset = villages
        self.fields["since"].initial = today
        for band, label in Resident.AgeBand.choices:
            self.fields[f"count_{band}"] = forms.IntegerField(
                label=label[:1].upper() + label[1:], min_value=0, max_value=30, required=False, widget=number_box()
            )

    def clean_head_birth_year(self):
        year = self.cleaned_data["head_birth_year"]
        if error := check_birth(year, None, self.today).get("birth_year"):
            raise forms.ValidationError(error)
        return year

    def clean_since(self):
        since = self.cleaned_data["since"]
        if since > self.today:
            raise forms.ValidationError("Ngày này ở tương lai. Chỉ ghi việc đã xảy ra.")
        return since

    @property
    def count_fields(self):
        return [self[f"count_{band}"] for band in Resident.AgeBand.values]

    def head(self) -> NewPerson:
        data = self.cleaned_data
        return NewPerson(
            label=data["head_name"], birth_year=data["head_birth_year"], sex=data["head_sex"], is_head=True
        )

    def counts(self) -> dict[str, int]:
        return {band: self.cleaned_data.get(f"count_{band}") or 0 for band in Resident.AgeBand.values}


class PersonForm(CarefulForm):
    """A person: whatever is known. A label such as “con gái” is enough, or an age band alone."""

    free_text = ("label",)

    label = CleanCharFormField(
        label="Tên gọi", max_length=100, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    birth_year = forms.IntegerField(label="Năm sinh", required=False, widget=number_box(placeholder="Ví dụ 1985"))
    age_band = forms.ChoiceField(
        label="hoặc nhóm tuổi", choices=[("", "Chưa rõ"), *Resident.AgeBand.choices], required=False
    )
    sex = forms.ChoiceField(label="Giới tính", choices=[("", "Chưa ghi"), *Resident.Sex.choices], required=False)

    def __init__(self, *args, today: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self):
        super().clean()
        errors = check_birth(self.cleaned_data.get("birth_year"), self.cleaned_data.get("birth_date"), self.today)
        for name, error in errors.items():
            if name not in self.errors:
                self.add_error(name, error)
        return self.cleaned_data

    def person(self) -> NewPerson:
        data = self.cleaned_data
        return NewPerson(
            label=data["label"],
            birth_year=data["birth_year"],
            birth_date=data.get("birth_date"),
            age_band=data["age_band"],
            sex=data["sex"],
            stays=data.get("stays") or Resident.Stays.PERMANENT,
        )


class PeopleFormSet(forms.BaseFormSet):
    def people(self) -> list[NewPerson]:
        return [form.person() for form in self.forms if form.has_changed()]


PeopleRows = forms.formset_factory(PersonForm, formset=PeopleFormSet, extra=4, max_num=30, validate_max=True)


class ResidentForm(PersonForm):
    """One person on a page of its own, with what the quick rows leave out."""

    birth_date = forms.DateField(label="Ngày sinh", required=False, help_text="Không bắt buộc; chỉ cần năm sinh.")
    stays = forms.ChoiceField(label="Cư trú", choices=Resident.Stays.choices, initial=Resident.Stays.PERMANENT)
    since = forms.DateField(label="Ở hộ này từ ngày", help_text="Người đã ở từ trước: ghi ngày hộ có trong sổ.")

    field_order = ("label", "birth_year", "age_band", "birth_date", "sex", "stays", "since")

    @classmethod
    def of(cls, resident: Resident, *, today: dt.date, data=None) -> ResidentForm:
        names = ("label", "birth_year", "birth_date", "age_band", "sex", "stays")
        form = cls(data, today=today, initial={name: getattr(resident, name) for name in names})
        del form.fields["since"]
        if resident.birth_date:
            form.fields["birth_year"].help_text = f"Ngày sinh đang ghi: {date_format(resident.birth_date, 'd/m/Y')}."
        return form

    def changes(self) -> dict:
        names = ("label", "birth_year", "birth_date", "age_band", "sex", "stays")
        return {name: self.cleaned_data[name] for name in names}


class LeaveForm(forms.Form):
    on = forms.DateField(label="Từ ngày")

    def __init__(self, *args, today: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today


class HouseholdMoveForm(LeaveForm):
    to = forms.ModelChoiceField(
        Area.objects.none(),
        label="Chuyển đến",
        empty_label="Chọn thôn, tổ dân phố",
        error_messages={"invalid_choice": NOT_A_VILLAGE_OF_YOURS},
    )
    field_order = ("to", "on")

    def __init__(self, *args, villages, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = villages


class ResidentLeaveForm(LeaveForm):
    """Died, moved away, or gone to another household of the register (named by its code)."""

    TO_HOUSEHOLD = "household"

    why = forms.ChoiceField(label="Lý do", widget=forms.RadioSelect)
    to_code = CleanCharFormField(
        label="Mã hộ chuyển đến",
        max_length=20,
        required=False,
        help_text="Chỉ ghi khi chuyển sang hộ khác cùng thôn, tổ dân phố.",
    )
    field_order = ("why", "to_code", "on")

    def __init__(self, *args, whys, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["why"].choices = [(self.TO_HOUSEHOLD, "Sang hộ khác trong sổ"), *whys]

    def clean(self):
        data = super().clean()
        if data.get("why") == self.TO_HOUSEHOLD and not data.get("to_code"):
            self.add_error("to_code", "Ghi mã của hộ chuyển đến.")
        return data
