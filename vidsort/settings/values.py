"""The settings: what each is for, its default, and where its value came from."""

import ipaddress
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, PrivateAttr, SecretStr

from ..errors import SettingsError
from ..records import EncoderDevice, HardwareDecoding, VideoNames
from ..steps import C, make_config
from .webhooks import Webhook

PREFIX = "VIDSORT_"
# Tables of the file alone: a secret has no place in a flag, and a list of tables none in a variable.
WEBHOOKS = "webhooks"
# Handed on to no child process: each is read from the file or the environment by who needs it.
SECRETS = ("password", WEBHOOKS)
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


class Origin(NamedTuple):
    """Where a value comes from; `name` is that of the file, the variable or the flag."""

    kind: Literal["default", "file", "environment", "flag", "program"]
    name: str


DEFAULT = Origin("default", "default")
# Settings that were not loaded but made, by a program that uses this package.
PROGRAM = Origin("program", "program")


class Settings(BaseModel):
    """All settings; paths are absolute. Defaults and meanings are those of the documented API.

    `steps` has what was set of each step's config; `config` makes the config of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Field(Path("data/Favorites/videos"), description="the library: the folder that holds the videos")
    artifacts_dir: Path = Field(Path("artifacts"), description="where features, models and predictions are kept")
    host: str = Field("127.0.0.1", min_length=1, description="the address that the server listens on")
    port: int = Field(8000, ge=0, le=65535, description="the port that the server listens on")
    password: SecretStr | None = Field(None, min_length=1, description="when set, every path asks for it")
    allowed_hosts: tuple[str, ...] = Field((), description="further values of the Host header that are answered")
    trusted_proxies: tuple[IPvAnyNetwork, ...] = Field(
        (), description="addresses or networks of reverse proxies whose X-Forwarded-* headers count"
    )
    video_names: VideoNames = Field(
        "digits", description="which files are videos: digits and .mp4, or any with a video's ending"
    )
    not_learned: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        (), description="folders that are sorted into and undone like any, but never learned from or suggested"
    )
    step_timeout_s: float = Field(
        900, gt=0, allow_inf_nan=False, description="seconds that one retrain step may take"
    )
    cluster: str | None = Field(
        None, pattern=r"^(tcp|tls|wss?)://.+", examples=["tcp://192.168.1.10:8786"],
        description="the Dask scheduler whose workers extract features",
    )
    cluster_library: str | None = Field(
        None, pattern=r"^(/|[A-Za-z][A-Za-z0-9+.-]*:)", examples=["s3://bucket/videos"],
        description="where these workers find the library: a folder or an address; by default at data_dir",
    )
    hardware_decoding: HardwareDecoding = Field(
        "off", description="the video hardware that decodes where its frames are the processor's: auto, or its name"
    )
    encoder_device: EncoderDevice = Field(
        "cpu", description="what calculates the networks of pictures: cpu, auto, cuda or coreml"
    )
    live_learning: bool = Field(True, description="learn from each decision at once, beside the server")
    blind_share: float = Field(
        0.05, ge=0, le=1, description="the share of cards that show no guess, to see how good guesses are; 0: none"
    )
    watch: bool = Field(True, description="whether new videos are looked at while the server runs")
    log_json: bool = Field(False, description="let the server log a JSON object a line")
    webhooks: tuple[Webhook, ...] = Field((), description="addresses that are told of events")
    steps: dict[str, dict[str, Any]] = Field({}, description="what is set of each step")

    _origins: dict[str, Origin] | None = PrivateAttr(None)

    def __eq__(self, other: object) -> bool:
        """Whether all values are the same, wherever they come from."""
        return isinstance(other, Settings) and dict(self) == dict(other)

    __hash__ = None  # type: ignore[assignment]

    @property
    def is_loopback(self) -> bool:
        """Whether the server is reachable from this machine only."""
        if self.host in LOOPBACK_NAMES:
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def require_safe_host(self, *, has_accounts: bool) -> None:
        """Raise SettingsError where the server would listen to other machines, and asks nobody who it is."""
        if not self.is_loopback and self.password is None and not has_accounts:
            raise SettingsError(
                f"The host {self.host} lets other machines in, and there is neither an account nor a password: "
                f"`vidsort users add`, or set {PREFIX}PASSWORD, or leave host at 127.0.0.1."
            )

    @property
    def trusted_types(self) -> tuple[str, ...]:
        """The types that heads of models may hold beside those that are trusted anyway, as [train] has them."""
        return tuple(self.steps.get("train", {}).get("trusted_types", ()))

    def config(self, step: str, config_type: type[C], given: Mapping[str, Any] | None = None) -> C:
        """The config of a step: what is set of it, and over that what is given for one run (None: as it is set)."""
        over = {name: value for name, value in (given or {}).items() if value is not None}
        return make_config(config_type, self.steps.get(step, {}) | over)

    def origin(self, name: str) -> Origin:
        """Where the value of a setting comes from; those of steps are named like `train.seed`."""
        return PROGRAM if self._origins is None else self._origins.get(name, DEFAULT)

    def loaded_anew(self) -> "Settings":
        """The same flags over the file and the environment as they are now; raises SettingsError."""
        from .loading import load_settings

        return load_settings(**({} if self._origins is None else self.flags()))

    def flags(self) -> dict[str, Any]:
        """What was given over file and environment, as `load_settings` takes it; of what a program made, all."""
        if self._origins is None:
            return {**dict(self), "steps": None} | self.steps
        given: dict[str, Any] = {}
        for name, origin in self._origins.items():
            if origin.kind == "flag":
                step, _, field = name.rpartition(".")
                into = given.setdefault(step, {}) if step else given
                into[field] = self.steps[step][field] if step else getattr(self, field)
        return given

    def as_flags(self) -> list[str]:
        """The flags that make a command work on the same library and artifacts."""
        not_learned = ["--not-learned", *self.not_learned] if self.not_learned else []
        return [
            "--data-dir", str(self.data_dir), "--artifacts-dir", str(self.artifacts_dir),
            "--video-names", self.video_names, *not_learned,
        ]

    def as_json(self) -> str:
        """All that a child process is to work with, without SECRETS."""
        return json.dumps(self.model_dump(mode="json", exclude=set(SECRETS)))


# What stands above the tables of vidsort.toml.
PLAIN = {name: field for name, field in Settings.model_fields.items() if name not in ("steps", WEBHOOKS)}
