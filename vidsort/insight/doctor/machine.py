"""The machine: Python, packages, the network of the encoder, what plays and cuts videos, who is let in, room."""

import hashlib
import importlib
import os
import sys
from importlib import metadata, resources

from ... import __version__
from ...steps import size_text
from .check import Check, Patient, of_error

PACKAGES = ("av", "fastapi", "gradio", "moviepy", "numpy", "onnxruntime", "pandas", "scikit-learn", "skops", "uvicorn")
IMPORT_NAMES = {"scikit-learn": "sklearn"}
WEIGHTS_SHA256 = "ee78460861c34a40f5e958e366ae61f2174d53dbbf34597f088cb87079922f77"
# The strongest features of pixels that rise evenly from -1 to 1, as this file gives them; in float32 it is one step of
# rounding more or less, and where bytes are multiplied wrongly they are far from it.
STRONGEST_OF_A_RAMP = {113: 4.42, 930: 3.64, 897: 3.53, 455: 3.14, 1277: 2.86, 176: 2.54}
ROUNDING = 0.15
LEAST_FREE_BYTES = 1_000_000_000
INSTALL_AGAIN = "Install vidsort again."
NO_DEVICES = "set hardware_decoding to off and encoder_device to cpu"


def python() -> Check:
    """Which vidsort, on what."""
    version = ".".join(map(str, sys.version_info[:3]))
    return Check("python", "ok", f"vidsort {__version__} on Python {version}, {os.cpu_count()} cores")


def packages() -> Check:
    """Those that nothing works without can be imported."""
    versions, broken = [], []
    for package in PACKAGES:
        try:
            importlib.import_module(IMPORT_NAMES.get(package, package))
            versions.append(f"{package} {metadata.version(package)}")
        except (ImportError, OSError) as error:
            broken.append(f"{package} ({error})")
    if broken:
        return Check("packages", "failed", f"cannot be imported: {', '.join(broken)}", INSTALL_AGAIN)
    return Check("packages", "ok", ", ".join(versions))


def encoder() -> Check:
    """The network's file is whole, and the network gives the numbers that it should on this processor."""
    import numpy as np

    from ...features.encoders.image import NAME, SIDE, ImageEncoder

    weights = resources.files("vidsort.features.encoders") / "weights" / f"{NAME}.onnx"
    if not weights.is_file():
        return Check("encoder", "failed", f"{weights} is not there", INSTALL_AGAIN)
    if hashlib.sha256(weights.read_bytes()).hexdigest() != WEIGHTS_SHA256:
        return Check("encoder", "failed", f"{weights} is damaged", INSTALL_AGAIN)
    try:
        ramp = np.linspace(-1, 1, 3 * SIDE * SIDE, dtype=np.float32).reshape(1, 3, SIDE, SIDE)
        features = ImageEncoder().features(ramp)[0]
    except ImportError as error:
        return Check("encoder", "failed", f"onnxruntime cannot be imported ({error})", "Install onnxruntime again.")
    if not np.allclose(features[list(STRONGEST_OF_A_RAMP)], list(STRONGEST_OF_A_RAMP.values()), atol=ROUNDING):
        found = "the network gives wrong features on this machine"
        return Check("encoder", "failed", found, "Install onnxruntime again.")
    return Check("encoder", "ok", f"{NAME}, {len(features)} features, file unchanged")


def extras(patient: Patient) -> Check:
    """The kinds that are looked for, and that what they need is on this machine."""
    from ...features.modalities import ExtractConfig

    chosen = patient.settings.config("extract_features", ExtractConfig).chosen.values()
    for modality in chosen:
        modality.config.require()
    return Check("extras", "ok", f"{', '.join(modality.kind for modality in chosen)} can be looked for")


def ffmpeg() -> Check:
    """What makes copies of videos that browsers cannot play."""
    import imageio_ffmpeg

    try:
        version = imageio_ffmpeg.get_ffmpeg_version()
    except RuntimeError as error:
        found = f"{error}: videos that the browser cannot play get no copy, and there is no demo"
        return Check("ffmpeg", "warning", found, "Install imageio-ffmpeg again, which brings one.")
    return Check("ffmpeg", "ok", f"{version} makes playable copies")


def devices(patient: Patient) -> Check:
    """What decodes, and what calculates the networks, beside the processor where that is set."""
    from ...features.encoders.device import encoding_on
    from ...features.encoders.image import ImageEncoder
    from ...media.hardware import Hardware

    settings, told = patient.settings, list[str]()
    hardware = Hardware.opened(settings.hardware_decoding, told.append)
    with encoding_on(settings.encoder_device, told.append):
        used = ImageEncoder().device
    if told:
        return Check("devices", "warning", " ".join(told), f"Do as it says, or {NO_DEVICES}.")
    decodes = "the processor" if hardware is None else f"{hardware.device}, where its frames are the same,"
    return Check("devices", "ok", f"{decodes} decodes, {used} calculates the networks of pictures")


def host(patient: Patient) -> Check:
    """Who is let in."""
    from ...accounts import has_accounts

    settings = patient.settings
    settings.require_safe_host(has_accounts=has_accounts())
    seen = "this machine only" if settings.is_loopback else "other machines, by a name or the password"
    return Check("host", "ok", f"{settings.host} can be reached from {seen}")


def free_disk(patient: Patient) -> list[Check]:
    """Room beside the artifacts, and beside the library where that is on another disk."""
    places = {"the artifacts": patient.settings.artifacts_dir, "the library": patient.settings.data_dir}
    found: list[Check] = []
    devices: set[int] = set()
    for what, place in places.items():
        try:
            device, room = place.stat().st_dev, patient.room(place)
        except OSError as error:
            if what == "the artifacts":
                found.append(of_error("free disk", error, "See that its disk is there."))
            continue
        if device in devices:
            continue
        devices.add(device)
        text = f"{size_text(room)} beside {what}"
        if room >= LEAST_FREE_BYTES:
            found.append(Check("free disk", "ok", text))
        else:
            found.append(Check("free disk", "warning", text, f"Free some room on the disk of {place}."))
    return found

