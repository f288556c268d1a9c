"""Columns for text that people type. What is not clean does not reach the database, by form, save, bulk or update."""

from django import forms
from django.db import models

from sheets.phones import normalise_phone
from sheets.text import clean_text


class CleanCharFormField(forms.CharField):
    """A box of text, cleaned: its errors stand at the field. For filters and forms without a model too."""

    multiline = False

    def to_python(self, value):
        if value in self.empty_values:
            return self.empty_value
        text = clean_text(value, max_length=self.max_length, multiline=self.multiline)
        return text or self.empty_value


class CleanTextFormField(CleanCharFormField):
    widget = forms.Textarea
    multiline = True


class PhoneFormField(forms.CharField):
    def __init__(self, **kwargs):
        kwargs["max_length"] = None  # people write spaces, dots and +84: only the cleaned number has a length
        super().__init__(**kwargs)

    def to_python(self, value):
        return normalise_phone(clean_text(value)) or self.empty_value

    def widget_attrs(self, widget):
        return {**super().widget_attrs(widget), "inputmode": "tel"}


class CleanColumn:
    """The gate of the two text columns and of phones: `cleaned(value)` raises ValidationError in Vietnamese."""

    def cleaned(self, value):
        raise NotImplementedError

    def clean(self, value, model_instance):
        return super().clean(self._cleaned_or_none(value), model_instance)

    def pre_save(self, model_instance, add):
        value = super().pre_save(model_instance, add)
        if value is None or hasattr(value, "resolve_expression"):
            return value
        value = self.cleaned(value)
        setattr(model_instance, self.attname, value)
        return value

    def get_db_prep_save(self, value, connection):
        if not hasattr(value, "resolve_expression"):
            value = self._cleaned_or_none(value)
        return super().get_db_prep_save(value, connection)

    def get_prep_value(self, value):
        """Look-ups by equality come here too: what cannot be stored is not refused, it is simply never found."""
        value = super().get_prep_value(value)
        return value.translate(_UNSTORABLE) if isinstance(value, str) else value

    def _cleaned_or_none(self, value):
        return None if value is None else self.cleaned(value)


class CleanCharField(CleanColumn, models.CharField):
    def cleaned(self, value):
        return clean_text(value, max_length=self.max_length)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": CleanCharFormField, **kwargs})


class CleanTextField(CleanColumn, models.TextField):
    def cleaned(self, value):
        return clean_text(value, max_length=self.max_length, multiline=True)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": CleanTextFormField, **kwargs})


class PhoneField(CleanColumn, models.CharField):
    """A telephone number in its canonical form ("0905123456"); not unique, families share phones."""

    LENGTH = 15

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", self.LENGTH)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        if kwargs.get("max_length") == self.LENGTH:
            del kwargs["max_length"]
        return name, path, args, kwargs

    def cleaned(self, value):
        return normalise_phone(clean_text(value))

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PhoneFormField, **kwargs})


_UNSTORABLE = dict.fromkeys([0, *range(0xD800, 0xE000)], "\ufffd")
