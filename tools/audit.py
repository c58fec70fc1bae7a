"""Are there known holes in what constraints.txt pins? Asked of OSV by pip-audit; `make audit` installs that.

Exits with 1 where there are, and with 0, saying so, where the data cannot be reached: then nothing was looked up.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

PINS = Path(__file__).resolve().parents[1] / "constraints.txt"
# No package is resolved or installed: the pins are asked for as they are.
COMMAND = (
    sys.executable, "-m", "pip_audit", "--requirement", str(PINS), "--no-deps", "--disable-pip",
    "--vulnerability-service", "osv", "--format", "json", "--progress-spinner", "off", "--timeout", "20",
)
# What the last line on stderr begins with where nobody answers, or not as one who knows.
NOT_REACHED = re.compile(
    r"(?:requests\.exceptions\.(?:ConnectionError|ConnectTimeout|HTTPError|ProxyError|ReadTimeout|SSLError|Timeout)"
    r"|pip_audit\._service\.interface\.(?:ConnectionError|ServiceError))\b"
)
SHOWN_CHARACTERS = 300


def main() -> int:
    """Ask, tell, and give the exit code."""
    done = subprocess.run(COMMAND, capture_output=True, text=True, check=False)
    try:
        asked = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return _not_told(done)
    holes = [(one["name"], one["version"], hole) for one in asked for hole in one.get("vulns", ())]
    skipped = [f"{one['name']} ({one['skip_reason']})" for one in asked if "skip_reason" in one]
    for name, version, hole in holes:
        mended = ", ".join(hole["fix_versions"]) or "no version yet"
        names = ", ".join((hole["id"], *hole.get("aliases", ())))
        print(f"{name} {version}: {names}, mended in {mended}.")
    if skipped:
        print(f"Not looked up: {', '.join(skipped)}.")
    print(f"{len(holes)} known holes in the {len(asked)} pins of {PINS.name}.")
    return 1 if holes or skipped else 0


def _not_told(done: "subprocess.CompletedProcess[str]") -> int:
    last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
    if NOT_REACHED.match(last):
        print(f"The pins were not audited: the data of OSV cannot be reached ({last[:SHOWN_CHARACTERS]}).")
        return 0
    print(done.stderr, file=sys.stderr)
    print(f"The pins were not audited: pip-audit failed (exit code {done.returncode}).", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
