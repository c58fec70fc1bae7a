"""What mkdocs asks while it builds the site: pages from beside docs/ are brought in, links to them led there.

In the repository a page of docs/ links to `../deploy/Caddyfile`, as whoever reads it there needs; in the site the same
file is at `repository/deploy/Caddyfile`.
"""

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
BESIDE = (
    "CHANGELOG.md", "CONTRIBUTING.md", "Dockerfile", "LICENSE", "RELEASING.md", "artifacts/README.md", "compose.yaml",
    "constraints.txt", "deploy/Caddyfile", "deploy/grafana.json", "deploy/nginx.conf", "deploy/prometheus.yml",
    "deploy/vidsort.service", "environment.yml",
    "notebooks/README.md", "notebooks/extract_features.ipynb", "notebooks/own_head.ipynb", "notebooks/predict.ipynb",
    "notebooks/train.ipynb", "vidsort/api/routes/roles.py", "vidsort/features/encoders/weights/NOTICE",
)
LINK = re.compile(r"(?<=\]\()(?!\w+:|#|/)([^)#\s]+)")
DECISIONS = "decisions/*"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """List all decisions where the navigation has a place for them."""
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md") if path.name != "README.md")
    for section in config.nav:
        for entries in section.values():
            for entry in entries if isinstance(entries, list) else []:
                for title, place in entry.items():
                    if place == DECISIONS:
                        entry[title] = [f"decisions/{name}" for name in ["README.md", *names]]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Bring in what lies beside docs/."""
    for name in BESIDE:
        files.append(File.generated(config, f"repository/{name}", abs_src_path=str(ROOT / name)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Lead links to where the site has what they are of."""
    here = page.file.src_uri
    home = posixpath.dirname(here.removeprefix("repository/") if here.startswith("repository/") else f"docs/{here}")

    def led(link: re.Match[str]) -> str:
        meant = posixpath.normpath(posixpath.join(home, link[1]))
        there = meant.removeprefix("docs/") if meant.startswith("docs/") else f"repository/{meant}"
        return posixpath.relpath(there, posixpath.dirname(here) or ".")

    return LINK.sub(led, markdown)
