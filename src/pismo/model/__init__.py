"""The types that the parts of pismo hand to one another. No I/O, no third-party imports."""
