"""One video file: what is in it, a few of its frames, pictures of it, and a copy that browsers can play."""

from .pictures import poster_webp, strip_webp
from .playable import playable_copy
from .reading.facts import MediaFacts, probe
from .reading.frames import Frames
from .reading.once import sample_frames

__all__ = ["Frames", "MediaFacts", "playable_copy", "poster_webp", "probe", "sample_frames", "strip_webp"]
