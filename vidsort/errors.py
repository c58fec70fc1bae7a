"""The few errors that vidsort raises; each message says what, why and what to do.

The class decides the answer on every surface: the HTTP status of the API and the exit code of
the command line (documented in README.md).
"""


class VidsortError(Exception):
    """Base of every error that a user can cause or cure; its text is one sentence for a person."""

    status = 500
    exit_code = 1


class SettingsError(VidsortError):
    """A setting is misspelt, of the wrong type, or unsafe."""

    status = 500
    exit_code = 2


class InvalidNameError(VidsortError):
    """A filename or folder name that is not allowed or not known."""

    status = 400
    exit_code = 2


class NotFoundError(VidsortError):
    """The video, model or move that was asked for is not there."""

    status = 404
    exit_code = 3


class ForbiddenError(VidsortError):
    """What was asked for is not for the role of the person who asks."""

    status = 403


class ConflictError(VidsortError):
    """The place is taken, or there is nothing to undo; nothing was changed."""

    status = 409
    exit_code = 4


class AwayError(ConflictError):
    """What a move needs cannot be seen now (a disk is away, a folder is closed); nothing was changed, try again."""


class VideoDecodeError(VidsortError):
    """A video of which no frame can be had; the text is the reason that every surface shows."""

    status = 422
    exit_code = 5


class NotEnoughLabelsError(VidsortError):
    """Too few folders or videos to learn from."""

    status = 409
    exit_code = 6


class ArtifactError(VidsortError):
    """A file in the artifacts folder is missing, damaged, or made by something else."""

    status = 500
    exit_code = 7


class StepCancelled(VidsortError):
    """A running step was asked to stop; finished work is kept."""

    status = 409
    exit_code = 130
