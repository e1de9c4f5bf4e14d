"""Where marketers live: every issue, segment and person side by side, on this machine only.

It looks at everything and can send nothing: the command line hands it the one function that
sends a letter to oneself.
"""

from pismo.preview.app import create_app
from pismo.preview.desk import Desk
from pismo.preview.people import Crowd
from pismo.preview.studio import Studio

__all__ = ["Crowd", "Desk", "Studio", "create_app"]
