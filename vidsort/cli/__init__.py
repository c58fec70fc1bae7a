"""The command line: `program` parses and turns errors into exit codes, the other modules are the commands.

The only code of vidsort that prints. A command's module is imported when the command is called,
so that `vidsort --help` answers at once.
"""

from .program import main

__all__ = ["main"]
