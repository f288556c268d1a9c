"""The demonstration: a believable place from September 2024 to today, the same every time. All people are invented."""
