"""One video to its features, and the child process that does so for one video after the other.

`python -m vidsort.features.extraction ARTIFACTS_DIR CONFIG` reads requests, one JSON line each, and answers
each with one line; see `workers.py` for the other end. A file that crashes or stalls a decoder ends
this process, never the run.
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
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO, get_args

import numpy as np
from pydantic import Field

from ..errors import VideoDecodeError
from ..steps import StepConfig
from .encoders.image import CropName, Pooling, crops_in_turn, pool
from .encoders.signature import signatures
from .stored import unreadable_reason

if TYPE_CHECKING:
    from ..media import Frames
    from .encoders.image import ImageEncoder

log = logging.getLogger(__name__)

TIME_LIMIT_S = 20.0
# A decoder that hangs inside one call does not see its own deadline; then the process ends itself.
VIDEO_LIMIT_S = TIME_LIMIT_S + 10


EncoderName = Literal["efficientnet_lite0"]
# All that there are, for those who compare them. A further one has its name above and its place in `load_encoder`.
ENCODERS: tuple[EncoderName, ...] = get_args(EncoderName)


class ExtractConfig(StepConfig):
    """What decides the features; every field is part of the feature set's id."""

    encoder: EncoderName = Field("efficientnet_lite0", description="the network that sees the frames")
    frames: int = Field(4, ge=1, le=64, description="frames sampled from each video")
    crops: tuple[CropName, ...] = Field(
        ("first", "second", "center", "squeezed"), min_length=1, description="the parts of a frame to see, in turn"
    )
    crops_per_frame: int = Field(2, ge=1, le=4, description="how many parts of each frame are seen")
    pooling: Pooling = Field("mean", description="how the features of frames and crops become one vector")


@dataclass(frozen=True)
class Extracted:
    """Features of one video. vector: float32 [d], L2-normalised; signatures: uint64 [6]; times in seconds."""

    vector: np.ndarray
    signatures: np.ndarray
    frames: "Frames"
    decode_s: float
    encode_s: float


def load_encoder(name: EncoderName, threads: int = 1) -> "ImageEncoder":
    """The encoder of this name in memory; one call of it may use so many threads."""
    from .encoders.image import ImageEncoder

    return {"efficientnet_lite0": ImageEncoder}[name](threads=threads)


def extract(
    path: Path, config: ExtractConfig, encoder: "ImageEncoder", *, time_limit_s: float = TIME_LIMIT_S
) -> Extracted:
    """Sample, encode and pool one video; raises FileNotFoundError, or VideoDecodeError with the reason."""
    from ..media import sample_frames

    started = time.perf_counter()
    frames = sample_frames(path, config.frames, time_limit_s=time_limit_s)
    decoded = time.perf_counter()
    crops = crops_in_turn(len(frames.images), config.crops, config.crops_per_frame)
    vector = pool(encoder.encode(frames.images, crops), config.pooling)
    encoded = time.perf_counter()
    return Extracted(vector, signatures(frames.images), frames, decoded - started, encoded - decoded)


def answer(
    request: Mapping[str, str], artifacts_dir: Path, config: ExtractConfig, encoder: "ImageEncoder"
) -> dict[str, object]:
    """The answer to one request {"path", "content"}: plain JSON values, see `workers.Answer`."""
    from ..media import probe

    path, started = Path(request["path"]), time.perf_counter()
    facts = None
    try:
        facts = probe(path, time_limit_s=TIME_LIMIT_S).model_dump(mode="json")
        probed = time.perf_counter()
        extracted = extract(path, config, encoder, time_limit_s=TIME_LIMIT_S - (probed - started))
    except VideoDecodeError as error:
        # Only what the bytes themselves are to blame for will be the same next time.
        lasting = not isinstance(error.__cause__, OSError) and time.perf_counter() - started < TIME_LIMIT_S
        return {"error": str(error), "retry": not lasting, "facts": facts}
    except OSError as error:
        return {"error": unreadable_reason(error), "retry": True, "facts": facts}
    drawn = time.perf_counter()
    _keep_poster(artifacts_dir, bytes.fromhex(request["content"]), extracted.frames)
    return {
        "vector": _packed(extracted.vector.astype("<f2")),
        "signatures": _packed(extracted.signatures.astype("<u8")),
        "facts": facts,
        "frames": len(extracted.frames.images),
        "decode_s": probed - started + extracted.decode_s,
        "encode_s": extracted.encode_s,
        "poster_s": time.perf_counter() - drawn,
    }


def _keep_poster(artifacts_dir: Path, content: bytes, frames: "Frames") -> None:
    """Keep what every page needs while the frames are at hand; a strip would double the cost and is rarely seen."""
    from ..media.pictures import keep_pictures

    try:
        keep_pictures(artifacts_dir, content, frames, ("poster",))
    except (OSError, ValueError) as error:
        # No room, or a shape that WebP does not take: no reason to lose the features.
        log.warning("A poster could not be kept: %s", error)


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(values.tobytes()).decode("ascii")


def serve(requests: TextIO, answers: TextIO, artifacts_dir: Path, config: ExtractConfig) -> None:
    """Answer requests until there are no more."""
    encoder = load_encoder(config.encoder)
    gc.freeze()
    print("{}", file=answers, flush=True)
    for line in requests:
        faulthandler.dump_traceback_later(VIDEO_LIMIT_S, exit=True)
        answered = answer(json.loads(line), artifacts_dir, config, encoder)
        faulthandler.cancel_dump_traceback_later()
        print(json.dumps(answered), file=answers, flush=True)
        # PyAV's containers and streams refer to one another: left to itself, Python keeps those of many
        # videos, with their buffers (1080x1920: 580 MB against 190). Frozen, the rest costs no time here.
        gc.collect()


def main(arguments: list[str]) -> None:
    """Serve stdin and stdout; whatever else prints goes to stderr, and Ctrl+C is for the parent to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with os.fdopen(os.dup(1), "w", encoding="ascii") as answers:
        os.dup2(2, 1)
        serve(sys.stdin, answers, Path(arguments[0]), ExtractConfig.model_validate_json(arguments[1]))


if __name__ == "__main__":
    main(sys.argv[1:])
