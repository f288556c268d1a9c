"""Forms in which people write freely, and how what an action refuses reaches its field."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from uuid6 import uuid7

from residents.rules import secrets_in


class CarefulForm(forms.Form):
    """Looks for card numbers, OTP and passwords in what was typed; the writer removes them or says there are none."""

    free_text: tuple[str, ...] = ()
    # Where a form calls a fact of an action by another name: {fact: field}.
    told_at: dict[str, str] = {}
    KEEP = "keep_text"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_bound and self.add_prefix(self.KEEP) in self.data:
            self._offer_to_keep()

    def clean(self):
        cleaned = super().clean()
        if not self.cleaned_data.get(self.KEEP):
            for name in self.free_text:
                if found := secrets_in(self.cleaned_data.get(name) or ""):
                    self.add_error(name, f"Có vẻ chứa {' và '.join(found)}. Không được ghi; đề nghị xóa.")
                    self._offer_to_keep()
        return cleaned

    def _offer_to_keep(self) -> None:
        self.fields[self.KEEP] = forms.BooleanField(
            label="Đã xem lại: không phải số giấy tờ, mật khẩu hay mã OTP", required=False
        )


def tell(form: forms.BaseForm, error: ValidationError) -> None:
    """Put what an action refused at the form's fields; what has no field stands above them."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    other_names = getattr(form, "told_at", {})
    for fact, errors in error.error_dict.items():
        name = other_names.get(fact, fact)
        form.add_error(name if name in form.fields else None, errors)


def once_field() -> forms.UUIDField:
    """The id of what a form will make: sent twice by a double tap, it is made once."""
    return forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid7)


def number_box(**attrs) -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "7", **attrs})
