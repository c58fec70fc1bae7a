"""One video file: what is in it, a few of its frames, pictures of it, and a copy that browsers can play."""

from .facts import MediaFacts, probe
from .frames import Frames, sample_frames
from .pictures import poster_webp, strip_webp
from .playable import playable_copy

__all__ = ["Frames", "MediaFacts", "playable_copy", "poster_webp", "probe", "sample_frames", "strip_webp"]
