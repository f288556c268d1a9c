"""The reporting cycle: confirm, present, approve, send; and what was approved stays as it was."""
