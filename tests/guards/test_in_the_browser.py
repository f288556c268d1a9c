"""Every page in a real Chromium: no violation by axe, nothing scrolls sideways, no error, no report of the policy."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import Unlock

from .chromium import Reader
from .crawl import Crawl
from .routes import routes
from .who_gets_what import TABLE
from .world import World

# The pages are the same on both databases: on PostgreSQL this goes with the long run.
LONG = [pytest.mark.long] if os.environ["TEST_DATABASE"] == "postgresql" else []
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), *LONG]

# Answers 200 to a GET and is no page of the desk, and why.
LEFT_OUT = {
    "accounts:sign_in": "Looked at by nobody who is signed in: it stands in ALSO.",
    "health": "Told to a monitor, not to people.",
    "field:shell": "The phone app: tests/field/browser looks at it screen by screen.",
    "field:worker": "A script.",
    "field:manifest": "JSON for the phone's home screen.",
    "accounts:job_file": "A file.",
    "intake:upload_marked": "A workbook.",
    "intake:blank": "A workbook.",
    "intake:list_export": "A workbook.",
    "reports:report_document": "A document.",
    "reports:report_workbook": "A workbook.",
    "reports:report_template_file": "A workbook.",
    "reports:template_file": "A workbook.",
}
# Rules of axe that are not asked in the admin, and why.
NOT_ASKED = {
    "aria-prohibited-attr": "Django's own script hangs a label on the help sign of two lists side by side.",
}
# Pages as others meet them, and their other views: who, of which place, and what follows in the address.
ALSO = {
    "accounts:sign_in": [("", "", "")],
    "home": [(who, "", "") for who in ("lan", "leader", "dung", "mai", "viewer", "an", "nobody")],
    "residents:household_list": [("minh", "", "?q=khong-co"), ("lan", "", "")],
    "reports:coverage": [("mai", "hb", ""), ("minh", "hb", "&view=areas"), ("minh", "hb", "&view=matrix")],
    "reports:activity": [("minh", "hb", "&view=content")],
    "reports:growth": [("minh", "hb", "&measure=visits")],
    "reports:why": [("minh", "hb", "&period=2026-10"), ("minh", "hb", "&measure=visits")],
    "reports:target_list": [("minh", "hb", "")],
    "reports:monthly": [("minh", "hb", "&period=2026-10"), ("leader", "hb", "&period=2026-10")],
    "reports:cockpit": [("minh", "hb", "&period=2026-10"), ("minh", "hb", "&period=khong-co")],
}


def of_the_table(world: World, *, reports: bool) -> Iterator[tuple[str, str]]:
    """Who opens which address."""
    by_name = {route.name: route for route in routes()}
    for name, row in TABLE.items():
        if row.method != "get" or name.startswith("reports:") != reports:
            continue
        if row.own == 200 and name not in LEFT_OUT:
            yield row.who, Crawl(world, row.who).address_at(by_name[name], row.place)
        for who, place, more in ALSO.get(name, ()):
            yield who, Crawl(world, row.who).address_at(by_name[name], place or row.place) + more


def of_the_admin(world: World, *, every_model: bool) -> Iterator[tuple[str, str]]:
    """The list of each model and its first row, as one who may open personal rows too; else of one model an app."""
    Unlock.objects.create(user=world.cast.root, reason="Xem mọi trang")
    yield "root", reverse("admin:index")
    models = list(admin.site._registry)
    for model in models if every_model else {model._meta.app_label: model for model in models}.values():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield "root", reverse(f"{name}_changelist")
        if (first := model._default_manager.first()) is not None:
            yield "root", reverse(f"{name}_change", args=[first.pk])


def faults(world: World, browser, url: str, pages: Iterator[tuple[str, str]], *, without=()) -> list[str]:
    readers: dict[str, Reader] = {}
    found = []
    try:
        for who, path in pages:
            if who not in readers:
                readers[who] = Reader(browser, url, getattr(world.cast, who, None))
            found += [f"{who}, {path}: {fault}" for fault in readers[who].faults_of(path, without=tuple(without))]
    finally:
        for reader in readers.values():
            reader.context.close()
    return found


def test_what_is_left_out_has_a_reason_and_is_there():
    assert [name for name in LEFT_OUT if TABLE[name].method != "get"] == []
    assert ALSO.keys() <= TABLE.keys()


BAD = """<!doctype html><html lang="vi"><title>Trang thử</title><style>p { color: red }</style>
<main><h1>Trang thử</h1><input size="200"><script>throw Error("hỏng")</script></main></html>"""


def test_the_guard_sees_what_it_looks_for(browser):
    reader = Reader(browser, "http://cnscd.test")
    policy = {"Content-Security-Policy": "style-src 'self'"}
    answer = {"body": BAD, "headers": policy, "content_type": "text/html; charset=utf-8"}
    reader.context.route("**/*", lambda route: route.fulfill(**answer))
    found = reader.faults_of("/")
    reader.context.close()
    for fault in ("label", "at 360 px", "at 1280 px", "the policy refused style-src", "hỏng"):
        assert any(fault in told for told in found), (fault, found)


@pytest.mark.parametrize("reports", [False, True], ids=["desk", "reports"])
def test_every_page_is_for_everybody_and_fits(world, browser, live_server, reports):
    found = faults(world, browser, live_server.url, of_the_table(world, reports=reports))
    assert found == [], "\n".join(["", *found])


@pytest.mark.parametrize("every_model", [False, pytest.param(True, marks=pytest.mark.long)], ids=["some", "all"])
def test_every_page_of_the_admin_is_for_everybody_and_fits(world, browser, live_server, every_model):
    pages = of_the_admin(world, every_model=every_model)
    found = faults(world, browser, live_server.url, pages, without=NOT_ASKED)
    assert found == [], "\n".join(["", *found])
