"""The public app: one-click unsubscribe, the reader's wishes, answers to polls."""

from pismo.serve.app import create_app
from pismo.serve.house import House, Topic, house_of
from pismo.serve.keyring import Keyring
from pismo.serve.questions import Question, questions_of

__all__ = ["House", "Keyring", "Question", "Topic", "create_app", "house_of", "questions_of"]
