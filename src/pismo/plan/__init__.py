"""Who gets which letter, with which values, at which hour; and who gets none, and why."""
