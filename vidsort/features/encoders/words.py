"""The words that go with a video: nothing is decoded for them, they are gathered where files of words are read."""

from typing import ClassVar

from .evidence import EvidenceConfig


class WordsConfig(EvidenceConfig):
    """What decides the words of a video: nothing can be chosen, all that there are count."""

    revision: ClassVar[int] = 1
