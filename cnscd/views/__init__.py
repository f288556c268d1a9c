"""The first page after signing in: one screen for each kind of work, from counted figures."""

from .home import home

__all__ = ["home"]
