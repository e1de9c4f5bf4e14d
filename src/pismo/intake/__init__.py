"""Bringing people in: import with quarantine, and the invented sample."""
