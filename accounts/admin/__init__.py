"""Admin pages of users, and of the apps below that do not know users: the map and the journal."""

from . import acts, map, users

__all__ = ["acts", "map", "users"]
