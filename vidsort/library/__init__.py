"""What is in the library, read from the disk or kept in memory; `moves` is the only code that changes it."""

from .disk import Snapshot, Survey, find, folder_path, folders, left_out, look_around, scan, survey, videos, videos_at
from .kind import is_category, is_spelled_so, is_video, video_facts
from .listed import Listing, list_folder, list_root, nothing_in, require_library
from .names import is_learned, labelled

__all__ = [
    "Listing", "Snapshot", "Survey", "find", "folder_path", "folders", "is_category", "is_learned", "is_spelled_so",
    "is_video", "labelled", "left_out", "list_folder", "list_root", "look_around", "nothing_in", "require_library",
    "scan", "survey", "video_facts", "videos", "videos_at",
]
