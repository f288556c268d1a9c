import pytest
from django.urls import reverse

from journal.models import Act

PAPER = reverse("residents:paper")


def list_url(village, **query):
    return reverse("residents:paper_list", args=[village.pk], query={"i": ["vneid2", "broadband"], **query})


def test_the_choice_leads_to_the_sheet_or_the_grid(lan, home, sign_in, today):
    data = {"village": home.village.pk, "on": f"{today:%d/%m/%Y}", "i": ["vneid2"]}
    client = sign_in(lan)
    assert client.get(PAPER).status_code == 200
    assert client.get(PAPER, data | {"enter": "1"}).url.startswith(reverse("residents:grid", args=[home.village.pk]))
    assert client.get(PAPER, data | {"print": "1"}).url.startswith(list_url(home.village).split("?")[0])
    assert "on" in client.get(PAPER, data | {"on": "01/01/2999"}).context["form"].errors


def test_the_sheet_lists_people_with_what_is_known_and_is_journalled(lan, home, person, saw, sign_in):
    saw(home, "vneid2", "yes", person("Ông Sáu"))
    page = sign_in(lan).get(list_url(home.village)).content.decode()
    assert "Hộ Nguyễn Văn Sáu" in page
    assert "Bà Tư" in page
    assert '<td class="box">x</td>' in page
    act = Act.objects.get(verb=Act.Verb.PRINT)
    assert (act.actor_id, act.area_id, act.detail) == (lan.pk, home.village.pk, {"households": 1})


@pytest.mark.parametrize(("who", "code"), [("tu", 403), ("hoa", 404), ("thu", 404), ("mai", 404), ("an", 404)])
def test_who_may_not_print(who, code, request, home, sign_in):
    assert sign_in(request.getfixturevalue(who)).get(list_url(home.village)).status_code == code
    assert not Act.objects.filter(verb=Act.Verb.PRINT).exists()


@pytest.mark.parametrize("who", ["dung", "mai", "an"])
def test_roles_without_personal_rows_choose_nothing(who, request, home, sign_in):
    assert sign_in(request.getfixturevalue(who)).get(PAPER).status_code == 403
