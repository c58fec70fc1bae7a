"""A fitted classifier of somebody's own as bytes and back, by skops: no type is made that nobody trusts by its name."""

import json
import zipfile
from collections.abc import Collection
from io import BytesIO
from typing import Any

from ...errors import ArtifactError, SettingsError

# Made from one number they take as much memory as that says, and no classifier holds them.
SPACIOUS = {"bytes_", "void"}
# Arrays are not packed at all, and skops packs nothing either; a bomb comes to a thousand.
MOST_INFLATED = 20
# What was defined in a notebook or a script is nowhere to be found by who reads the model.
HERE = "__main__."


def type_name(estimator: Any) -> str:
    """The name by which the type of a classifier is trusted."""
    return f"{type(estimator).__module__}.{type(estimator).__qualname__}"


def to_bytes(estimator: Any) -> bytes:
    """The file of a fitted classifier; raises what skops raises, of a dozen kinds, for what cannot be written."""
    import skops.io

    data: bytes = skops.io.dumps(estimator)
    return data


def require_trusted(name: str, estimator: Any, trusted: Collection[str]) -> None:
    """Raise SettingsError for a fitted classifier that could not be read again from its file.

    Because it cannot be written without running code, is of a type that is defined in a notebook, or holds types that
    are not trusted.
    """
    try:
        strange = _strange(to_bytes(estimator), trusted)
    except Exception as error:  # see `to_bytes`
        raise SettingsError(
            f"The head {name} cannot be kept as a file ({type(error).__name__}: {error!s:.200}): a head holds numbers, "
            "text and estimators only."
        ) from error
    here = [one for one in strange if one.startswith(HERE)]
    if here:
        raise SettingsError(
            f"The head {name} is of a class that is defined here ({', '.join(here)}), where no server finds it: put it "
            "into a module that can be imported."
        )
    if strange:
        raise SettingsError(f"The head {name} holds types that are not trusted: {_add(strange, trusted)}.")


def from_bytes(data: bytes, trusted: Collection[str]) -> Any:
    """What `to_bytes` wrote; raises ArtifactError for types that nobody trusts, before anything of them is made."""
    import skops.io

    try:
        small_enough(data)
    except (ValueError, zipfile.BadZipFile) as error:
        raise ArtifactError(f"A head of this model cannot be read ({error}): run `vidsort retrain`.") from error
    strange = _strange(data, trusted)
    if strange:
        raise ArtifactError(
            f"A head of this model holds types that are not trusted: {_add(strange, trusted)} where you trust whoever "
            "made the model, or run `vidsort retrain`."
        )
    with zipfile.ZipFile(BytesIO(data)) as archive:
        if _is_spacious(json.loads(archive.read("schema.json"))):
            raise ArtifactError("A head of this model holds what no classifier holds: run `vidsort retrain`.")
    return skops.io.loads(data, trusted=[*trusted])


def small_enough(data: bytes) -> BytesIO:
    """An archive to read from; raises ValueError where far more comes out of it than went in."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_INFLATED * len(data):
            raise ValueError("it is packed as no model is")
    return BytesIO(data)


def _strange(data: bytes, trusted: Collection[str]) -> list[str]:
    import skops.io

    return sorted(set(skops.io.get_untrusted_types(data=data)) - set(trusted))


def _add(strange: Collection[str], trusted: Collection[str]) -> str:
    names = ", ".join(f'"{name}"' for name in (*trusted, *strange))
    return f"write trusted_types = [{names}] under [train] in vidsort.toml"


def _is_spacious(node: Any) -> bool:
    if isinstance(node, dict):
        return node.get("__class__") in SPACIOUS or any(map(_is_spacious, node.values()))
    return isinstance(node, list) and any(map(_is_spacious, node))
