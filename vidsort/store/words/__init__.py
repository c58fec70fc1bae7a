"""Words that go with videos: what each file of them said, whose they are, and the index over them."""

from .kept import Caption, Captions, Sidecar, WordStore, captions_of, documents_of

__all__ = ["Caption", "Captions", "Sidecar", "WordStore", "captions_of", "documents_of"]
