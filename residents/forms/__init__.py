"""Forms of the pages about households, people and visits."""
