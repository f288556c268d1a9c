"""The import and export pages of an admin list."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature, TimestampSigner
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import capfirst
from import_export.admin import ImportExportMixin
from import_export.forms import ConfirmImportForm, ImportForm

from accounts.rules import Can
from journal.actions import record
from journal.models import Act
from sheets.workbook import list_workbook, xlsx_response

from .workbooks import MOST_BYTES, MOST_ROWS, Workbook

PREVIEW_LASTS = 60 * 60


class UploadForm(ImportForm):
    @property
    def media(self):
        return forms.Media()

    def clean_import_file(self):
        file = self.cleaned_data["import_file"]
        if not file.name.lower().endswith(".xlsx"):
            raise forms.ValidationError("Chỉ nhận tệp Excel có đuôi .xlsx.")
        if file.size > MOST_BYTES:
            raise forms.ValidationError("Tệp lớn quá: nhiều nhất 10 MB.")
        return file


class ConfirmForm(ConfirmImportForm):
    """The previewed file is named with a signature of its uploader: nobody confirms another's, or any other file."""

    salt = ""

    def clean_import_file_name(self):
        try:
            return TimestampSigner(salt=self.salt).unsign(self.cleaned_data["import_file_name"], max_age=PREVIEW_LASTS)
        except BadSignature as error:
            raise forms.ValidationError("Bản xem trước đã hết hạn.") from error


class ExchangeAdmin(ImportExportMixin):
    """Goes before GatedAdmin. `resource_classes` names one GatedResource; `exports` is the right to export the list."""

    exports: Can | None = None
    import_form_class = UploadForm
    confirm_form_class = ConfirmForm
    skip_admin_log = True

    def get_import_formats(self):
        return [Workbook]

    get_export_formats = get_import_formats

    def has_import_permission(self, request):
        return self.may(request.user, self.edits)

    def has_export_permission(self, request):
        return self.may(request.user, self.sees) and self.may(request.user, self.exports or self.sees)

    def get_import_resource_kwargs(self, request, **kwargs):
        return {"model_admin": self, "user": request.user}

    get_export_resource_kwargs = get_import_resource_kwargs

    def get_import_data_kwargs(self, **kwargs):
        return {"rollback_on_validation_errors": True}

    def resource(self, request):
        return self.resource_classes[0](**self.get_import_resource_kwargs(request))

    # --- out

    def export_action(self, request):
        """The rows of the list as it is filtered, as a workbook."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_export_queryset(request)
        except IncorrectLookupParameters:
            return redirect(request.path)
        if request.method == "POST":
            return self._workbook(request, rows)
        context = self.admin_site.each_context(request) | {
            "title": f"Xuất Excel: {self.opts.verbose_name_plural}",
            "opts": self.opts,
            "count": rows.count(),
            "columns": [field.column_name for field in self.resource(request).fields.values()],
        }
        return TemplateResponse(request, "admin/import_export/export.html", context)

    def _workbook(self, request, rows):
        title = capfirst(self.opts.verbose_name_plural)
        resource = self.resource(request)
        rows = list(rows.prefetch_related(*resource.prefetched))
        record(by=request.user, verb=Act.Verb.EXPORT, area_id=request.user.home_area_id(), label=title, rows=len(rows))
        content = list_workbook(title=title, columns=resource.sheet_columns(), rows=rows)
        return xlsx_response(f"{title} {timezone.localdate():%d-%m-%Y}.xlsx", content)

    # --- in

    def import_action(self, request, **kwargs):
        if self.has_import_permission(request) and "mau" in request.GET:
            title = capfirst(self.opts.verbose_name_plural)
            content = list_workbook(title=title, columns=self.resource(request).sheet_columns(), rows=[])
            return xlsx_response(f"Mẫu {title}.xlsx", content)
        return super().import_action(request, **kwargs)

    def add_data_read_fail_error_to_form(self, form, e):
        text = f"Không đọc được tệp. Tệp phải là Excel (.xlsx), có dòng tiêu đề, nhiều nhất {MOST_ROWS} dòng."
        form.add_error("import_file", text)

    def get_confirm_form_initial(self, request, import_form):
        initial = super().get_confirm_form_initial(request, import_form)
        if "import_file_name" in initial:
            initial["import_file_name"] = TimestampSigner(salt=self._salt(request)).sign(initial["import_file_name"])
        return initial

    def create_confirm_form(self, request, import_form=None):
        form = super().create_confirm_form(request, import_form)
        form.salt = self._salt(request)
        return form

    def _salt(self, request) -> str:
        return f"{self.opts.label_lower}:{request.user.pk}"

    def process_import(self, request, **kwargs):
        if request.method == "POST" and not self.has_import_permission(request):
            raise PermissionDenied
        form = self.create_confirm_form(request)
        try:
            if form.is_valid():
                return super().process_import(request, **kwargs)
        except FileNotFoundError:
            pass
        messages.error(request, "Bản xem trước đã hết hạn hoặc đã nhập rồi. Đề nghị tải tệp lên lại.")
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_import")

    def process_result(self, result, request):
        if result.has_errors() or result.has_validation_errors():
            messages.error(
                request, "Chưa nhập dòng nào: dữ liệu đã thay đổi từ lúc xem trước. Đề nghị tải tệp lên lại."
            )
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_import")
        return super().process_result(result, request)
