"""Words that go with videos: what each file of them said, whose they are, and the index over them."""

from .everywhere import everywhere_in, keep_everywhere, lines_everywhere, without
from .kept import Caption, Captions, Searched, Sidecar, WordStore, captions_of, documents_of

__all__ = [
    "Caption", "Captions", "Searched", "Sidecar", "WordStore", "captions_of", "documents_of", "everywhere_in",
    "keep_everywhere", "lines_everywhere", "without",
]
