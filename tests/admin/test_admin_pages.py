"""Every page of the admin, as those who may come and those who may not."""

import datetime as dt
import re
import uuid

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from accounts.models import Unlock, User
from areas.models import Office
from journal.models import Act
from residents.models import Household, Indicator, Observation, ResultKind, Street, Topic, Visit, VisitResult
from teams.models import Decision, Member, SizeNorm

from ..cast import PASSWORD, SINCE

OURS = {"areas", "accounts", "teams", "residents", "reports", "journal"}
MODELS = [
    model
    for model in apps.get_models()
    if model._meta.app_label in OURS and not model.__name__.startswith("Historical")
]
AT = dt.datetime(2025, 3, 1, 12, tzinfo=dt.UTC)


def url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def send(client, address, data):
    """Post a form with what the page hides in it for the rows it shows below."""
    hidden = {}
    for inline in client.get(address).context["inline_admin_formsets"]:
        form = inline.formset.management_form
        hidden |= {form.add_prefix(name): value for name, value in form.initial.items()}
    return client.post(address, hidden | data)


def marked(village, mark, new_household, new_team, office_area):
    """One row of everything that belongs to a place, each bearing the mark."""
    household = new_household(village, f"Chủ hộ {mark}", people=[(f"Người {mark}", 1980)], code=f"{mark}-1")
    team = new_team(village, f"Tổ {mark}", members=[f"Trưởng {mark}"])
    street = Street.objects.create(village=village, name=f"Ngõ {mark}")
    indicator = Indicator.objects.get_or_create(
        code="vneid2", defaults={"name": "VNeID mức 2", "short_name": "VNeID", "group": "identity", "order": 1}
    )[0]
    visit = Visit.objects.create(household=household, team=team, at=AT, received_at=AT, note=f"Ghi {mark}")
    kind = ResultKind.objects.get_or_create(
        code="accounts", defaults={"name": "Tài khoản đã mở", "unit": "tài khoản", "order": 1}
    )[0]
    return [
        household,
        team,
        street,
        visit,
        household.residents.get(),
        household.placements.get(),
        household.residents.get().residences.get(),
        team.members.get(),
        team.services.get(),
        Decision.objects.create(team=team, number=f"{mark}/QĐ", issued_on=SINCE, issuer=f"UBND {mark}"),
        Observation.objects.create(
            household=household,
            subject=household.pk,
            indicator=indicator,
            answer="yes",
            effective_at=AT,
            received_at=AT,
            visit=visit,
        ),
        VisitResult.objects.create(visit=visit, kind=kind, count=2),
        Office.objects.create(area=office_area, name=f"UBND {mark}", since=SINCE),
        SizeNorm.objects.create(area=office_area, at_least=7, since=SINCE, source=f"QĐ {mark}"),
        village,
    ]


@pytest.fixture
def hers(place, new_household, new_team):
    return marked(place.ta_lang, "CỦAMÌNH", new_household, new_team, place.hoa_bac)


@pytest.fixture
def foreign(place, new_household, new_team):
    return marked(place.bau_cau, "NGƯỜIKHÁC", new_household, new_team, place.hoa_chau)


@pytest.fixture
def root(place):
    return User.objects.create_superuser("goc", PASSWORD, full_name="Quản Trị Gốc")


def test_every_model_has_its_page():
    assert [model._meta.label for model in MODELS if not admin.site.is_registered(model)] == []


def test_no_page_of_a_package_is_left_ungated():
    from accounts.gated_admin import GatedAdmin

    assert [str(page) for page in admin.site._registry.values() if not isinstance(page, GatedAdmin)] == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_lists_and_forms_open_or_are_refused_and_never_break(model, sign_in, minh, an, mai, root, hers, foreign):
    for user in (minh, an, mai, root):
        client = sign_in(user)
        for page in ("changelist", "add"):
            assert client.get(url(model, page)).status_code in (200, 403), (user, page)
        assert client.get(url(model, "changelist"), {"q": "lan 1"}).status_code in (200, 403)


def test_who_has_no_business_here_is_refused(sign_in, lan, dung, client):
    assert sign_in(lan).get("/quan-tri/").status_code == 403
    assert sign_in(dung).get("/quan-tri/teams/team/").status_code == 403
    assert sign_in(lan).get("/quan-tri/login/").status_code == 403
    anonymous = client.get("/quan-tri/teams/team/")
    assert anonymous.status_code == 302
    assert anonymous.url.startswith(reverse("accounts:sign_in"))


def test_the_official_opens_every_row_of_hers(sign_in, minh, hers):
    client = sign_in(minh)
    for row in hers:
        assert client.get(url(type(row), "change", row.pk)).status_code == 200, row
        assert client.get(url(type(row), "history", row.pk)).status_code == 200, row


def test_another_wards_row_looks_like_none_at_all(sign_in, minh, hers, foreign):
    client = sign_in(minh)
    for row in foreign:
        missing = uuid.uuid4() if isinstance(row.pk, uuid.UUID) else 999999
        for page in ("change", "history", "delete"):
            for method in (client.get, client.post):
                answer, none = method(url(type(row), page, row.pk)), method(url(type(row), page, missing))
                assert (answer.status_code, answer.headers.get("Location")) == (
                    none.status_code,
                    none.headers.get("Location"),
                )
                assert answer.status_code in (302, 403), (row, page)
        if hasattr(row, "history"):
            version = row.history.first()
            answer = client.get(url(type(row), "simple_history", row.pk, version.pk if version else 1))
            assert answer.status_code == 302


def test_lists_searches_and_autocomplete_show_no_foreign_row(sign_in, minh, hers, foreign):
    client = sign_in(minh)
    seen = ""
    for model in MODELS:
        for query in ({}, {"q": "NGƯỜIKHÁC"}, {"q": "Thôn Bàu Cầu"}):
            answer = client.get(url(model, "changelist"), query)
            if answer.status_code == 200:
                seen += answer.content.decode().replace('value="NGƯỜIKHÁC"', "").replace('value="Thôn Bàu Cầu"', "")
        answer = client.get(url(model, "add"))
        seen += answer.content.decode() if answer.status_code == 200 else ""
    for app, model, field in [
        ("teams", "team", "home_area"),
        ("teams", "member", "team"),
        ("teams", "member", "user"),
        ("residents", "household", "street"),
        ("residents", "household", "village"),
        ("residents", "resident", "household"),
        ("areas", "office", "area"),
        ("reports", "statedfigure", "area"),
        ("accounts", "posting", "user"),
    ]:
        asked = {"app_label": app, "model_name": model, "field_name": field, "term": ""}
        answer = client.get("/quan-tri/autocomplete/", asked)
        assert answer.status_code == 200, (model, field)
        seen += answer.content.decode().encode().decode("unicode_escape", "ignore")
    assert "CỦAMÌNH" in seen
    assert "NGƯỜIKHÁC" not in seen
    assert "Thôn Bàu Cầu" not in seen


def test_the_administrator_sees_teams_and_no_people(sign_in, an, hers):
    client = sign_in(an)
    assert "Tổ CỦAMÌNH" in client.get("/quan-tri/teams/team/").content.decode()
    assert client.get("/quan-tri/residents/household/").status_code == 403
    for row in hers:
        if isinstance(row, (Household, Visit, Observation)):
            assert client.get(url(type(row), "change", row.pk)).status_code in (302, 403)


def test_a_superuser_sees_people_only_while_unlocked(sign_in, root, hers):
    client = sign_in(root)
    assert client.get("/quan-tri/residents/household/").status_code == 403
    unlock = Unlock.objects.create(user=root, reason="Kiểm tra lỗi nhập hộ")
    assert "Chủ hộ CỦAMÌNH" in client.get("/quan-tri/residents/household/").content.decode()
    unlock.until = unlock.since
    unlock.save()
    assert client.get("/quan-tri/residents/household/").status_code == 403


def test_opening_a_household_is_written_down(sign_in, minh, hers):
    sign_in(minh).get(url(Household, "change", hers[0].pk))
    act = Act.objects.get(verb=Act.Verb.VIEW)
    assert (act.actor_id, act.object_id) == (minh.pk, str(hers[0].pk))


def test_names_in_the_journal_are_not_for_who_sees_no_people(sign_in, minh, mai, hers):
    sign_in(minh).get(url(Household, "change", hers[0].pk))
    page = sign_in(mai).get("/quan-tri/journal/act/").content.decode()
    assert "Trần Văn Minh" in page
    assert "CỦAMÌNH" not in page
    assert "CỦAMÌNH" in sign_in(minh).get("/quan-tri/journal/act/").content.decode()


def test_a_team_is_changed_through_its_action(sign_in, minh, place, hers):
    team = hers[1]
    data = {"name": "Tổ Đổi Tên", "kind": "cnscd", "home_area": place.gian_bi.pk, "since": "01/09/2024"}
    assert send(sign_in(minh), url(type(team), "change", team.pk), data).status_code == 302
    team.refresh_from_db()
    assert (team.name, team.home_area) == ("Tổ Đổi Tên", place.gian_bi)
    assert team.history.first().history_user_id == minh.pk
    assert Act.objects.filter(object_kind="teams.team", verb="change").count() == 1
    versions = sign_in(minh).get(url(type(team), "history", team.pk)).content.decode()
    assert "Trần Văn Minh" in versions


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"home_area": "bau_cau"}, "home_area", ""),
        ({"since": "01/01/2999"}, "since", "chưa đến"),
        ({"name": "T" * 201}, "name", "Dài quá"),
        ({"name": "Tổ\x07"}, "name", "ký tự điều khiển"),
        ({"since": "tháng ba"}, "since", ""),
    ],
)
def test_bad_input_is_told_at_its_field(sign_in, minh, place, hers, changed, field, message):
    team = hers[1]
    data = {"name": "Tổ Mới", "kind": "cnscd", "home_area": place.ta_lang.pk, "since": "01/09/2024"} | changed
    data["home_area"] = (getattr(place, str(data["home_area"]), None) and place.bau_cau.pk) or data["home_area"]
    for address in (url(type(team), "add"), url(type(team), "change", team.pk)):
        response = send(sign_in(minh), address, data)
        assert response.status_code == 200
        assert message in response.context["adminform"].form.errors[field][0]
    team.refresh_from_db()
    assert team.name == "Tổ CỦAMÌNH"


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"birth_year": 1830}, "birth_year", "“1830” không hợp lệ"),
        ({"since": "01/01/2020"}, "since", "Tổ hoạt động từ"),
    ],
)
def test_what_the_action_refuses_stands_at_its_field(sign_in, minh, hers, changed, field, message):
    data = {"team": hers[1].pk, "full_name": "Hồ Bảy", "role": "member", "organisation": "other", "since": "01/10/2024"}
    response = sign_in(minh).post(url(Member, "add"), data | changed)
    assert message in response.context["adminform"].form.errors[field][0]
    assert sign_in(minh).post(url(Member, "add"), data).status_code == 302
    assert Act.objects.filter(object_kind="teams.member", verb="add").count() == 1


def test_a_second_open_street_of_one_name_is_told(sign_in, minh, place, hers):
    response = sign_in(minh).post(url(Street, "add"), {"village": place.ta_lang.pk, "name": "Ngõ CỦAMÌNH"})
    assert response.status_code == 200
    assert response.context["adminform"].form.errors


def test_a_household_keeps_its_place_whatever_is_sent(sign_in, minh, place, hers):
    household = hers[0]
    data = {"head_name": "Chủ Mới", "village": place.gian_bi.pk, "code": "X", "since": "01/01/2020"}
    assert send(sign_in(minh), url(Household, "change", household.pk), data).status_code == 302
    household.refresh_from_db()
    assert (household.head_name, household.village, household.code, household.since) == (
        "Chủ Mới",
        place.ta_lang,
        "CỦAMÌNH-1",
        SINCE,
    )


def test_the_record_is_only_read(sign_in, minh, hers):
    client = sign_in(minh)
    for model in (Observation, Visit, VisitResult, Act):
        assert client.get(url(model, "add")).status_code == 403
    observation = Observation.objects.first()
    assert client.post(url(Observation, "change", observation.pk), {"answer": "no"}).status_code == 403
    observation.refresh_from_db()
    assert observation.answer == "yes"


def test_nothing_is_deleted(sign_in, minh, an, root, hers):
    Unlock.objects.create(user=root, reason="Thử")
    for user in (minh, an, root):
        for row in hers:
            assert sign_in(user).post(url(type(row), "delete", row.pk), {"post": "yes"}).status_code in (302, 403)
            assert type(row).objects.filter(pk=row.pk).exists()


def test_national_lists_are_changed_by_who_administers_the_country(sign_in, minh, an, hers):
    topic = {"code": "dvc", "name": "Dịch vụ công", "order": 1, "is_offered": "on"}
    assert sign_in(minh).post(url(Topic, "add"), topic).status_code == 403
    assert sign_in(an).post(url(Topic, "add"), topic).status_code == 302
    assert Topic.objects.get().name == "Dịch vụ công"


def test_a_norm_is_set_by_the_province_in_the_province(sign_in, minh, mai, place):
    norm = {"area": place.da_nang.pk, "at_least": 7, "since": "01/09/2024"}
    assert sign_in(minh).post(url(SizeNorm, "add"), norm).status_code == 403
    response = sign_in(mai).post(url(SizeNorm, "add"), norm | {"area": place.ninh_binh.pk})
    assert "area" in response.context["adminform"].form.errors
    assert sign_in(mai).post(url(SizeNorm, "add"), norm).status_code == 302
    assert Act.objects.filter(object_kind="teams.sizenorm", verb=Act.Verb.ADD).exists()
    page = sign_in(minh).get(url(SizeNorm, "changelist")).content.decode()
    assert "Thành phố Đà Nẵng" in page


def test_lookups_that_are_not_offered_are_refused(sign_in, minh, lan):
    for lookup in ("password__startswith", "postings__user__password__startswith"):
        assert sign_in(minh).get(f"/quan-tri/accounts/user/?{lookup}=a").status_code == 400


def test_rights_cannot_be_given_by_a_form(sign_in, minh, lan):
    data = {"full_name": "Lan Mới", "username": "lan", "is_superuser": "on", "is_staff": "on", "password": "x"}
    assert send(sign_in(minh), url(User, "change", lan.pk), data).status_code == 302
    lan.refresh_from_db()
    assert (lan.full_name, lan.is_superuser, lan.is_staff) == ("Lan Mới", False, False)
    assert lan.check_password(PASSWORD)
    assert sign_in(minh).post(url(User, "change", minh.pk), data).status_code == 403


def test_pages_speak_vietnamese_and_carry_no_inline_style(sign_in, minh, hers):
    client = sign_in(minh)
    team = hers[1]
    send(
        client,
        url(type(team), "change", team.pk),
        {
            "name": "Tổ Hai",
            "kind": "cnscd",
            "home_area": team.home_area_id,
            "since": "01/09/2024",
        },
    )
    pages = [
        "/quan-tri/",
        url(type(team), "changelist"),
        url(type(team), "add"),
        url(type(team), "change", team.pk),
        url(type(team), "history", team.pk),
        url(type(team), "simple_history", team.pk, team.history.first().pk),
    ]
    for page in pages:
        text = client.get(page).content.decode()
        assert not re.search(r"<style|\sstyle=|<script(?![^>]*src=)|\son[a-z]+=", text), page
        for word in ("Home", "History", "Save", "Add ", "Change", "View", "Import", "Export", "Search", "Welcome"):
            assert not re.search(rf">\s*{word}", text), (page, word)


def test_a_former_version_is_shown_also_where_the_admin_names_no_fields(place, minh, new_team, sign_in):
    team = new_team(place.ta_lang)
    decision = team.decisions.create(number="12/QĐ-UBND", issued_on="2025-01-01", issuer="UBND xã Hòa Bắc")
    url = f"/quan-tri/teams/decision/{decision.pk}/history/{decision.history.get().pk}/"
    assert "12/QĐ-UBND" in sign_in(minh).get(url).content.decode()
