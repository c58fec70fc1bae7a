"""What is in the library, read from the disk or kept in memory; `moves` is the only code that changes it."""

from .disk import (
    Listing,
    Snapshot,
    find,
    folder_path,
    folders,
    left_out,
    list_folder,
    list_root,
    look_around,
    require_library,
    scan,
    videos,
    videos_at,
)
from .kind import is_category, is_spelled_so, is_video, video_facts
from .names import is_learned, labelled

__all__ = [
    "Listing", "Snapshot", "find", "folder_path", "folders", "is_category", "is_learned", "is_spelled_so", "is_video",
    "labelled", "left_out", "list_folder", "list_root", "look_around", "require_library", "scan", "video_facts",
    "videos", "videos_at",
]
