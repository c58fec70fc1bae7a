"""The page's pure modules under Node: queue, keys, outbox, lost answers, the grid's rows."""

import json
import os
import random
import shutil
import subprocess

import pytest
from conftest import ROOT
from library.names.test_invisible import HIDDEN, SEEN

from vidsort.library.names import with_codes


@pytest.mark.programs
def test_the_pure_modules_hold_their_promises():
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI"):
            pytest.fail("no node found: install the Debian package nodejs")
        pytest.skip("no node found: install Node 20 or newer")
    files = sorted(str(path) for path in (ROOT / "tests" / "server" / "page" / "js").glob("*.test.mjs"))
    assert files
    result = subprocess.run([node, "--test", *files], capture_output=True, text=True, timeout=100, check=False)
    assert result.returncode == 0, result.stdout[-4000:]


@pytest.mark.programs
def test_the_page_and_the_server_show_the_same_characters_by_code(tmp_path):
    node = shutil.which("node") or pytest.skip("no node found: install Node 20 or newer")
    letters = [*HIDDEN, *"\n\t aB1#*·é", "😀", "❤", "☺", "🏽", "™", "©", "\u2139", "⃣", "ی", "م", "ש", "क", "्", "ก"]
    generator = random.Random(4)
    texts = [*HIDDEN, *SEEN, *map(chr, (*range(0xD800), *range(0xE000, 0x11000), *range(0xE0000, 0xE1000)))]
    texts += ["".join(generator.choices(letters, k=6)) for _ in range(20_000)]
    (tmp_path / "texts.json").write_text(json.dumps(texts))
    module = ROOT / "vidsort" / "server" / "page" / "static" / "invisible.js"
    script = (
        f"import {{ withCodes, textWithCodes }} from {json.dumps(module.as_uri())};"
        "import { readFileSync } from 'node:fs';"
        "const texts = JSON.parse(readFileSync('texts.json', 'utf8'));"
        "process.stdout.write(JSON.stringify(texts.map((text) => [withCodes(text), textWithCodes(text)])))"
    )
    (tmp_path / "show.mjs").write_text(script)
    output = subprocess.run([node, "show.mjs"], cwd=tmp_path, capture_output=True, timeout=100, check=True).stdout
    for text, (name, words) in zip(texts, json.loads(output), strict=True):
        assert name == with_codes(text), ascii(text)
        if not {"\n", "\u2068", "\u2069"}.intersection(text):
            assert words == name


def test_each_module_is_short_enough_to_be_read_alone():
    for path in sorted((ROOT / "vidsort" / "server" / "page").rglob("*")):
        if path.suffix in (".js", ".css", ".html", ".py"):
            assert len(path.read_text(encoding="utf-8").splitlines()) < 300, path.name
