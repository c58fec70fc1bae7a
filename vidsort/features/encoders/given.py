"""Vectors that a person has made of videos and handed over: nothing is looked for, they are only kept."""

from typing import ClassVar

from pydantic import Field

from .evidence import EvidenceConfig


class GivenConfig(EvidenceConfig):
    """Which of the sets of vectors that were handed over: each has a name."""

    revision: ClassVar[int] = 1

    given_vectors: str = Field(
        "own", min_length=1, max_length=60, description="the set of vectors that were handed over, by its name"
    )
