"""One video to its features, and the child process that does so for one video after the other.

`python -m vidsort.features.extraction ARTIFACTS_DIR MODALITIES [DECODING ENCODING]` reads requests, one JSON
line each, and answers each with one line; see `workers.py` for the other end. A file that crashes or stalls a
decoder ends this process, never the run.
"""

import base64
import faulthandler
import gc
import json
import logging
import os
import signal
import sys
import time
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

import numpy as np

from ..errors import VideoDecodeError
from ..records import EncoderDevice, HardwareDecoding
from .contents import is_gone, unreadable_reason
from .encoders.device import encoding_on
from .encoders.evidence import Encoder, Evidence
from .modalities import Modality, from_json

if TYPE_CHECKING:
    from ..media import Frames
    from ..media.hardware import Hardware
    from ..media.reading.facts import MediaFacts

log = logging.getLogger(__name__)

TIME_LIMIT_S = 20.0
# A decoder that hangs inside one call does not see its own deadline; then the process ends itself.
VIDEO_LIMIT_S = TIME_LIMIT_S + 10


def video_limit_s(modalities: Mapping[str, Modality]) -> float:
    """Seconds that all of this may take of one video before its process is ended: who reads takes longer."""
    return VIDEO_LIMIT_S + sum(modality.config.patience_s for modality in modalities.values())


class Devices(NamedTuple):
    """What decodes and encodes beside the processor, as the settings name it; by default nothing does."""

    decoding: HardwareDecoding = "off"
    encoding: EncoderDevice = "cpu"


BY_PROCESSOR = Devices()


class Looked(NamedTuple):
    """What a look at a video gave: by modality the evidence, or why it cannot be had; its facts; its frames.

    lasting: whether the errors are the content's own, and so will be the same next time. by_hardware: what decoded it.
    Times in seconds.
    """

    found: dict[str, Evidence | VideoDecodeError]
    facts: "MediaFacts"
    frames: "Frames | None"
    lasting: bool
    decode_s: float
    encode_s: float
    by_hardware: bool


def look(
    path: Path, encoders: Mapping[str, Encoder], time_limit_s: float = TIME_LIMIT_S, hardware: "Hardware | None" = None
) -> Looked:
    """Look for several modalities at once, by one opening of the file; raises OSError."""
    from ..media import Frames
    from ..media.reading.once import read_once

    started = time.perf_counter()
    wanted = [encoder.wanted for encoder in encoders.values()]
    reading = read_once(path, wanted, time_limit_s=time_limit_s, hardware=hardware)
    decoded = time.perf_counter()
    found: dict[str, Evidence | VideoDecodeError] = {}
    for modality, encoder in encoders.items():
        given = reading.of(encoder.wanted)
        try:
            found[modality] = given if isinstance(given, VideoDecodeError) else encoder.encode(given)
        except VideoDecodeError as error:
            found[modality] = error
    frames = next((given for given in reading.given.values() if isinstance(given, Frames)), None)
    encoded = time.perf_counter()
    lasting = decoded - started < time_limit_s
    took_s = (decoded - started, encoded - decoded)
    return Looked(found, reading.facts, frames, lasting, *took_s, reading.by_hardware)


def answer(
    request: Mapping[str, Any], artifacts_dir: Path, encoders: Mapping[str, Encoder],
    hardware: "Hardware | None" = None,
) -> dict[str, Any]:
    """The answer to one request: plain JSON values, see `workers.Request` and `workers.Answer`."""
    path = Path(request["path"])
    answered: dict[str, Any] = {"found": {}, "facts": None, "frames": 0, "decode_s": 0.0, "encode_s": 0.0}
    frames = None
    try:
        facts = path.stat()
        if [facts.st_size, facts.st_mtime_ns] != request["stamp"]:
            # Another file has come to its name: what is found in it would be kept as that of the first.
            return {"gone": True}
        if request.get("by_processor"):
            hardware = None
        looked = look(path, {modality: encoders[modality] for modality in request["wanted"]}, hardware=hardware)
        frames = looked.frames
        answered |= {"decode_s": looked.decode_s, "encode_s": looked.encode_s, "by_hardware": looked.by_hardware}
        answered["facts"] = looked.facts.model_dump(mode="json")
        answered["found"] = {name: _as_json(found, looked.lasting) for name, found in looked.found.items()}
    except OSError as error:
        if is_gone(error):
            return {"gone": True}
        reason = unreadable_reason(error)
        answered["found"] = {modality: {"error": reason, "retry": True} for modality in request["wanted"]}
    drawn = time.perf_counter()
    if frames is not None:
        answered["frames"] = len(frames.images)
        _keep_poster(artifacts_dir, bytes.fromhex(request["content"]), frames)
    return answered | {"poster_s": time.perf_counter() - drawn}


def _as_json(found: Evidence | VideoDecodeError, lasting: bool) -> dict[str, Any]:
    if isinstance(found, VideoDecodeError):
        # Only what the bytes themselves are to blame for will be the same next time.
        return {"error": str(found), "retry": isinstance(found.__cause__, OSError) or not lasting}
    return {
        "vector": None if found.vector is None else _packed(found.vector.astype("<f2")),
        "signatures": None if found.signatures is None else _packed(found.signatures.astype("<u8")),
        "document": found.document,
    }


def _keep_poster(artifacts_dir: Path, content: bytes, frames: "Frames") -> None:
    """Keep what every page needs while the frames are at hand; a strip would double the cost and is rarely seen."""
    from ..media.pictures import keep_pictures

    try:
        keep_pictures(artifacts_dir, content, frames, ("poster",))
    except (OSError, ValueError, MemoryError) as error:
        # No room, or a shape that WebP does not take: no reason to lose the features.
        log.warning("A poster could not be kept: %s", str(error) or "there is no memory for it")


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(values.tobytes()).decode("ascii")


def serve(
    requests: TextIO, answers: TextIO, artifacts_dir: Path, modalities: Mapping[str, Modality],
    devices: Devices = BY_PROCESSOR,
) -> None:
    """Answer requests until there are no more; what there is to say of the devices goes along with an answer."""
    from ..media.hardware import Hardware
    from ..media.reading.source import load_decoder

    load_decoder()
    told: list[str] = []
    hardware = Hardware.opened(devices.decoding, told.append)
    with encoding_on(devices.encoding, told.append):
        encoders = {modality_id: modality.load() for modality_id, modality in modalities.items()}
    limit_s = video_limit_s(modalities)
    gc.freeze()
    print("{}", file=answers, flush=True)
    for number, line in enumerate(requests):
        faulthandler.dump_traceback_later(limit_s, exit=True)
        answered = answer(json.loads(line), artifacts_dir, encoders, hardware)
        faulthandler.cancel_dump_traceback_later()
        if told:
            answered["told"] = told.copy()
            told.clear()
        print(json.dumps(answered), file=answers, flush=True)
        # PyAV's containers and streams refer to one another: left to itself, Python keeps those of many
        # videos, with their buffers (1080x1920: 580 MB against 190). Frozen, the rest costs no time here: the first
        # video has imported more, which would cost 5 ms at each.
        gc.collect()
        if number == 0:
            gc.freeze()


def main(arguments: list[str]) -> None:
    """Serve stdin and stdout; whatever else prints goes to stderr, and Ctrl+C is for the parent to answer."""
    from ..media.limited import go_first

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Its memory is not limited as that of a server's children is: networks that others choose may need any amount.
    go_first()
    with os.fdopen(os.dup(1), "w", encoding="ascii") as answers:
        os.dup2(2, 1)
        devices = Devices(*typing.cast("tuple[HardwareDecoding, EncoderDevice]", arguments[2:]))
        serve(sys.stdin, answers, Path(arguments[0]), from_json(arguments[1]), devices)


if __name__ == "__main__":
    main(sys.argv[1:])
