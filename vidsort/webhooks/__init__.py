"""Other programs told of what happens: signed messages, sent beside the server and never in the way of a key press."""

from .telling import Telling

__all__ = ["Telling"]
