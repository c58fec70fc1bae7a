"""Whether a video is a blind card is told of one video as it is of the pile."""

import pytest

from vidsort.library.live import LiveLibrary
from vidsort.pile.filing.drawn import Drawn
from vidsort.store import open_database
from vidsort.store.people.decisions import Decisions, Held

HELD = {f"{number}.mp4": Held("food", 0.02) for number in range(3, 210, 50)}


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    pile = tmp_path / "pile"
    (pile / "food").mkdir(parents=True)
    for number in range(200):
        (pile / f"{number}.mp4").touch()
    database = open_database(tmp_path / "artifacts")
    monkeypatch.setattr(Decisions, "held", lambda _: HELD)
    yield Drawn(LiveLibrary(pile), Decisions(database, str(pile)))
    database.close()


@pytest.mark.parametrize("share", [0.0, 0.01, 0.05, 0.3])
def test_it_is_the_same_of_one_video_and_of_all(drawn, share):
    names = [f"{number}.mp4" for number in range(210)]
    predicted, skipped = set(names[:150]), set(names[::7])
    cards = drawn.cards(share, predicted, skipped)
    assert bool(cards.names) == bool(share)
    found = drawn.among(names, share, predicted, skipped)
    assert found.keys() == cards.names
    assert {name for name, said in found.items() if said} == cards.names & HELD.keys()
    for name in names:
        assert drawn.among([name], share, predicted, skipped) == {key: found[key] for key in [name] if key in found}
