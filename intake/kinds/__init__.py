"""The kinds of lists that can come in. Each is made anew for a list: it keeps what it read between check and save."""

from __future__ import annotations

from intake.models import Upload

from .accounts import Accounts
from .base import Kind
from .households import Households
from .stated import Stated
from .teams import Teams
from .villages import Villages
from .visits import Visits

KINDS: dict[str, type[Kind]] = {
    kind.code.value: kind for kind in (Households, Visits, Teams, Villages, Accounts, Stated)
}


def kind_of(upload: Upload) -> Kind:
    return KINDS[upload.kind]()


def kinds_for(user) -> list[type[Kind]]:
    """The kinds of lists that she may bring in somewhere."""
    return [kind for kind in KINDS.values() if user.may(kind.needs)]
