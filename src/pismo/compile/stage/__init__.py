"""Partial evaluation of templates: what is known now runs, the rest is recorded."""
