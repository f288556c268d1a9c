import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import F, Value
from django.db.models.functions import Upper
from django.test.utils import isolate_apps

from sheets.fields import CleanCharField, CleanCharFormField, CleanTextField, PhoneField

DECOMPOSED = "  Hoa\u0300\u200b  Bắc "


@pytest.fixture(scope="module")
def note_model():
    with isolate_apps("sheets"):

        class Note(models.Model):
            title = CleanCharField("Tiêu đề", max_length=10)
            body = CleanTextField("Nội dung", blank=True)
            phone = PhoneField("Điện thoại", blank=True)
            alias = CleanCharField("Tên khác", max_length=10, null=True, blank=True)

            class Meta:
                app_label = "sheets"

        yield Note


@pytest.fixture
def note_table(note_model, transactional_db):
    with connection.schema_editor() as editor:
        editor.create_model(note_model)
    yield note_model
    with connection.schema_editor() as editor:
        editor.delete_model(note_model)


def note_form(note_model, **data):
    return forms.modelform_factory(note_model, fields=["title", "body", "phone", "alias"])(data)


def test_nothing_dirty_enters_by_any_way(note_table):
    note = note_table.objects.create(title=DECOMPOSED, body=" a \n b ", phone="+84 905.123.456")
    assert (note.title, note.body, note.phone, note.alias) == ("Hoà Bắc", "a\nb", "0905123456", None)
    note_table.objects.filter(pk=note.pk).update(alias=DECOMPOSED)
    note_table.objects.bulk_create([note_table(title=DECOMPOSED)])
    other = note_table.objects.get(alias=None)
    other.alias = DECOMPOSED
    note_table.objects.bulk_update([other], ["alias"])
    assert set(note_table.objects.values_list("title", "alias")) == {("Hoà Bắc", "Hoà Bắc")}


@pytest.mark.parametrize("dirty", ["a\x00b", "\ud800", "x" * 11])
def test_what_cannot_be_cleaned_is_refused_by_every_way(note_table, dirty):
    note = note_table.objects.create(title="An")
    with pytest.raises(ValidationError):
        note_table.objects.create(title=dirty)
    with pytest.raises(ValidationError):
        note_table.objects.bulk_create([note_table(title=dirty)])
    with pytest.raises(ValidationError):
        note_table.objects.update(title=dirty)
    note.title = dirty
    with pytest.raises(ValidationError):
        note_table.objects.bulk_update([note], ["title"])
    assert list(note_table.objects.values_list("title", flat=True)) == ["An"]


def test_expressions_and_null_pass_the_gate(note_table):
    note_table.objects.create(title="an", alias="ba")
    note_table.objects.update(title=Upper(F("alias")), alias=None)
    assert note_table.objects.get().title == "BA"
    assert note_table.objects.annotate(said=Value("x")).get().alias is None


@pytest.mark.parametrize("dirty", ["a\x00b", "\ud800"])
def test_looking_for_what_cannot_be_stored_finds_nothing(note_table, dirty):
    note_table.objects.create(title="ab")
    assert not note_table.objects.filter(title=dirty).exists()
    assert not note_table.objects.filter(title__in=[dirty]).exists()


def test_a_form_takes_clean_text_and_shows_errors_at_their_fields(note_model):
    good = note_form(note_model, title=DECOMPOSED, body="a\r\nb", phone="84905123456", alias="")
    assert good.is_valid(), good.errors
    assert good.cleaned_data == {"title": "Hoà Bắc", "body": "a\nb", "phone": "0905123456", "alias": None}
    bad = note_form(note_model, title="x" * 11, body="a\x07", phone="113", alias="ok")
    assert not bad.is_valid()
    assert set(bad.errors) == {"title", "body", "phone"}
    assert bad.errors["title"] == ["Dài quá: nhiều nhất 10 ký tự (đang có 11)."]
    assert bad.errors["phone"] == ["“113” không phải là số điện thoại. Ghi một số có 10 chữ số, ví dụ 0905 123 456."]


def test_spaces_are_no_answer_to_a_required_box(note_model):
    assert "title" in note_form(note_model, title=" \u200b ").errors


def test_a_form_field_without_a_model_cleans_too():
    class Search(forms.Form):
        q = CleanCharFormField(required=False, max_length=20)

    form = Search({"q": DECOMPOSED})
    assert form.is_valid()
    assert form.cleaned_data == {"q": "Hoà Bắc"}
    assert Search({"q": "a\x00"}).errors["q"]


def test_phones_are_typed_with_the_number_pad(note_model):
    phone = str(note_form(note_model)["phone"])
    assert 'inputmode="tel"' in phone
    assert "maxlength" not in phone


@pytest.mark.parametrize(
    ("field", "path", "kwargs"),
    [
        (CleanCharField(max_length=10), "sheets.fields.CleanCharField", {"max_length": 10}),
        (CleanTextField(blank=True), "sheets.fields.CleanTextField", {"blank": True}),
        (PhoneField(blank=True), "sheets.fields.PhoneField", {"blank": True}),
        (PhoneField(max_length=20), "sheets.fields.PhoneField", {"max_length": 20}),
    ],
)
def test_migrations_name_the_fields_and_what_was_given(field, path, kwargs):
    assert field.deconstruct()[1:] == (path, [], kwargs)
    assert field.clone().deconstruct() == field.deconstruct()
