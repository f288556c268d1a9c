"""For the one IT person: is it well, is it backed up, can it be brought back. See docs/operations.md."""
