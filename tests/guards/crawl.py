"""Going to every URL as one member of the cast, by what is hers, by what is not, and by what does not exist."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator

from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from reports import periods

from .pages import everything_in, forms_in
from .routes import Route, routes
from .who_gets_what import TABLE, Row
from .world import EYES, MISSING, World, foreign_marks

KINDS = {
    "residents": "p", "teams": "t", "accounts": "u", "reports": "f", "areas": "f", "journal": "a", "field": "p",
    "intake": "p",
    "field.Device": "u", "field.FocusChoice": "f", "field.PracticeVillage": "u",
}  # fmt: skip
SEARCHES = ("?q=zq", "?export=xlsx", "?o=1&q=zq")
# These end the visit; they are tried in tests/accounts.
NOT_SENT = {"accounts:sign_out", "admin:logout"}
ARGUMENTS = {"village_pk": "areas.Area", "resident_pk": "residents.Resident", "subject": "residents.Resident"}


def kind_of(label: str) -> str:
    """The kind of mark that rows of this model bear."""
    return KINDS.get(label) or KINDS[label.split(".")[0]]


class Crawl:
    """`faults` are sentences: what was met where, by whom."""

    def __init__(self, world: World, who: str, *, writes: bool = True, near: int = 3, stop_at_first: bool = False):
        self.world = world
        self.who = who
        self.writes = writes
        self.near = near  # of how many other places the rows are asked for
        self.stop_at_first = stop_at_first
        self.faults: list[str] = []
        self.seen = 0
        self.client = Client(raise_request_exception=False)
        self.client.force_login(getattr(world.cast, who), backend="django.contrib.auth.backends.ModelBackend")
        self.foreign_places = world.foreign_places(who)

    def go(self, wanted: list[Route] | None = None) -> list[str]:
        for route in routes() if wanted is None else wanted:
            if route.name in NOT_SENT:
                continue
            self.route = route
            if self.labels_of(route):
                self.of_an_object(route)
            else:
                self.of_no_object(route)
            if self.stop_at_first and self.faults:
                break
        return self.faults

    def fault(self, what: str) -> None:
        self.faults.append(f"{self.who}, {self.route.name or self.route.pattern}: {what}")

    # What stands in an address

    def labels_of(self, route: Route) -> dict[str, str]:
        """The model that each argument names; arguments that name none are left out."""
        if route.is_admin:
            found = re.match(r"quan-tri/(\w+)/(\w+)/(?:<path:object_id>|\^\()", route.pattern)
            return {"object_id": apps.get_model(*found.groups())._meta.label} if found else {}
        row = TABLE.get(route.name)
        of = {"pk": row.of} if row and row.of else {}
        labels = {name: (of | (row.more if row else {}) | ARGUMENTS).get(name) for name in route.arguments}
        labels |= row.more if row else {}
        return {name: label for name, label in labels.items() if label and "." in label}

    def address(self, route: Route, keys: dict) -> str | None:
        values = {
            "code": self.world.indicator.code,
            "period_code": periods.code(self.world.period),
            "action": "start",
            "finding": "twice:1",
            "version": 1,
            "url": "khong-co",
            "path": "khong-co",
        }
        values |= {"app_label": "teams", "content_type_id": 1, "object_id": 1, "path": "khong-co"} | keys
        if "simple_history" in route.name:
            return "/" + re.sub(r"\^\(.*", f"{values['object_id']}/history/1/", route.pattern)
        if route.name and not route.is_admin:
            try:
                path = reverse(route.name, kwargs={name: values[name] for name in route.arguments})
                return path + TABLE.get(route.name, Row()).query.format(**values)
            except (NoReverseMatch, KeyError):
                self.fault(f"say in the table what {route.arguments} are")
                return None
        return route.url(values)

    def address_at(self, route: Route, place: str) -> str | None:
        """The address of the page about what lies in `place`."""
        self.route = route
        return self.address(route, {name: self.key(label, place) for name, label in self.labels_of(route).items()})

    def foreign(self, label: str) -> list[str]:
        """Places whose rows of this model are not hers: one of her ward, of the next ward, of another province."""
        allowed = EYES[self.who][kind_of(label)].split()
        places = [code for code in self.world.rows.get(label, {}) if code not in allowed]
        near = 1 if self.route.is_admin else self.near
        return [code for code in ("gb", "bc", "tc", "tl") if code in places][:near]

    def own(self, label: str) -> str:
        allowed = EYES[self.who][kind_of(label)].split()
        return next((code for code in self.world.rows.get(label, {}) if code in allowed and code != "hb"), "tl")

    def missing(self, label: str):
        return MISSING["uuid" if apps.get_model(label)._meta.pk.get_internal_type() == "UUIDField" else "int"]

    # Going there

    def of_no_object(self, route: Route) -> None:
        url = self.address(route, {})
        if url is None:
            return
        page = self.get(url)
        for query in TABLE.get(route.name, Row()).also:
            self.get(url.partition("?")[0] + query)
        if page.status_code != 200:
            return
        searches = {*SEARCHES} | {f"?{query}" for query in self.smuggled(page, "get")}
        if route.name == "admin:autocomplete":
            searches = set(self.autocompletes())
        for search in sorted(searches):
            self.get(url + search)
        if self.writes:
            self.post_own(url, page)

    def of_an_object(self, route: Route) -> None:
        labels = self.labels_of(route)
        own = {name: self.key(label, self.own(label)) for name, label in labels.items()}
        nothing = {name: self.missing(label) for name, label in labels.items()}
        url = self.address(route, own)
        if url is None:
            return
        page = self.get(url)
        if route.is_admin and page.status_code == 403:
            return  # the site itself refuses her before any view looks at what she asks for
        form = self.form_of(page)
        writes = self.writes and not (route.is_admin and not route.name.endswith(("_change", "_delete")))
        if not route.is_admin and page.status_code == 200:
            self.get(url + ("&" if "?" in url else "?") + "export=xlsx")
            if writes:
                self.post_own(url, page)
        lacking = self.get(self.address(route, nothing))
        unposted = self.post(self.address(route, nothing), form) if writes else None
        for keys in self.foreign_keys(labels, own):
            away = self.address(route, keys)
            self.compare(away, self.get(away), lacking)
            if unposted is not None:
                self.compare(away, self.post(away, form), unposted)

    def foreign_keys(self, labels: dict, own: dict) -> Iterator[dict]:
        """All arguments of another place, and each alone among those of her own."""
        first = next(iter(labels.values()))
        for code in self.foreign(first):
            yield {name: self.key(label, code) for name, label in labels.items()}
        if len(labels) > 1:
            for name, label in labels.items():
                for code in self.foreign(label)[:1]:
                    yield own | {name: self.key(label, code)}

    def key(self, label: str, code: str):
        found = self.world.key(label, code)
        return self.missing(label) if found is None else found

    def post_own(self, url: str, page) -> None:
        """What she may send of her own, as it is and with something of others put into each list; then undone."""
        for data in [self.form_of(page), *self.smuggled(page, "post")]:
            cookies = copy.deepcopy(self.client.cookies)
            with transaction.atomic():
                before = self.world.snapshot(self.foreign_places)
                answer = self.post(url, data)
                if answer.status_code < 400 and self.world.snapshot(self.foreign_places) != before:
                    self.fault(f"POST {url} {data} changes what is not hers")
                transaction.set_rollback(True)
            self.client.cookies = cookies

    def form_of(self, page) -> dict:
        forms = [form for form in self.forms(page) if form.of("post") and not form.action]
        return dict(forms[0].fields) if forms else {}

    def forms(self, page):
        is_page = page.status_code == 200 and page.get("Content-Type", "").startswith("text/html")
        return forms_in(page.content.decode()) if is_page else []

    def smuggled(self, page, method: str) -> list:
        """Her form with a key of another place in each list that offers keys of that model, one list at a time."""
        found = []
        for form in self.forms(page):
            if not form.of(method) or (method == "post" and form.action):
                continue
            for name in form.options:
                for key in self.like(form.options[name]):
                    found.append(f"{name}={key}" if method == "get" else {**form.fields, name: str(key)})
        return found

    def like(self, offered: list[str]) -> list:
        """Keys of other places, of the first model of which some key is offered."""
        for label, rows in self.world.rows.items():
            if {str(key) for key in rows.values()} & set(offered) and len(offered) < 400:
                return [self.key(label, code) for code in self.foreign(label)[-2:]]
        return []

    def autocompletes(self) -> Iterator[str]:
        from django.contrib import admin

        for model, options in admin.site._registry.items():
            for field in options.autocomplete_fields:
                names = f"app_label={model._meta.app_label}&model_name={model._meta.model_name}&field_name={field}"
                yield from (f"?{names}&term=", f"?{names}&term=zq")

    # Looking at the answer

    def get(self, url: str):
        return self.look("GET", url, self.client.get(url))

    def post(self, url: str, data: dict):
        return self.look("POST", url, self.client.post(url, data))

    def look(self, method: str, url: str, answer):
        self.seen += 1
        if answer.status_code >= 500 and not url.startswith("/health"):
            self.fault(f"{method} {url}: {answer.status_code} {answer.exc_info[1] if answer.exc_info else ''!r}")
        found = foreign_marks(self.who, everything_in(answer) if not answer.streaming else b"")
        if found:
            self.fault(f"{method} {url}: {answer.status_code} shows {sorted(found)}")
        return answer

    def compare(self, url: str, away, lacking) -> None:
        """What is not hers looks like what does not exist."""
        same_length = abs(len(away.content) - len(lacking.content)) <= 32
        if away.status_code != lacking.status_code or not same_length:
            method = away.request["REQUEST_METHOD"]
            self.fault(f"{method} {url}: {away.status_code} is told from {lacking.status_code} of what is missing")
