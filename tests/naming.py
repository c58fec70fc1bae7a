"""Names as a disk can hold them, for tests that no name can break anything."""

import os

from hypothesis import strategies as st

HOSTILE = (
    'a"b.mp4', "a\\b.mp4", "a\\", "'; --.mp4", "<img src=x onerror=alert(1)>.mp4", "--><script>.mp4", "&amp;.mp4",
    "a b#c?d%20e&f.mp4", "{0} %s ${x} {{y}}.mp4", "\N{GRINNING FACE}\N{ZERO WIDTH JOINER}\N{SKULL}.mp4",
    "\N{RIGHT-TO-LEFT OVERRIDE}4pm.evil.mp4", "סרטון.mp4", "e\N{COMBINING ACUTE ACCENT}.mp4", "\N{LINE SEPARATOR}.mp4",
    "tab\tand\nline.mp4", "\x01\x1f\x7f\x85.mp4", "\ufeffbom.mp4", os.fsdecode(b"latin-\xe9.mp4"), os.fsdecode(b"\xff"),
    os.fsdecode(b"\xed\xa0\x80.mp4"), "__proto__", "constructor.mp4", "null", "1e5", "0", " ", "...mp4", "7.mp4",
)
ANY_NAMES = st.sampled_from(HOSTILE) | (
    st.binary(min_size=1, max_size=60).map(lambda data: os.fsdecode(data.replace(b"\0", b"0").replace(b"/", b"|")))
)
