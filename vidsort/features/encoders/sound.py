"""What is heard in a video: statistics of a few seconds of its sound, 166 numbers.

Windows of 32 ms every 20 ms. Of the louder ones (at most 25 dB below the loud): 40 log-mel bands
(mean less the overall level, deviation), cepstral coefficients (mean, deviation, deviation of their
change), the shape of the spectrum, pitch and how much of it is voiced. Of all: loudness, the share of
silence, and how fast the sound comes and goes (speech does so 3 to 8 times a second, music in beats).
"""

import functools
import itertools
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from .evidence import Evidence, EvidenceConfig

if TYPE_CHECKING:
    from ...media.reading.sound import Sound

RATE = 16_000
WINDOW, HOP = 512, 320
BANDS, CEPSTRA = 40, 20
LOWEST_HZ = 60.0
# A band of the loud windows is as loud as the rest within this.
LOUD_DB = 25.0
# Below this, of full scale, is what a coder leaves of digital silence: nothing that was recorded is so quiet.
SILENT = 1e-4
# The pitch of voices.
PITCH_HZ = (70, 400)
# As much of a window's energy must come again after a period for it to count as voiced.
VOICED = 0.35
# Where the rates at which sound comes and goes are parted, in Hz.
RATES_HZ = (0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 20)
# Every second window is enough for the pitch, which is what takes longest.
PITCH_EVERY = 2


class SoundConfig(EvidenceConfig):
    """What decides the features of sound."""

    revision: ClassVar[int] = 1
    usual_s: ClassVar[float] = 0.01

    sound_seconds: float = Field(6, gt=0, le=30, description="seconds of sound that are heard, in three places")


class SoundEncoder:
    """Describes what is heard."""

    def __init__(self, config: SoundConfig) -> None:
        from ...media.reading.sound import SoundWanted

        self.wanted = SoundWanted(config.sound_seconds, RATE)

    def encode(self, given: "Sound | None") -> Evidence:
        """Float32 [166]; nothing without a sound track, or where it is silent: a muted clip says nothing of it."""
        pieces = [piece for piece in given.pieces if len(piece) >= WINDOW] if given is not None else []
        if not any(float(np.abs(piece).max()) > SILENT for piece in pieces):
            return Evidence(None)
        return Evidence(describe(pieces))


def describe(pieces: list[np.ndarray]) -> np.ndarray:
    """The statistics of pieces of sound, each float32 [n] of at least a window: float32 [166]."""
    from scipy import fft

    windows = [_windows(piece) for piece in pieces]
    samples = np.concatenate(windows) * _taper()
    begins = np.cumsum([0, *(len(one) for one in windows)])[:-1]
    power = _power(samples)
    level_db = 10 * np.log10(power.mean(axis=1) + 1e-10)
    loud = level_db >= np.percentile(level_db, 95) - LOUD_DB
    bands = _log_bands(power)
    cepstra = fft.dct(bands, axis=1, norm="ortho")[:, 1:CEPSTRA]
    # Pieces do not follow one another: what changes between them says nothing.
    follows = np.ones(len(samples), bool)
    follows[begins] = False
    change = np.diff(cepstra, axis=0, prepend=cepstra[:1])[loud & follows]
    described = [
        bands[loud].mean(axis=0) - bands[loud].mean(), bands[loud].std(axis=0),
        cepstra[loud].mean(axis=0), cepstra[loud].std(axis=0), _spread(change),
        _spectrum(power[loud], samples[loud]), _pitch(samples[loud][::PITCH_EVERY]),
        _loudness(level_db, loud),
        _rates(bands, follows),
    ]
    return np.concatenate(described).astype(np.float32)


def log_mel_db(piece: np.ndarray) -> np.ndarray:
    """A piece of sound, float32 [n], of at least a window, as it is described: decibels, float32 [windows, 40]."""
    return _log_bands(_power(_windows(piece) * _taper())) * np.float32(10 / np.log(10))


def band_of(hz: np.ndarray) -> np.ndarray:
    """Which of the 40 bands these frequencies lie in, with fractions; clipped to the first and the last."""
    return np.interp(hz, _band_edges_hz()[1:-1], np.arange(BANDS))


def _windows(piece: np.ndarray) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(piece, WINDOW)[::HOP]


def _power(samples: np.ndarray) -> np.ndarray:
    from scipy import fft

    return np.abs(fft.rfft(samples, axis=1)) ** 2 / WINDOW


def _log_bands(power: np.ndarray) -> np.ndarray:
    return np.log(power @ _mel_bands().T + 1e-9)


def _loudness(level_db: np.ndarray, loud: np.ndarray) -> list[float]:
    """Tens of decibels: of the loud windows, how much it varies, 10, 50 and 90 %; and the share of the quiet ones."""
    tens = level_db / 10
    return [tens[loud].mean(), tens.std(), *np.percentile(tens, (10, 50, 90)), 1 - loud.mean()]


def _spread(values: np.ndarray) -> np.ndarray:
    return values.std(axis=0) if len(values) else np.zeros(values.shape[1])


def _spectrum(power: np.ndarray, samples: np.ndarray) -> list[float]:
    """Means and deviations of the middle and the upper end of the spectrum, its flatness, and changes of sign."""
    shares = (power + 1e-12) / (power + 1e-12).sum(axis=1, keepdims=True)
    measures = (
        shares @ np.linspace(0, RATE / 2000, power.shape[1], dtype=np.float32),
        (np.cumsum(shares, axis=1) < 0.85).mean(axis=1),
        np.log(shares).mean(axis=1) - np.log(shares.mean(axis=1)),
        np.diff(np.signbit(samples), axis=1).mean(axis=1),
    )
    return [float(value) for one in measures for value in (one.mean(), one.std())]


def _pitch(samples: np.ndarray) -> list[float]:
    """How much is voiced, how strongly, and its pitch in octaves above 100 Hz: median, deviation, 10 and 90 %."""
    from scipy import fft

    spectrum = np.abs(fft.rfft(samples, 2 * WINDOW, axis=1)) ** 2
    alike = fft.irfft(spectrum, axis=1)[:, :WINDOW]
    alike = alike / (alike[:, :1] + 1e-9)
    shortest, longest = RATE // PITCH_HZ[1], RATE // PITCH_HZ[0]
    strength, period = alike[:, shortest:longest].max(axis=1), alike[:, shortest:longest].argmax(axis=1) + shortest
    voiced = strength > VOICED
    octaves = np.log2(RATE / period[voiced] / 100) if voiced.any() else np.zeros(1)
    return [voiced.mean(), strength.mean(), np.median(octaves), octaves.std(), *np.percentile(octaves, (10, 90))]


def _rates(bands: np.ndarray, follows: np.ndarray) -> list[float]:
    """The shares of how often a second sound sets in, by `RATES_HZ`."""
    from scipy import fft

    onset = np.maximum(0, np.diff(bands, axis=0, prepend=bands[:1])).mean(axis=1)
    onset[~follows] = 0
    length = max(1024, len(onset))
    energy = np.abs(fft.rfft(onset - onset.mean(), length)) ** 2
    rates = fft.rfftfreq(length, HOP / RATE)
    shares = energy / (energy.sum() + 1e-9)
    return [
        float(np.sqrt(shares[(rates >= low) & (rates < high)].sum()))
        for low, high in itertools.pairwise(RATES_HZ)
    ]


@functools.cache
def _taper() -> np.ndarray:
    """A Hann window: float32 [512]."""
    return np.hanning(WINDOW + 1)[:-1].astype(np.float32)


@functools.cache
def _mel_bands() -> np.ndarray:
    """Triangles that are evenly wide on the mel scale (2595 log10(1 + f / 700 Hz)): float32 [40, 257]."""
    edges = _band_edges_hz()
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    hz = np.fft.rfftfreq(WINDOW, 1 / RATE)
    return np.maximum(0, np.minimum((hz - low) / (middle - low), (high - hz) / (high - middle))).astype(np.float32)


def _band_edges_hz() -> np.ndarray:
    lowest, highest = (2595 * np.log10(1 + hz / 700) for hz in (LOWEST_HZ, RATE / 2))
    return 700 * (10 ** (np.linspace(lowest, highest, BANDS + 2) / 2595) - 1)
