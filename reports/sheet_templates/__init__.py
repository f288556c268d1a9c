"""The authority's own .xlsx: what may be put into its cells, and filling it."""
