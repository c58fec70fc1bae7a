"""The orders in which a person looks into a folder, a row each, of which contract and page are made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

# When a video was changed last; how unlike the rest of its folder it is; how doubtful it is that it belongs there.
Need = Literal["time", "distance", "doubt"]


@dataclass(frozen=True)
class FolderOrder:
    """One order: its name in the contract, its label on the page, and the number that it goes by, if any."""

    name: str
    label: str
    needs: Need | None

    def key(self, filename: str, number: float | None) -> tuple[float | str, ...]:
        """The largest numbers come first, those without one last, the same by filename; keys of an order are alike."""
        if self.needs is None:
            return (filename,)
        return (1.0, 0.0, filename) if number is None else (0.0, -number, filename)


# In the order of the menu; the first one is what is given to who has chosen none.
_TABLE = (
    FolderOrder("filename", "By filename", None),
    FolderOrder("newest", "Newest first", "time"),
    FolderOrder("unlike", "Least like the rest first", "distance"),
    FolderOrder("misfiled", "Likely misfiled first", "doubt"),
)
FOLDER_ORDERS: Mapping[str, FolderOrder] = {order.name: order for order in _TABLE}
FIRST_FOLDER_ORDER = _TABLE[0].name
