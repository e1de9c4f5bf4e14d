"""Load `newsletters/`: one folder per series, with its settings and dated issues."""

from pismo.newsletters.load import load_newsletters

__all__ = ["load_newsletters"]
