"""One SQLite file with all that vidsort remembers; all SQL of the project is in this package.

`database` opens it and applies the numbered migrations; each other module holds the questions
about one kind of row: features, journal (moves), jobs, review.
"""

from .database import Database, open_database

__all__ = ["Database", "open_database"]
