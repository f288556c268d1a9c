"""How a form is drawn: labels, marks, help, errors at their field and a list of them that leads there."""

import datetime as dt
from html.parser import HTMLParser

import pytest
from django import forms

CHOICES = [("MET", "Gặp"), ("NOBODY", "Vắng nhà")]


class TeamForm(forms.Form):
    name = forms.CharField(label="Tên tổ", help_text="Ghi như trong <quyết định>.")
    since = forms.DateField(label="Ngày thành lập", required=False)
    outcome = forms.ChoiceField(label="Kết quả", choices=CHOICES, widget=forms.RadioSelect)
    paid = forms.BooleanField(label="Hưởng lương", required=False)
    secret = forms.CharField(label="Mã", widget=forms.HiddenInput, required=False)


class Reader(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found: dict[str, dict] = {}
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if "id" in dict(attrs):
            self.found[dict(attrs)["id"]] = dict(attrs)


def by_id(form) -> dict[str, dict]:
    return Reader(str(form)).found


def test_every_field_has_a_label_and_its_help_is_tied_to_it():
    html = str(TeamForm())
    assert (
        '<label class="field__label" for="id_name">Tên tổ <span class="required" aria-hidden="true">*</span></label>'
        in html
    )
    assert by_id(TeamForm())["id_name"].get("aria-describedby") == "id_name_helptext"
    assert '<p class="field__help" id="id_name_helptext">Ghi như trong &lt;quyết định&gt;.</p>' in html


def test_an_error_stands_at_its_field_and_in_the_list_that_leads_there():
    form = TeamForm({"name": "", "since": "31/02/2026", "outcome": "X"})
    found = by_id(form)
    assert found["id_name"].get("aria-invalid") == "true"
    assert "id_name_error" in found["id_name"].get("aria-describedby")
    assert "id_name_error" in found
    html = str(form)
    for anchor in ("id_name", "id_since", "id_outcome_field"):
        assert f'href="#{anchor}"' in html
        assert anchor in found


def test_errors_of_the_form_and_of_hidden_fields_are_not_lost():
    form = TeamForm({"name": "A", "outcome": "MET"})
    form.add_error(None, "Tổ này đã có.")
    form.add_error("secret", "Mã sai.")
    html = str(form)
    assert "<li>Tổ này đã có.</li>" in html
    assert "<li>Mã: Mã sai.</li>" in html


def test_a_form_without_errors_has_no_list_of_them():
    assert "data-error-summary" not in str(TeamForm({"name": "A", "outcome": "MET"}))


def test_radios_stand_in_a_fieldset_with_a_legend():
    html = str(TeamForm())
    assert '<legend class="field__label">Kết quả' in html
    assert 'class="field field--radioselect choices"' in html


@pytest.mark.parametrize(
    ("given", "shown"),
    [({"since": dt.date(2026, 11, 5)}, "05/11/2026"), ({"since": dt.date(2026, 1, 2)}, "02/01/2026")],
)
def test_a_date_is_text_with_the_day_first_and_a_number_pad(given, shown):
    field = by_id(TeamForm(initial=given))["id_since"]
    assert (field.get("type"), field.get("inputmode"), field.get("value")) == ("text", "numeric", shown)
