"""Whether a worker would see videos as this machine does: what decides that, on both, and how they differ."""

import functools
import hashlib
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from ... import __version__
from ...errors import VidsortError
from ...media.content import content_hash
from ..modalities import from_json

# The rooms whose code and weights decide what is found in a video.
DECIDING = ("features", "media")
WEIGHTS = (".onnx", ".mp4")


class Made(NamedTuple):
    """What a machine looks at videos with: the version of vidsort, and hashes of its sources and of its weights."""

    version: str
    sources: str
    weights: dict[str, str]


@functools.cache
def made() -> Made:
    """What this machine looks at videos with."""
    root = Path(str(files("vidsort")))
    found = [path for room in DECIDING for path in sorted((root / room).rglob("*")) if path.is_file()]
    sources = hashlib.blake2b(digest_size=8)
    for path in found:
        if path.suffix == ".py":
            # A checkout on Windows may have other line ends.
            text = path.read_bytes().replace(b"\r\n", b"\n")
            sources.update(path.relative_to(root).as_posix().encode() + b"\0" + text)
    return Made(__version__, sources.hexdigest(), {
        path.name: content_hash(path).hex() for path in found if path.suffix in WEIGHTS
    })


def difference(expected: Made, modalities: str) -> str | None:
    """How this machine differs from what is expected, as the end of a sentence that begins with its name.

    `modalities` as `to_json` wrote them. None: what it finds in a video is what would be found there.
    """
    here = made()
    if here.version != expected.version:
        return f"has vidsort {here.version} instead of {expected.version}: install that version there"
    weights = [name for name in sorted(here.weights.keys() | expected.weights.keys())
               if here.weights.get(name) != expected.weights.get(name)]
    if weights:
        return f"has other weights ({', '.join(weights)}): install vidsort {expected.version} there anew"
    if here.sources != expected.sources:
        return f"has vidsort {here.version} from other sources: install the same revision there"
    return _of_kinds(modalities)


def _of_kinds(modalities: str) -> str | None:
    try:
        found = from_json(modalities)
    except (KeyError, ValueError, ValidationError) as error:
        return f"does not know what is to be looked for ({error}): install the same revision there"
    for modality_id, modality in found.items():
        try:
            modality.config.require()
        except (VidsortError, OSError) as error:
            return f"cannot look for {modality.kind}: {error}".rstrip(".")
        if modality.id != modality_id:
            return (
                f"has another model for {modality.kind} in {modality.config.model_dir}: copy the folder there from "
                "this machine"
            )
    return None
