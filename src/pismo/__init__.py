"""pismo: Markdown in Git becomes one personal letter per reader."""

__version__ = "0.1.0"
