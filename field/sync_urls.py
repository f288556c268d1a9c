"""The protocol (docs/sync.md). No slash at the end: a redirect would lose a batch."""

from django.urls import path

from .views import api, changes, sync

app_name = "sync"

urlpatterns = [
    path("hello", sync.hello, name="hello"),
    path("push", sync.push_items, name="push"),
    path("changes", changes.changes_since, name="changes"),
    path("receipts", sync.receipts, name="receipts"),
    path("discard", sync.discard, name="discard"),
    path("practice", sync.practice, name="practice"),
    path("", api.unknown, name="root"),
    path("<path:path>", api.unknown, name="unknown"),
]
