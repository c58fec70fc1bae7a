"""Print constraints with every dependency at the lowest version that pyproject.toml allows, the rest as tested.

`make test-lowest` installs by them: a bound that is too low is a promise that breaks on somebody else's machine.
"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Each version of pydantic wants one of this, so that it cannot stay as it is tested.
FOLLOWING = "pydantic_core"
BOUND = re.compile(r"([A-Za-z0-9._-]+)>=([0-9.]+)")


def main() -> None:
    """Print them, a line each."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bounds = dict(BOUND.match(wanted).groups() for wanted in project["dependencies"])
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        name = line.partition("==")[0]
        if name == FOLLOWING:
            continue
        print(f"{name}=={bounds[name]}" if name in bounds else line)


if __name__ == "__main__":
    main()
