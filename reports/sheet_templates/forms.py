"""Forms of the templates' pages."""

from __future__ import annotations

import datetime as dt

from django import forms

from sheets.fields import CleanCharFormField
from sheets.patching import MEGABYTE, MOST_BYTES

from .binding import OF_COVERAGE, OF_VALUES, Binding, Kind, Number, Of, Text, known_measures


class UploadForm(forms.Form):
    area = forms.ModelChoiceField(label="Mẫu của", queryset=None, empty_label=None)
    name = CleanCharFormField(
        label="Tên mẫu", max_length=120, help_text="Trùng tên mẫu đang dùng là thay tệp mới, chỗ đã gắn được giữ."
    )
    file = forms.FileField(
        label="Tệp mẫu (.xlsx)",
        help_text=f"Không có macro, không quá {MOST_BYTES // MEGABYTE} MB.",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )

    def __init__(self, *args, areas, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = areas

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(f"Tệp lớn quá: nhiều nhất {MOST_BYTES // MEGABYTE} MB.")
        return file


class BindForm(forms.Form):
    sheet = forms.CharField(widget=forms.HiddenInput, max_length=40)
    cell = forms.CharField(widget=forms.HiddenInput, max_length=12)
    what = forms.ChoiceField(label="Nội dung")
    number = forms.ChoiceField(label="Số nào (khi nội dung là số liệu)", required=False)
    of = forms.ChoiceField(label="Của", choices=Of.choices)
    child = forms.ChoiceField(label="Đơn vị (khi chọn một đơn vị trực thuộc)", required=False)

    def __init__(self, *args, today: dt.date, children: dict[int, str], **kwargs):
        super().__init__(*args, **kwargs)
        groups = [(label, [(one.code, one.name) for one in group]) for label, group in known_measures(today) if group]
        texts = [(f"text:{value}", label) for value, label in Text.choices]
        self.of_coverage = {one.code for _, group in known_measures(today) for one in group if one.is_coverage}
        self.fields["what"].choices = [*groups, ("Chữ", texts)]
        self.fields["number"].choices = [
            ("", "–"),
            ("Của tiêu chí phổ cập", [(one.value, one.label) for one in OF_COVERAGE]),
            ("Của hoạt động, tổ, thành viên", [(one.value, one.label) for one in OF_VALUES]),
        ]
        self.fields["child"].choices = [("", "–"), *((str(pk), name) for pk, name in children.items())]

    def clean(self):
        cleaned = super().clean()
        what, number = cleaned.get("what", ""), cleaned.get("number", "")
        if cleaned.get("of") == Of.CHILD and not cleaned.get("child"):
            self.add_error("child", "Chọn đơn vị trực thuộc.")
        if what and not what.startswith("text:"):
            fitting = OF_COVERAGE if what in self.of_coverage else OF_VALUES
            if number not in fitting:
                labels = ", ".join(one.label for one in fitting)
                self.add_error("number", f"Với nội dung này, chọn một trong: {labels}.")
        return cleaned

    def binding(self) -> Binding:
        data = self.cleaned_data
        is_text = data["what"].startswith("text:")
        return Binding(
            sheet=data["sheet"],
            cell=data["cell"].strip().upper(),
            kind=Kind.TEXT if is_text else Kind.FIGURE,
            of=data["of"],
            what=data["what"].removeprefix("text:") if is_text else data["what"],
            number="" if is_text else Number(data["number"]).value,
            child=int(data["child"]) if data["of"] == Of.CHILD else None,
        )
