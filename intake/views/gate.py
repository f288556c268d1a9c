"""Uploads for a page: what is not hers is not there."""

from __future__ import annotations

import uuid

from django.http import Http404
from django.shortcuts import get_object_or_404

from intake.kinds import KINDS, kind_of
from intake.kinds.base import Kind
from intake.models import Upload
from intake.places import Places


def upload_of(user, pk: uuid.UUID) -> Upload:
    return get_object_or_404(Upload.objects.visible_to(user).select_related("area", "uploaded_by", "saved_by"), pk=pk)


def kind_named(code: str) -> Kind:
    if code not in KINDS:
        raise Http404
    return KINDS[code]()


def places_of(upload: Upload, user) -> Places | None:
    """The villages that names in the list may mean, for kinds that ask for villages."""
    kind = kind_of(upload)
    if not kind.has_villages:
        return None
    return kind.places(user, upload)
