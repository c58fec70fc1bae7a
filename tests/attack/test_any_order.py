"""Whatever people, other processes and a file manager do in whatever order: every byte is there once, where it must be.

A model of a library, of plain dictionaries, is held against the real one after each step.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from attacking import longer
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from places import apart, tree

from vidsort.errors import VidsortError
from vidsort.library import scan
from vidsort.library.live import LiveLibrary
from vidsort.library.moves.mover import Mover, Wish
from vidsort.store import open_database

FOLDERS = ("food", "golf", "soccer", "tennis")
SIDECARS = (".info.json", ".mp4.json", ".srt")
# Looks until a change by others must have been seen.
MOST_LOOKS = 400
# Chosen among whatever is there by its place in a sorted list.
which = st.integers(0, 1000)
names = st.sampled_from(FOLDERS)
places = st.sampled_from([None, *FOLDERS])
Tree = dict[str, str | None]


class AnyOrder(RuleBasedStateMachine):
    """`expected` is what must lie on the disk; `past` and `future` are what an undo and a redo lead to, if known."""

    def __init__(self) -> None:
        super().__init__()
        self._made = 0
        self.root = Path(tempfile.mkdtemp())
        self.data_dir = self.root / "videos"
        self.expected: Tree = dict.fromkeys(FOLDERS[:3])
        for name in self.expected:
            (self.data_dir / name).mkdir(parents=True)
        self.past: list[tuple[Tree, Tree]] = []
        self.future: list[tuple[Tree, Tree]] = []
        self.databases = [open_database(self.root / "artifacts") for _ in range(2)]
        self.lives = [LiveLibrary(self.data_dir) for _ in self.databases]
        for live in self.lives:
            live.poll()
        # Two of them, as two servers, or a server and a command, would be.
        self.movers = [Mover(self.data_dir, *each) for each in zip(self.databases, self.lives, strict=True)]
        for _ in range(15):
            self._bring(None, 0)

    def teardown(self) -> None:
        for database in self.databases:
            database.close()
        shutil.rmtree(self.root)

    # What people do.

    @rule(turn=which, video=which, folder=names)
    def sort(self, turn, video, folder):
        self._move_to(turn, self._videos(None), video, folder, lambda mover, name: mover.sort(name, folder))

    @rule(turn=which, origin=places, video=which, folder=places)
    def move(self, turn, origin, video, folder):
        def act(mover: Mover, name: str) -> None:
            mover.move(name.split("/")[-1], origin, folder)

        self._move_to(turn, self._videos(origin), video, folder, act)

    @rule(turn=which, chosen=st.lists(st.tuples(which, names), min_size=2, max_size=4))
    def sort_many(self, turn, chosen):
        unsorted = self._videos(None)
        wanted = {unsorted[number % len(unsorted)]: folder for number, folder in chosen} if unsorted else {}
        after = dict(self.expected)
        for name, folder in wanted.items():
            after = self._moved(after, name, folder) or after
        outcomes: list = []

        def act(mover: Mover) -> None:
            outcomes.extend(mover.move_batch([Wish(name, None, folder) for name, folder in wanted.items()]))

        self._do(turn, act, after)
        refused = {outcome.wish.filename for outcome in outcomes if outcome.error}
        assert refused == {name for name in wanted if name in after}

    @rule(turn=which, name=names)
    def create(self, turn, name):
        self._do(turn, lambda mover: mover.create_folder(name), self._with_folder(name))

    @rule(turn=which, old=names, new=names)
    def rename(self, turn, old, new):
        after = None
        if old in self.expected and new not in self.expected:
            after = {_under(place, old, new): text for place, text in self.expected.items()}
        self._do(turn, lambda mover: mover.rename_folder(old, new), after)

    @rule(turn=which, name=names, into=names)
    def merge(self, turn, name, into):
        after: Tree | None = None
        if name != into and {name, into} <= set(self.expected):
            after = dict(self.expected)
            for video in self._videos(name):
                after = self._moved(after, video, into) if after else None
        if after is not None and any(place.startswith(f"{name}/") for place in after):
            # What belongs to no video stays, and the folder with it; with no video in it there is nothing to merge.
            after = after if self._videos(name) else None
        elif after is not None:
            del after[name]
        self._do(turn, lambda mover: mover.merge_folder(name, into), after)

    @rule(turn=which, name=names)
    def remove(self, turn, name):
        is_bare = name in self.expected and not any(place.startswith(f"{name}/") for place in self.expected)
        after = {place: text for place, text in self.expected.items() if place != name} if is_bare else None
        self._do(turn, lambda mover: mover.remove_folder(name), after)

    @rule(turn=which)
    def undo(self, turn):
        self._turn(turn, lambda mover: mover.undo(), self.past, self.future)

    @precondition(lambda self: self.future)
    @rule(turn=which)
    def redo(self, turn):
        self._turn(turn, lambda mover: mover.redo(), self.future, self.past)

    # What others do, with no word to anyone.

    @rule(act=st.sampled_from(["arrive", "arrive", "delete", "delete alone", "carry"]), number=which, folder=places)
    def change_by_hand(self, act, number, folder):
        everywhere = [each for place in (None, *FOLDERS) for each in self._videos(place)]
        if act == "arrive":
            self._bring(folder, number % (len(SIDECARS) + 1))
        elif everywhere and act == "carry":
            self._carry(self._pick(everywhere, number), folder)
        elif everywhere:
            gone = self._pick(everywhere, number)
            for place in [gone] if act == "delete alone" else self._family(self.expected, gone):
                (self.data_dir / place).unlink()
                del self.expected[place]
        # Where an undo leads is not known to this model any more.
        self.past.clear()
        self.future.clear()

    # What must hold.

    @invariant()
    def each_byte_is_where_it_must_be(self):
        assert tree(self.data_dir) == self.expected

    @invariant()
    def both_see_what_is_there(self):
        now = scan(self.data_dir)
        for live, mover in zip(self.lives, self.movers, strict=True):
            mover.catch_up()
            for _ in range(MOST_LOOKS):
                if live.snapshot() == now:
                    break
                live.poll()
            assert live.snapshot() == now

    def _do(self, turn: int, act: Callable[[Mover], object], after: Tree | None) -> None:
        """Act; `after` is what must be there then, or None where it must be refused."""
        before = dict(self.expected)
        is_done = self._attempt(turn, act)
        assert is_done == (after is not None), f"{'done' if is_done else 'refused'}: {self.expected} -> {after}"
        if after is not None and after != before:
            self.expected = after
            self.past.append((before, after))
            self.future.clear()

    def _move_to(self, turn, videos: list[str], video: int, folder: str | None, act) -> None:
        name = self._pick(videos, video) if videos else "404.mp4"
        self._do(turn, lambda mover: act(mover, name), self._moved(self.expected, name, folder))

    def _turn(self, turn: int, act: Callable[[Mover], object], back: list, forth: list) -> None:
        """Undo or redo: where nobody else has changed anything since it leads to what was there, else loses nothing."""
        before = tree(self.data_dir)
        is_done = self._attempt(turn, act)
        if back:
            pair = back.pop()
            assert is_done, "refused, though nothing has changed since"
            # An undo of what was itself done between these two leads to the first, a redo to the second.
            self.expected = next(each for each in pair if each != before)
            forth.append(pair)
            return
        left = tree(self.data_dir)
        assert sorted(filter(None, left.values())) == sorted(filter(None, before.values()))
        assert len(apart(self.data_dir)) <= len(_apart_in(self.expected))
        self.expected = left
        self.future.clear()

    def _attempt(self, turn: int, act: Callable[[Mover], object]) -> bool:
        before = tree(self.data_dir)
        with contextlib.suppress(VidsortError):
            act(self.movers[turn % 2])
            return True
        assert tree(self.data_dir) == before, "refused, and yet changed something"
        return False

    def _bring(self, folder: str | None, sidecars: int) -> None:
        """A video that is new, with what is beside it; every third has the number of one that came before."""
        self._made += 1
        stem = str(self._made if self._made % 3 else self._made - 2)
        names = [f"{stem}.mp4", *(f"{stem}{ending}" for ending in SIDECARS[:sidecars])]
        where = f"{folder}/" if folder else ""
        if folder is not None and folder not in self.expected:
            (self.data_dir / folder).mkdir()
            self.expected[folder] = None
        if any(place.startswith(f"{where}{stem}.") for place in self.expected):
            return
        for name in names:
            text = f"{name}, number {self._made}"
            (self.data_dir / where / name).write_text(text)
            self.expected[f"{where}{name}"] = text

    def _carry(self, video: str, folder: str | None) -> None:
        """A video is moved with what is beside it, where nothing of these names is."""
        after = self._moved(self.expected, video, folder)
        if after is not None:
            for place in self._family(self.expected, video):
                (self.data_dir / place).rename(self.data_dir / (folder or "") / place.split("/")[-1])
            self.expected = after

    def _videos(self, folder: str | None) -> list[str]:
        where = f"{folder}/" if folder else ""
        depth = where.count("/")
        return sorted(
            place for place in self.expected
            if place.startswith(where) and place.count("/") == depth and place.endswith(".mp4")
        )

    def _pick(self, there: list[str], number: int) -> str:
        return there[number % len(there)]

    def _family(self, of: Tree, video: str) -> list[str]:
        stem = video.removesuffix("mp4")
        return [place for place in of if place.startswith(stem)]

    def _moved(self, of: Tree, video: str, folder: str | None) -> Tree | None:
        """What is there once a video and what is beside it have moved, or None where they may not."""
        where = f"{folder}/" if folder else ""
        if video not in of or (folder is not None and folder not in of):
            return None
        family = self._family(of, video)
        if any(f"{where}{place.split('/')[-1]}" in of for place in family):
            return None
        return {(f"{where}{place.split('/')[-1]}" if place in family else place): text for place, text in of.items()}

    def _with_folder(self, name: str) -> Tree | None:
        return None if name in self.expected else {**self.expected, name: None}


def _under(place: str, old: str, new: str) -> str:
    return new + place.removeprefix(old) if place == old or place.startswith(f"{old}/") else place


def _apart_in(there: Tree) -> list[str]:
    stems = {place.removesuffix(".mp4") for place in there if place.endswith(".mp4")}
    return [
        place for place, text in there.items()
        if text is not None and not any(place.startswith(f"{stem}.") for stem in stems)
    ]


def test_any_order_of_changes_by_people_other_processes_and_a_file_manager_loses_nothing(attacked):
    runs = longer(12)
    run_state_machine_as_test(AnyOrder, settings=settings(
        max_examples=runs, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck),
    ))
    attacked("changes in any order, by two and a file manager", runs * 30)
