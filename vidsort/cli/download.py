"""download: what a kind of evidence needs, from the network, because a person asks for it."""

import argparse

from ..jobs.program import add_settings_flags, settings_from_flags
from .output import say, show_answer


def download(parser: argparse.ArgumentParser) -> None:
    """`vidsort download KIND`."""
    from ..features.modalities import KINDS

    parser.add_argument("kind", choices=KINDS, help="the kind of evidence, as `modalities` names it")
    add_settings_flags(parser)
    parser.set_defaults(run=_download)


def _download(flags: argparse.Namespace) -> None:
    from ..api.contract import DownloadAnswer
    from ..extract_features import STEP
    from ..features.modalities import ExtractConfig, modality_of

    config = modality_of(flags.kind, settings_from_flags(flags).config(STEP, ExtractConfig)).config
    place = config.download()
    config.require()
    show_answer(DownloadAnswer(kind=flags.kind, place=None if place is None else str(place)))
    say(f"{flags.kind} needs nothing that is not here." if place is None else f"It is in {place}.")
