"""`python app.py` serves the review page and the API; so do `uvicorn app:app --reload` and `--workers 2`."""

import sys
from typing import Any

from vidsort.server.web import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> Any:
    """`app`, made when a server asks for it: importing this module does nothing."""
    if name != "app":
        raise AttributeError(name)
    globals()["app"] = made = create_app()
    return made


if __name__ == "__main__":
    from vidsort.cli import main

    sys.exit(main(["serve", *sys.argv[1:]]))
