"""/health/: for a monitor, without signing in; says nothing about anybody."""

from __future__ import annotations

import functools

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@functools.cache
def known_migrations() -> frozenset[str]:
    """Every migration of this version, as "app.name"."""
    return frozenset(f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations)


def pending_migrations() -> list[str]:
    """What `manage.py migrate` would still apply."""
    applied = {f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()}
    return sorted(known_migrations() - applied)


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 and {"database": true, "migrations": true} when all is well, else 503."""
    state = {"database": False, "migrations": False}
    try:
        state["migrations"] = not pending_migrations()
        state["database"] = True
    except DatabaseError:
        pass  # the answer says so
    return JsonResponse(state, status=200 if all(state.values()) else 503)
