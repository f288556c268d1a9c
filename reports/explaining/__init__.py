"""Why a number changed: parts that add up exactly to the difference, down to the households."""
