"""The forms of bringing a list in: the file, what its columns mean, and which village a name means."""

from __future__ import annotations

import datetime as dt

from django import forms

from accounts.rules import Can
from areas.models import Area
from sheets.reading import ENDINGS, LIMITS, MEGABYTE
from sheets.text import search_key

from .kinds.base import Kind
from .models import Upload
from .places import Places
from .words import Vocabulary


class UploadForm(forms.Form):
    file = forms.FileField(
        label="Tệp danh sách",
        help_text=f"Excel (.xlsx, .xls), .ods hoặc .csv, nhiều nhất {LIMITS.file_bytes // MEGABYTE} MB.",
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
        error_messages={"required": "Chọn tệp.", "empty": "Tệp không có dòng nào."},
    )
    area = forms.ModelChoiceField(label="Nhập cho địa bàn", queryset=Area.objects.none(), empty_label=None)

    def __init__(self, *args, user, can: Can, **kwargs):
        super().__init__(*args, **kwargs)
        areas = Area.objects.filter(pk__in=user.reach().area_ids(can)).open().in_order()
        self.fields["area"].queryset = areas
        self.areas = list(areas)
        if len(self.areas) == 1:
            del self.fields["area"]

    @property
    def chosen_area(self) -> Area:
        return self.cleaned_data.get("area") or self.areas[0]


class ColumnsForm(forms.Form):
    """A choice for each column of the sheet, and what concerns the list as a whole."""

    day = forms.DateField(label="Số liệu tại ngày")
    village = forms.ChoiceField(label="Thôn, tổ dân phố của cả tệp", required=False)
    blanks = forms.ChoiceField(
        label="Ô trống ở cột tiêu chí nghĩa là",
        choices=[("", "Chưa hỏi (không ghi gì)"), ("no", "Chưa có")],
        required=False,
        widget=forms.RadioSelect,
    )
    encoding = forms.BooleanField(label="Chữ hiện đúng, dùng bản đã chuyển sang Unicode", required=False)

    def __init__(
        self,
        *args,
        upload: Upload,
        kind: Kind,
        titles,
        vocabulary: Vocabulary,
        places: Places | None,
        today: dt.date,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.upload, self.kind, self.today = upload, kind, today
        self.vocabulary, self.titles = vocabulary, list(titles)
        self.fields["day"].initial = upload.day
        self.fields["day"].label = kind.day_label
        choices = _choices(vocabulary)
        for index in range(len(self.titles)):
            field = forms.ChoiceField(
                choices=choices, required=False, label=self.titles[index] or f"Cột {letters(index)}"
            )
            field.initial = upload.columns[index] if index < len(upload.columns) else ""
            self.fields[f"c{index}"] = field
        self.has_marks = any(field.indicator for field in vocabulary.fields.values())
        if not self.has_marks:
            del self.fields["blanks"]
        else:
            self.fields["blanks"].initial = upload.options.get("blanks", "")
        if places is None or places.only:
            del self.fields["village"]
        else:
            named = [(str(pk), village.name) for pk, village in places.villages.items()]
            self.fields["village"].label = kind.place_label
            self.fields["village"].choices = [("", "Theo cột hoặc dòng trong tệp"), *named]
            self.fields["village"].initial = str(upload.options.get("village") or "")
        if not upload.encoding:
            del self.fields["encoding"]
        else:
            self.fields["encoding"].initial = upload.is_encoding_taken

    @property
    def column_fields(self) -> list[forms.BoundField]:
        return [self[f"c{index}"] for index in range(len(self.titles))]

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError("Ngày này ở tương lai. Chỉ ghi việc đã xảy ra.")
        return day

    def clean_encoding(self):
        if not self.cleaned_data["encoding"]:
            raise forms.ValidationError("Xem chữ bên dưới có đúng không rồi đánh dấu vào ô này.")
        return True

    def clean(self):
        columns = self.columns()
        doubled = sorted({code for code in columns if code and columns.count(code) > 1})
        if doubled:
            names = ", ".join(f"“{self.vocabulary.fields[code].label}”" for code in doubled)
            raise forms.ValidationError(f"{names} được chọn cho nhiều cột. Giữ một cột, các cột khác để “Không lấy”.")
        if lacking := self.kind.lacking(columns):
            raise forms.ValidationError(lacking)
        return self.cleaned_data

    def columns(self) -> list[str]:
        return [self.cleaned_data.get(f"c{index}", "") for index in range(len(self.titles))]

    def apply(self) -> None:
        """Put what was chosen into the upload; the caller saves it."""
        upload, chosen = self.upload, self.cleaned_data
        upload.columns, upload.day = self.columns(), chosen["day"]
        upload.options = {**upload.options, "blanks": chosen.get("blanks", ""), "choices": {}}
        upload.options["village"] = int(chosen["village"]) if chosen.get("village") else None
        upload.is_encoding_taken = bool(upload.encoding)


class PlacesForm(forms.Form):
    """Names of villages in the file that are not taken by themselves: which village each means."""

    def __init__(self, *args, names: list[str], places: Places, **kwargs):
        super().__init__(*args, **kwargs)
        self.names = names
        for index, name in enumerate(names):
            near = places.near(name)
            known = [(str(pk), village.name) for pk, village in places.villages.items()]
            offered = [(str(village.pk), f"{village.name} (gần giống)") for village in near]
            offered += [choice for choice in known if choice[0] not in {pk for pk, _ in offered}]
            self.fields[f"p{index}"] = forms.ChoiceField(
                label=f"“{name}”", choices=[("", "Chưa chọn"), *offered], required=False
            )

    def taken(self) -> dict[str, int]:
        found = {}
        for index, name in enumerate(self.names):
            if pk := self.cleaned_data.get(f"p{index}"):
                found[search_key(name)] = int(pk)
        return found


def _choices(vocabulary: Vocabulary) -> list:
    groups: dict[str, list] = {}
    for field in vocabulary.fields.values():
        groups.setdefault(field.group, []).append((field.code, field.label))
    choices: list = [("", "Không lấy")]
    for group, members in groups.items():
        choices += [(group, members)] if group else members
    return choices


def letters(index: int) -> str:
    """The name of a column as workbooks have it: A, B, …, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name
