"""Segments: who a newsletter speaks to, as SQL predicates in Git."""
