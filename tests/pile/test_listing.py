"""The whole list as JSON, of which a move makes a small part anew."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from naming import ANY_NAMES
from test_pages import prediction

from vidsort.pile import listing as listings
from vidsort.pile.entries import entry
from vidsort.pile.listing import Listing, streamed
from vidsort.pile.predictions import Predictions


def expected(names, predictions):
    return {"videos": [entry(name, predictions.by_video.get(name)) for name in sorted(names)], "total": len(names)}


@pytest.mark.parametrize("block", [1, 3, 500])
@given(start=st.sets(ANY_NAMES, max_size=20), changes=st.lists(st.tuples(ANY_NAMES, st.booleans()), max_size=30))
def test_whatever_the_names_and_whatever_comes_and_goes_it_is_the_json_of_all(block, start, changes):
    predictions = Predictions("", {name: prediction(name, "food", 0.5) for name in list(start)[::2]})
    with pytest.MonkeyPatch.context() as small:
        small.setattr(listings, "BLOCK", block)
        listing, here = Listing(sorted(start), predictions), set(start)
        for name, is_here in changes:
            listing.put(name, is_here)
            here = here | {name} if is_here else here - {name}
            assert json.loads(listing.text()) == json.loads(json.dumps(expected(here, predictions)))
        assert json.loads(listing.text()) == json.loads(json.dumps(expected(here, predictions)))
        small.setattr(listings, "SENT_AT_ONCE", block)
        assert json.loads(b"".join(streamed(sorted(here), predictions))) == json.loads(listing.text())


def test_a_move_makes_a_small_part_of_the_list_anew(monkeypatch):
    names = [f"{number:06}.mp4" for number in range(20_000)]
    listing = Listing(names, Predictions())
    listing.text()
    made = []
    real_texts = Predictions.texts
    monkeypatch.setattr(Predictions, "texts", lambda known, names: (made.extend(names), real_texts(known, names))[1])
    chosen = random.Random(5)
    for name in chosen.sample(names, 20):
        made.clear()
        listing.put(name, False)
        assert len(json.loads(listing.text())["videos"]) == 19_999
        assert len(made) < 1000
        made.clear()
        listing.put(name, True)
        listing.text()
        assert len(made) <= 1000
    assert json.loads(listing.text())["total"] == 20_000
