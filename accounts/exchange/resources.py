"""Rows of a workbook become rows of a list: through the gate, by the page's own way of writing, all or none."""

from __future__ import annotations

import datetime as dt
import logging

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource
from import_export.results import RowResult

from journal.actions import record
from journal.models import Act
from sheets.dates import date_text
from sheets.text import search_key
from sheets.workbook import Column

from .cells import Cell, column, plain

logger = logging.getLogger(__name__)
ID = "Mã số"
LARGEST_ID = 2**63 - 1


def id_column():
    """Which row is meant; empty for a new one. Never written."""
    return column("pk", ID, Cell(), readonly=True)


class Shown:
    """What a row was and will be, for the preview."""

    def __init__(self, resource, instance, new):
        self.resource, self.new = resource, new
        self.left = self._values(instance)
        self.right = self.left

    def compare_with(self, resource, instance):
        self.right = self._values(instance) if instance is not None else [""] * len(self.left)

    def _values(self, instance):
        return [_text(self.resource.export_field(field, instance)) for field in self.resource.get_import_fields()]

    def as_html(self):
        return [self._cell(old, new) for old, new in zip(self.left, self.right, strict=True)]

    def _cell(self, old, new):
        if self.new or old == new:
            return mark_safe(escape(new))  # noqa: S308  escaped right here
        return format_html("<del>{}</del> <ins>{}</ins>", old, new)


class GatedResource(Resource):
    """A master list in a workbook. Subclasses name their columns, the first of them `id_column()`."""

    # What a workbook cannot change of a row that exists, and where it is changed.
    fixed: dict[str, str] = {}
    # Read with the rows when the list is written out.
    prefetched: tuple = ()

    class Meta:
        instance_loader_class = BaseInstanceLoader
        use_transactions = True
        skip_unchanged = True
        report_skipped = True
        import_id_fields = ["pk"]

    def __init__(self, *, model_admin, user, **kwargs):
        super().__init__(**kwargs)
        self.model_admin, self.user = model_admin, user
        for field in self.fields.values():
            field.widget.bind(user)

    @classmethod
    def get_display_name(cls):
        return str(cls._meta.model._meta.verbose_name_plural)

    @classmethod
    def get_diff_class(cls):
        return Shown

    def get_import_order(self):
        return list(self.fields)

    get_export_order = get_import_order

    # --- out

    def sheet_columns(self) -> tuple[Column, ...]:
        return tuple(
            Column(field.column_name, lambda row, field=field: self.export_field(field, row), field.widget.kind)
            for field in self.fields.values()
        )

    # --- in

    def import_data(self, dataset, dry_run=False, **kwargs):
        self.is_trial = dry_run
        self.originals: dict = {}
        numbers = getattr(dataset, "sheet_rows", None)
        result = super().import_data(dataset, dry_run=dry_run, **kwargs)
        for row in result.invalid_rows if numbers else ():
            row.number = numbers[row.number - 1]
        return result

    def before_import(self, dataset, **kwargs):
        """Headings are recognised without case and tones; a column nobody knows is refused."""
        known = {search_key(field.column_name): field.column_name for field in self.fields.values()}
        titles = [known.get(search_key(title), "") for title in dataset.headers]
        if strangers := [title for title, found in zip(dataset.headers, titles, strict=True) if title and not found]:
            raise ValueError(f"Không biết cột: {', '.join(strangers)}. Các cột: {', '.join(known.values())}.")
        if doubled := {title for title in titles if title and titles.count(title) > 1}:
            raise ValueError(f"Cột lặp lại: {', '.join(sorted(doubled))}.")
        dataset.headers = titles
        if ID not in titles:
            dataset.append_col([""] * len(dataset), header=ID)
        self._read_originals([plain(value).strip() for value in dataset[ID]])

    def _read_originals(self, ids: list[str]) -> None:
        """The rows that are named, in few queries; what is not hers is not among them."""
        column_of_ids = self._meta.model._meta.pk
        keys = set()
        for text in ids:
            try:
                key = column_of_ids.to_python(text) if text else None
            except ValidationError:
                continue
            if key is not None and not (isinstance(key, int) and abs(key) > LARGEST_ID):
                keys.add(key)
        named, rows = sorted(keys), self.model_admin.rows(self.user)
        for start in range(0, len(named), 500):
            for row in rows.filter(pk__in=named[start : start + 500]):
                self.originals[str(row.pk)] = row

    def init_instance(self, row=None):
        return self._meta.model()

    def get_or_init_instance(self, instance_loader, row):
        key = plain(row.get(ID)).strip()
        if not key:
            return self.init_instance(row), True
        if key not in self.originals:
            raise ValidationError({"pk": f"Không có {self._meta.model._meta.verbose_name} mang mã số “{key}”."})
        instance = self.originals[key]
        self._demand(instance, "sửa")
        return instance, False

    def import_row(self, row, instance_loader, **kwargs):
        result = super().import_row(row, instance_loader, **kwargs)
        if result.errors:
            logger.error("import of a row failed", exc_info=result.errors[0].error)
            result.errors, result.import_type = [], RowResult.IMPORT_TYPE_INVALID
            result.validation_error = ValidationError("Không lưu được dòng này; đề nghị xem lại các ô.")
        elif isinstance(result.validation_error, ValidationError):
            result.validation_error = self._by_column(result.validation_error)
        return result

    def import_instance(self, instance, row, **kwargs):
        before = {name: self._value(instance, name) for name in self.fixed}
        super().import_instance(instance, row, **kwargs)
        if not instance._state.adding:
            changed = [name for name, value in before.items() if self._value(instance, name) != value]
            if changed:
                raise ValidationError({name: self.fixed[name] for name in changed})

    @staticmethod
    def _value(instance, name):
        return getattr(instance, f"{name}_id", getattr(instance, name, None))

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        errors = dict(import_validation_errors or {})
        told = {field.attribute for field in self.fields.values() if not field.readonly}
        columns = {field.name for field in instance._meta.concrete_fields}
        try:
            instance.full_clean(
                exclude=(columns - told) | set(errors), validate_unique=validate_unique, validate_constraints=False
            )
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def do_instance_save(self, instance, is_create):
        self._demand(instance, "thêm" if is_create else "sửa")
        try:
            with transaction.atomic():
                self.write(instance, is_create)
        except PermissionDenied as error:
            raise ValidationError("Không có quyền làm việc này.") from error
        except IntegrityError as error:
            raise ValidationError("Mục này đã có, hoặc các ô không khớp nhau.") from error

    def write(self, instance, is_create):
        told = [field.attribute for field in self.fields.values() if not field.readonly]
        self.model_admin.write(self.user, instance, told, is_new=is_create)

    def _demand(self, instance, what: str) -> None:
        if not self.model_admin.may(self.user, self.model_admin.edits, instance) or not self.model_admin.holds(
            self.user, self.model_admin.edits, instance
        ):
            raise ValidationError(f"Không có quyền {what} ở địa bàn này.")

    def _by_column(self, error: ValidationError) -> ValidationError:
        if not hasattr(error, "error_dict"):
            return error
        titles = {field.attribute: field.column_name for field in self.fields.values()}
        return ValidationError({titles.get(name, name): errors for name, errors in error.error_dict.items()})

    def after_import(self, dataset, result, **kwargs):
        if self.is_trial or result.has_errors() or result.has_validation_errors():
            return
        record(
            by=self.user,
            verb=Act.Verb.IMPORT,
            area_id=self.user.home_area_id(),
            label=str(self._meta.model._meta.verbose_name_plural),
            file=str(kwargs.get("file_name", ""))[:200],
            added=result.totals[RowResult.IMPORT_TYPE_NEW],
            changed=result.totals[RowResult.IMPORT_TYPE_UPDATE],
        )


def _text(value) -> str:
    return date_text(value) if isinstance(value, dt.date) else plain(value)
