"""A library of files that are no real videos, and a picture of it, for tests of moving."""

from pathlib import Path


def make_places(root: Path) -> Path:
    """Folders food, soccer and tennis with a video each, five unsorted; each file holds its own first place."""
    for place in ("food/3.mp4", "soccer/5.mp4", "tennis/7.mp4", *(f"1{digit}.mp4" for digit in range(5))):
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(place)
    return root


def tree(root: Path) -> dict[str, str | None]:
    """Every file with its text, every folder with None, hidden ones too."""
    return {
        str(path.relative_to(root)): None if path.is_dir() else path.read_text()
        for path in sorted(root.rglob("*"))
    }
