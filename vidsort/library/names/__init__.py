"""Names of videos and folders: which are allowed, which characters nobody sees, and how many are held in order."""

from .allowed import (
    CONTENT_TYPES,
    FILENAME_PATTERNS,
    FOLDER_PATTERN,
    LET_IN,
    NAME_LIMIT_BYTES,
    NEW_FOLDER_PATTERN,
    check_filename,
    check_folder_name,
    check_new_folder_name,
    content_type,
    folded,
    is_filename,
    is_folder_name,
    is_foreign,
    is_learned,
    is_like_a_video,
    labelled,
    other_spellings,
    shown,
)
from .in_order import InOrder, differing, is_among, of_stem
from .invisible import lines_with_codes, with_codes

__all__ = [
    "CONTENT_TYPES", "FILENAME_PATTERNS", "FOLDER_PATTERN", "LET_IN", "NAME_LIMIT_BYTES", "NEW_FOLDER_PATTERN",
    "InOrder", "check_filename", "check_folder_name", "check_new_folder_name", "content_type", "differing", "folded",
    "is_among", "is_filename", "is_folder_name", "is_foreign", "is_learned", "is_like_a_video", "labelled",
    "lines_with_codes", "of_stem", "other_spellings", "shown", "with_codes",
]
