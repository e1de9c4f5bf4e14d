"""Load `content/`: stories, tips, games, picks and the catalogue."""

from pismo.content.catalogue import load_catalogue
from pismo.content.items import load_items

__all__ = ["load_catalogue", "load_items"]
