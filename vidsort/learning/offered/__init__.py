"""Which heads there are to choose from: what training is told, heads that others bring, and what is trusted of them."""

from .config import TrainConfig
from .own import OwnHead, fit_of, fit_own, named_heads, own_heads
from .trust import from_bytes, to_bytes, type_name

__all__ = [
    "OwnHead", "TrainConfig", "fit_of", "fit_own", "from_bytes", "named_heads", "own_heads", "to_bytes", "type_name",
]
