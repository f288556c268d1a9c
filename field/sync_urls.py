"""The protocol (docs/sync.md). No slash at the end: a redirect would lose a batch."""

from django.urls import path

from .views import api, sync

app_name = "sync"

urlpatterns = [
    path("hello", sync.hello, name="hello"),
    path("push", sync.push_items, name="push"),
    path("receipts", sync.receipts, name="receipts"),
    path("discard", sync.discard, name="discard"),
    path("<path:path>", api.unknown, name="unknown"),
]
