"""Targets given to areas: which is in force where, who is behind, and the households that close the gap."""
