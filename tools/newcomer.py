"""The way of a newcomer, from a wheel to the first predictions of an own library: `python tools/newcomer.py WHEEL`.

In an empty environment, an empty home and an empty folder it installs the wheel, makes the demo's library, copies
its clips under names as a camera gives them, and types what docs/own-videos.md tells to type, up to the page. It prints
how long each command took, and ends with the first one that fails. Needs nothing but Python.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "own-videos.md"
BLOCK = re.compile(r"^```(console|toml)\n(.*?)^```", re.M | re.S)
# Behind this the page is read, not typed.
UNTIL = "$ vidsort serve"
WANTED_S = 180


def main(wheel: Path) -> int:
    """Go the way; returns the exit code of what failed, else 0."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        environment = {
            "PATH": f"{place / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}", "HOME": folder, "LANG": "C.UTF-8",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        } | {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "REQUESTS_"))}
        started = time.monotonic()
        venv.create(place / "venv", with_pip=True)
        constraints = ROOT / "constraints.txt"
        commands = [
            ["python", "-m", "pip", "install", "--quiet", "-c", str(constraints), str(wheel.resolve())],
            ["vidsort", "demo", "--no-serve"],
            ["vidsort", "doctor", "--data-dir", "demo/videos", "--artifacts-dir", "demo/artifacts"],
        ]
        for command in commands:
            run(command, place, environment)
        as_from_a_camera(place / "demo" / "videos", place / "Videos" / "favorites")
        at = place / "sorting"
        at.mkdir()
        for kind, text in BLOCK.findall(PAGE.read_text(encoding="utf-8").partition(UNTIL)[0]):
            if kind == "toml":
                take_lines(at / "vidsort.toml", text)
                continue
            for line in re.findall(r"^\$ (vidsort .*)$", text, re.M):
                run(shlex.split(line), at, environment)
        listed = json.loads(run(["vidsort", "list", "--json"], at, environment))["videos"]
        guessed = sum(video["predicted_folder"] is not None for video in listed)
        took_s = time.monotonic() - started
        print(f"{took_s:6.1f} s  in all (wanted: under {WANTED_S}); {guessed} of {len(listed)} guessed")
        return 0 if listed and guessed == len(listed) else 1


def run(command: list[str], at: Path, environment: dict[str, str]) -> str:
    """Run it and print how long it took; gives what it wrote. Ends the program where it fails."""
    started = time.monotonic()
    program = shutil.which(command[0], path=environment["PATH"]) or command[0]
    done = subprocess.run(
        [program, *command[1:]], cwd=at, env=environment, capture_output=True, text=True, check=False
    )
    shown = " ".join(Path(word).name if os.sep in word else word for word in command)
    print(f"{time.monotonic() - started:6.1f} s  {shown}", flush=True)
    if done.returncode:
        raise SystemExit(f"It ended with {done.returncode}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def as_from_a_camera(videos: Path, library: Path) -> None:
    """Copy a library, each clip under a name as IMG_0001.MOV."""
    for number, path in enumerate(sorted(videos.rglob("*.mp4")), 1):
        target = library / path.parent.relative_to(videos) / f"IMG_{number:04}.MOV"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)


def take_lines(path: Path, text: str) -> None:
    """Take the `# ` away from the settings of a file that are said in a text, and give them its values."""
    written = path.read_text(encoding="utf-8")
    for line in text.splitlines():
        name = line.partition(" = ")[0]
        before = written
        written = re.sub(rf"^# {re.escape(name)} = .*$", lambda _, line=line: line, before, count=1, flags=re.M)
        if written == before:
            raise SystemExit(f"{path.name} as `vidsort config --init` writes it has no {name}.")
    tomllib.loads(written)
    path.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
