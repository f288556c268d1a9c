import pytest
from django.urls import reverse

from residents.models import Household, Street


def url(village, name="street_list", *args):
    return reverse(f"residents:{name}", args=[village.pk, *args])


@pytest.fixture
def street(place):
    return Street.objects.create(village=place.ta_lang, name="Ngõ 2")


def test_adding_renaming_and_removing(lan, home, street, sign_in):
    client = sign_in(lan)
    home.street = street
    home.save()
    client.post(url(home.village), {"name": "Ngõ 10"})
    assert [each.name for each in home.village.streets.all()] == ["Ngõ 2", "Ngõ 10"]
    client.post(url(home.village, "street_edit", street.pk), {"name": "Kiệt 2"})
    street.refresh_from_db()
    assert street.name == "Kiệt 2"
    client.post(url(home.village, "street_remove", street.pk))
    home.refresh_from_db()
    assert home.street is None


def test_a_name_stands_once_in_a_village(lan, street, place, sign_in):
    response = sign_in(lan).post(url(place.ta_lang), {"name": "Ngõ 2"})
    assert "đã có" in str(response.context["form"].errors["name"])


def test_the_walking_order(lan, home, sign_in):
    client, target = sign_in(lan), url(home.village, "walking_order")
    wrong = client.post(target, {f"n-{home.pk}": "ba"})
    assert "không phải số thứ tự" in wrong.content.decode()
    client.post(target, {f"n-{home.pk}": "3"})
    assert Household.objects.get().order_no == 3


@pytest.mark.parametrize(("who", "code"), [("tu", 403), ("hoa", 404), ("mai", 404), ("an", 404)])
def test_who_may_not(who, code, request, street, place, sign_in):
    client = sign_in(request.getfixturevalue(who))
    assert client.post(url(place.ta_lang), {"name": "x"}).status_code == code
    assert client.post(url(place.ta_lang, "street_edit", street.pk), {"name": "x"}).status_code == code
    assert client.post(url(place.ta_lang, "street_remove", street.pk)).status_code == code
    assert client.post(url(place.ta_lang, "walking_order")).status_code == code
    assert Street.objects.get().name == "Ngõ 2"


def test_a_street_of_another_village_is_not_there(minh, street, place, sign_in):
    assert sign_in(minh).get(url(place.gian_bi, "street_edit", street.pk)).status_code == 404


def test_one_village_needs_no_choice(lan, minh, place, sign_in):
    assert sign_in(lan).get(reverse("residents:street_index")).url == url(place.ta_lang)
    assert "Giàn Bí" in sign_in(minh).get(reverse("residents:street_index")).content.decode()


def test_reading_removes_nothing(lan, street, place, sign_in):
    assert sign_in(lan).get(url(place.ta_lang, "street_remove", street.pk)).status_code == 405
