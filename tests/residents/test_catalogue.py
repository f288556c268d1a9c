import datetime as dt

from django.core.management import call_command

from residents.catalogue import load_catalogue
from residents.models import Indicator, IndicatorVersion, ResultKind, Topic

ALL = (
    "vneid2 epay dvc_account card mobilemoney dvc smartphone smartphone_home ehealth vssid digsig skill localapp "
    "broadband netsafe zalo zalo_page qr ecom billpay"
).split()


def snapshot():
    return [list(model.objects.order_by("pk").values()) for model in (Indicator, IndicatorVersion, Topic, ResultKind)]


def test_loading_again_changes_nothing(db, capsys):
    call_command("load_catalogue")
    before = snapshot()
    call_command("load_catalogue")
    assert snapshot() == before
    assert "tiêu chí" in capsys.readouterr().out


def test_every_indicator_has_a_definition_a_source_and_one_place(catalogue):
    assert set(ALL) <= set(Indicator.objects.filter(is_reported=True).values_list("code", flat=True))
    assert not IndicatorVersion.objects.filter(definition="").exists()
    assert not IndicatorVersion.objects.filter(source="").exists()
    orders = list(Indicator.objects.values_list("order", flat=True))
    assert len(orders) == len(set(orders))


def test_traits_are_asked_but_not_reported(catalogue):
    traits = Indicator.objects.filter(group=Indicator.Group.TRAIT)
    assert set(traits.values_list("is_reported", flat=True)) == {False}
    assert set(traits.values_list("code", flat=True)) == {"business", "ocop", "farm", "pupils", "bills"}


def test_definitions_change_by_date(catalogue):
    def ages(day):
        return IndicatorVersion.objects.on(day).get(indicator__code="smartphone").min_age

    assert ages(dt.date(2024, 6, 1)) == 16  # "trên 15 tuổi", read strictly
    assert ages(dt.date(2025, 6, 1)) == 15
    accounts = IndicatorVersion.objects.filter(indicator__code="dvc_account")
    assert accounts.on(dt.date(2024, 6, 30)).exists()
    assert not accounts.on(dt.date(2024, 7, 1)).exists()


def test_topics_have_two_levels(catalogue):
    assert Topic.objects.filter(parent=None).count() == 5
    assert Topic.objects.get(code="ho-tich").parent.code == "dvc"
    assert not Topic.objects.filter(parent__parent__isnull=False).exists()


def test_what_somebody_added_by_hand_stays(catalogue):
    Topic.objects.create(code="rieng", name="Việc riêng của xã", order=999)
    load_catalogue()
    assert Topic.objects.filter(code="rieng").exists()
