"""Every URL is behind login or public with a reason; every named URL stands in the table of who gets what."""

from __future__ import annotations

import copy

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from cnscd import settings as production

from .crawl import Crawl
from .routes import routes
from .who_gets_what import PUBLIC, TABLE, Row
from .world import EYES

DOORS = ("/tai-khoan/dang-nhap/?next=", "/quan-tri/login/?next=")
OURS = [route for route in routes() if not route.is_admin]


def test_every_url_is_behind_login_or_public_with_a_reason():
    public = {route.name for route in routes() if not route.needs_login}
    assert public == set(PUBLIC)
    assert all(len(reason) > 20 for reason in PUBLIC.values())


def test_the_gate_of_login_stands_in_the_settings():
    assert "django.contrib.auth.middleware.LoginRequiredMiddleware" in production.MIDDLEWARE


def test_who_is_not_signed_in_is_sent_to_sign_in_from_every_other_url(client, db):
    let_in = []
    for route in routes():
        if route.name in PUBLIC:
            continue
        uuid = "0190a000-0000-7000-8000-000000000000"
        values = {name: uuid if f"uuid:{name}" in route.pattern else 1 for name in route.arguments}
        url = route.url(values).replace("([^/]+)", "1")
        for answer in (client.get(url), client.post(url)):
            if answer.status_code != 302 or not answer["Location"].startswith(DOORS):
                let_in.append(f"{url}: {answer.status_code}")
    assert let_in == []


def test_every_url_has_a_name():
    assert [route.pattern for route in OURS if not route.name] == []


def test_every_named_url_stands_in_the_table():
    names = {route.name for route in OURS}
    assert sorted(names - TABLE.keys()) == []
    assert sorted(TABLE.keys() - names) == [], "rows of pages that are gone"


def test_everybody_gets_what_the_table_says(world):
    by_name = {route.name: route for route in OURS}
    clients = {who: signed_in(world, who) for who in EYES} | {"": Client()}
    wrong = {}
    for name, row in TABLE.items():
        crawl = Crawl(world, row.who)
        own = crawl.address_at(by_name[name], row.place)
        other = crawl.address_at(by_name[name], row.other_place)
        asked = {"own": (row.who, own), "wrong": (row.wrong_who, own), "anonymous": ("", own)}
        if crawl.labels_of(crawl.route):
            asked["other"] = (row.who, other)
        for column, (who, url) in asked.items():
            got = ask(clients[who], row, url)
            if got != getattr(row, column):
                wrong[f"{name}, {column} ({who})"] = f"{got}, the table says {getattr(row, column)}"
    assert not wrong, "\n" + "\n".join(f"{what}: {told}" for what, told in wrong.items())


def ask(client, row: Row, url: str) -> int:
    """The status; what it did is undone, and the session is as before."""
    cookies = copy.deepcopy(client.cookies)
    with transaction.atomic():
        answer = getattr(client, row.method)(url)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer.status_code


def signed_in(world, who: str) -> Client:
    client = Client()
    client.force_login(getattr(world.cast, who), backend="django.contrib.auth.backends.ModelBackend")
    return client


# The policy for what a page may load


PAGES = [
    "accounts:sign_in",
    "accounts:password_change",
    "accounts:user_list",
    "journal:act_list",
    "home",
    "admin:index",
]


@pytest.mark.parametrize("name", PAGES)
def test_the_content_security_policy_is_strict(world, name):
    answer = signed_in(world, "minh").get(reverse(name)) if name != PAGES[0] else Client().get(reverse(name))
    assert answer.status_code == 200
    policy = answer["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert "unsafe-" not in policy
    assert "*" not in policy
    assert "http:" not in policy
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
