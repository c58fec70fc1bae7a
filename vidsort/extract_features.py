"""Step 1: videos to features, only what is new."""

import base64
import contextlib
import sys
import time
from collections.abc import Sequence

import numpy as np

from . import library
from .artifacts.files import as_json, write_whole
from .features.extraction import ExtractConfig
from .features.stored import Contents, contents_of
from .features.workers import Answer, Request, answers, cores
from .jobs.program import step_main
from .records import Failure, Progress, Report, Video
from .settings import Settings
from .steps import ProgressCallback, ignore_progress
from .store import open_database
from .store.features import SIGNATURE_TYPE, VECTOR_TYPE, FeatureRow, FeatureStore

__all__ = ["ExtractConfig", "run"]

STEP = "extract_features"


def run(
    settings: Settings, config: ExtractConfig | None = None, *, progress: ProgressCallback = ignore_progress
) -> Report:
    """Extract and store the features of every video in the library whose content has none yet.

    A video that cannot be read or decoded is in the report with its reason and stops nothing. What
    was extracted before an interruption is kept. Raises NotFoundError without a library.
    """
    config = config or ExtractConfig()
    started = time.monotonic()
    videos = library.videos(settings.data_dir)
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        store = FeatureStore(database)
        contents = contents_of(store, videos, tell=lambda done: progress(_looking(done, len(videos))))
        missing = store.missing(config.config_id, contents.hashes.values())
        work = _extract(settings, config, store, _one_video_each(missing, contents), progress)
        errors = store.errors(config.config_id, contents.hashes.values())
    write_whole(
        settings.artifacts_dir / "features" / "current.json",
        as_json({"feature_set": config.config_id, "config": config}),
    )
    failed = contents.failed + [
        Failure(filename=video.filename, folder=video.folder, reason=errors[content])
        for video, content in contents.hashes.items()
        if content in errors
    ]
    return Report(
        step=STEP,
        done=int(work["encoder_calls"]),
        skipped=len(contents.hashes) - len(missing),
        failed=tuple(failed),
        took_s=time.monotonic() - started,
        outputs={"feature_set": config.config_id} | work,
    )


def _looking(done: int, total: int) -> Progress:
    return Progress(step=STEP, done=done, total=total, message="looking for new videos")


def _one_video_each(missing: Sequence[bytes], contents: Contents) -> dict[bytes, Video]:
    """One of the videos with each of these contents: copies are encoded once."""
    video_of = {content: video for video, content in contents.hashes.items()}
    return {content: video_of[content] for content in missing}


def _extract(
    settings: Settings,
    config: ExtractConfig,
    store: FeatureStore,
    missing: dict[bytes, Video],
    progress: ProgressCallback,
) -> dict[str, float]:
    """Extract these contents and store each as it comes; returns encoder calls, rate, shares of time."""
    if not missing:
        progress(Progress(step=STEP, done=0, total=0, message="nothing new"))
        return {"encoder_calls": 0}
    requests = ({"path": str(video.path), "content": content.hex()} for content, video in missing.items())
    started, done, encoded = time.monotonic(), 0, 0
    spent = dict.fromkeys(("decode_s", "encode_s", "poster_s", "frames"), 0.0)
    progress(Progress(step=STEP, done=0, total=len(missing), message="starting the encoder"))
    with contextlib.closing(answers(requests, settings.artifacts_dir, config, min(cores(), len(missing)))) as batches:
        for batch in batches:
            store.put(config.config_id, [_row(request, answer) for request, answer in batch])
            done += len(batch)
            encoded += sum("vector" in answer for _, answer in batch)
            for name in spent:
                spent[name] += sum(float(answer.get(name, 0)) for _, answer in batch)
            rate = done / (time.monotonic() - started)
            progress(
                Progress(
                    step=STEP,
                    done=done,
                    total=len(missing),
                    rate_per_s=rate,
                    left_s=(len(missing) - done) / rate,
                    message="encoding new videos",
                )
            )
    busy_s = spent["decode_s"] + spent["encode_s"] + spent["poster_s"] or 1.0
    return {
        "encoder_calls": encoded,
        "videos_per_s": rate,
        "frames_per_video": spent["frames"] / max(1, encoded),
        "decode_share": spent["decode_s"] / busy_s,
        "encode_share": spent["encode_s"] / busy_s,
        "poster_share": spent["poster_s"] / busy_s,
    }


def _row(request: Request, answer: Answer) -> FeatureRow:
    content = bytes.fromhex(request["content"])
    if "error" in answer:
        return FeatureRow(content, error=answer["error"], retry=answer["retry"], facts=answer.get("facts"))
    return FeatureRow(
        content,
        vector=np.frombuffer(base64.b64decode(answer["vector"]), VECTOR_TYPE),
        signatures=np.frombuffer(base64.b64decode(answer["signatures"]), SIGNATURE_TYPE),
        facts=answer["facts"],
    )


if __name__ == "__main__":
    sys.exit(step_main(run, ExtractConfig, __doc__))
