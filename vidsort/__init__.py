"""vidsort: sort a pile of short videos into your own folders.

The library is a folder: videos directly in it are unsorted, each folder in it is a category, and what lies in one is
what is learned from. `open` gives it as an object:

    import vidsort

    library = vidsort.open("~/Videos/favorites")
    library.extract(), library.train(), library.predict()

    library.videos()                        # tables of pandas: what there is, guesses, versions of models
    library.predictions()
    library.models()

    seen = library.features("frames")       # arrays as scikit-learn takes them
    X, y, groups = seen.X, seen.y, seen.groups

    library.sort("7234567890123456.mp4", "soccer")
    library.undo()                          # every move is journaled, the same journal as the page's

    library.review()                        # the review page, inside a notebook

What works with it at the same time (the page, the command line, notebooks of the three steps) sees the same and takes
back the same. Each error is a VidsortError: one sentence that says what, why, and what to do.

The steps themselves are `vidsort.extract_features`, `vidsort.train` and `vidsort.predict`, each with its `run`; a
server elsewhere is spoken to by `vidsort.client`.
"""

import importlib
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .desk.arrays import Features, Labels
    from .desk.library import Library
    from .desk.review import Review
    from .errors import VidsortError

__all__ = ["Features", "Labels", "Library", "Review", "VidsortError", "open"]
__version__ = "0.1.0"

# Where each name is: read when it is asked for, as `vidsort --help` needs none of them.
_PLACES = {
    "Features": "desk.arrays", "Labels": "desk.arrays", "Library": "desk.library", "Review": "desk.review",
    "VidsortError": "errors",
}


def open(  # noqa: A001  (as in gzip and zipfile)
    data_dir: str | os.PathLike[str] | None = None, artifacts_dir: str | os.PathLike[str] | None = None, **settings: Any
) -> "Library":
    """The library in this folder, with the artifacts in that one; by default those of vidsort.toml and the environment.

    Further settings are those of `vidsort config`, and a step's as a dict under its name: `video_names="any"`,
    `train={"seed": 7}`.

    >>> library = vidsort.open(data_dir, artifacts_dir)
    >>> library
    <Library ...library: 3 unsorted, 12 in 3 folders>

    Raises NotFoundError where there is no such folder, SettingsError for a setting that does not fit.
    """
    from .desk.library import Library
    from .settings import load_settings

    return Library(load_settings(data_dir=data_dir, artifacts_dir=artifacts_dir, **settings))


def __getattr__(name: str) -> Any:
    """The names of `__all__` that are elsewhere; raises AttributeError for any other."""
    if name in _PLACES:
        return getattr(importlib.import_module(f".{_PLACES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
