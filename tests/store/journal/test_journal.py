"""The journal knows what undo and redo take next, however long it is."""

import dataclasses

import pytest

from vidsort.store import open_database
from vidsort.store.journal import ACCOUNT, AUTHOR, Activity, Fate, Intent, Journal, Sidecar


@pytest.fixture
def database(tmp_path):
    """A fresh database, closed at the end."""
    database = open_database(tmp_path)
    yield database
    database.close()


@pytest.fixture(autouse=True)
def _nobody_said_who_it_is():
    author, account = AUTHOR.set(None), ACCOUNT.set(None)
    yield
    AUTHOR.reset(author)
    ACCOUNT.reset(account)


@pytest.fixture
def journal(database) -> Journal:
    """The journal of a library that does not exist: nothing is asked of the disk."""
    return Journal(database, "/library")


def done(journal, *names):
    """Journal a batch of sorts that went well."""
    entries = journal.intend([Intent("sort", name, f"food/{name}", 5) for name in names])
    return journal.settle(entries, {entry.move.id: Fate.REACHED for entry in entries})


def turned(journal, entries, direction, fate=Fate.REACHED):
    """Journal an undo or redo with this end."""
    entries = journal.turn(entries, direction)
    return journal.settle(entries, {entry.move.id: fate for entry in entries})


def test_an_intent_is_pending_until_it_is_settled(journal):
    (entry,) = journal.intend([Intent("sort", "1.mp4", "food/1.mp4", 5)])
    assert journal.pending() == [entry]
    assert (entry.direction, entry.origin, entry.destination, entry.size_bytes) == ("forth", "1.mp4", "food/1.mp4", 5)
    assert journal.history(5) == []
    (move,) = journal.settle([entry], {entry.move.id: Fate.REACHED})
    assert move.state == "done"
    assert journal.pending() == []
    assert journal.history(5) == [move]


def test_back_is_from_the_target_to_the_source(journal):
    done(journal, "1.mp4")
    (entry,) = journal.turn(journal.latest("done"), "back")
    assert (entry.origin, entry.destination) == ("food/1.mp4", "1.mp4")


def test_what_did_not_come_about_is_reverted_and_not_in_the_history(journal):
    (entry,) = journal.intend([Intent("sort", "1.mp4", "food/1.mp4")])
    assert journal.settle([entry], {entry.move.id: Fate.STAYED})[0].state == "reverted"
    assert journal.history(5) == []
    assert journal.latest("done") == []


def test_undo_and_redo_take_whole_batches_last_in_first_out(journal):
    first, second = done(journal, "1.mp4", "2.mp4"), done(journal, "3.mp4")
    assert [entry.move for entry in journal.latest("done")] == second
    turned(journal, journal.latest("done"), "back")
    turned(journal, journal.latest("done"), "back")
    assert journal.latest("done") == []
    assert [entry.move.id for entry in journal.latest("undone")] == [move.id for move in first]
    turned(journal, journal.latest("undone"), "forth")
    assert [entry.move.id for entry in journal.latest("undone")] == [move.id for move in second]


def test_a_new_action_ends_what_redo_offers(journal):
    done(journal, "1.mp4")
    turned(journal, journal.latest("done"), "back")
    done(journal, "2.mp4")
    assert journal.latest("undone") == []


@pytest.mark.parametrize(("fate", "next_source"), [(Fate.STAYED, "2.mp4"), (Fate.DROPPED, "1.mp4")])
def test_undo_comes_back_to_what_stayed_and_passes_what_was_dropped(journal, fate, next_source):
    done(journal, "1.mp4")
    done(journal, "2.mp4")
    assert turned(journal, journal.latest("done"), "back", fate)[0].state == "done"
    assert [entry.move.source for entry in journal.latest("done")] == [next_source]


def test_libraries_do_not_see_one_anothers_moves(journal, database):
    (move,) = done(journal, "1.mp4")
    other = Journal(database, "/other")
    assert other.latest("done") == other.history(5) == other.batch(move.batch) == []
    assert other.find(move.id) is None
    assert journal.find(move.id).move == move


def test_no_question_reads_or_sorts_all_rows(journal, database):
    asked = []
    database.connection().set_trace_callback(asked.append)
    done(journal, "1.mp4")
    for question in (journal.pending, lambda: journal.latest("done"), lambda: journal.history(5)):
        question()
    database.connection().set_trace_callback(None)
    plans = [
        row[3] for sql in asked if sql.startswith(("SELECT", "UPDATE"))
        for row in database.connection().execute(f"EXPLAIN QUERY PLAN {sql}")
    ]
    assert any(plan.startswith("SEARCH") for plan in plans)
    assert not any("TEMP B-TREE" in plan for plan in plans)
    # The history alone is read without an index: from its end, and it stops at its limit.
    assert [plan for plan in plans if plan.startswith("SCAN")] == ["SCAN moves"]


def taken_along(journal):
    """What the last action took along."""
    return journal.with_sidecars(journal.latest("done"))[0].sidecars


def test_what_goes_along_is_pending_with_its_video_and_remembered_as_it_came(journal):
    (entry,) = journal.intend([Intent("sort", "1.mp4", "food/1.mp4", 5, sidecars=(Sidecar("1.json", 7, 1),))])
    assert journal.pending() == [entry]
    assert [sidecar.name for sidecar in entry.sidecars] == ["1.json"]
    journal.settle([entry], {entry.move.id: Fate.REACHED}, {entry.move.id: [Sidecar("1.json", 7, 2)]})
    assert taken_along(journal) == (Sidecar("1.json", 7, 2),)
    assert len(journal.history(5)) == 1


def test_what_did_not_come_along_is_forgotten(journal):
    sidecars = (Sidecar("1.json", 7, 1), Sidecar("1.srt", 7, 1))
    (entry,) = journal.intend([Intent("sort", "1.mp4", "food/1.mp4", 5, sidecars=sidecars)])
    journal.settle([entry], {entry.move.id: Fate.REACHED}, {entry.move.id: sidecars[:1]})
    assert taken_along(journal) == sidecars[:1]
    (entry,) = journal.intend([Intent("sort", "2.mp4", "food/2.mp4", 5, sidecars=sidecars)])
    (move,) = journal.settle([entry], {entry.move.id: Fate.STAYED})
    assert journal.with_sidecars([journal.find(move.id)])[0].sidecars == ()


def test_an_undo_that_was_refused_still_knows_what_went_along_as_it_was(journal):
    went, new = Sidecar("1.json", 7, 1), Sidecar("1.srt", 7, 1)
    (entry,) = journal.intend([Intent("sort", "1.mp4", "food/1.mp4", 5, sidecars=(went,))])
    journal.settle([entry], {entry.move.id: Fate.REACHED}, {entry.move.id: [went]})
    found = [dataclasses.replace(journal.latest("done")[0], sidecars=(dataclasses.replace(went, mtime_ns=2), new))]
    turned(journal, found, "back", Fate.STAYED)
    assert taken_along(journal) == (went, new)
    turned(journal, found, "back")
    assert journal.with_sidecars(journal.latest("undone"))[0].sidecars == ()


def test_what_came_along_is_remembered_also_in_a_database_that_took_the_place_of_the_first(journal, tmp_path):
    along = (Sidecar("1.json", 7, 1),)
    done(journal, "0.mp4")
    (entry,) = journal.intend([Intent("sort", "1.mp4", "food/1.mp4", 5, sidecars=along)])
    other = open_database(tmp_path / "other")
    journal = Journal(other, "/library")
    (theirs,) = journal.intend([Intent("sort", "2.mp4", "food/2.mp4", 5, sidecars=(Sidecar("2.json", 7, 1),))])
    journal.settle([theirs], {theirs.move.id: Fate.REACHED}, {theirs.move.id: theirs.sidecars})
    journal.settle([entry], {entry.move.id: Fate.REACHED}, {entry.move.id: along})
    found = {each.move.source: each.sidecars for each in journal.with_sidecars(
        [journal.find(move.id) for move in journal.history(5)]
    )}
    assert found == {"1.mp4": along, "2.mp4": theirs.sidecars}
    other.close()


def test_a_move_says_by_which_browser_it_stands_as_it_does(journal):
    AUTHOR.set("ann")
    moves = done(journal, "1.mp4", "2.mp4")
    assert [move.by for move in moves] == ["ann", "ann"]
    AUTHOR.set("ben")
    (back, _) = turned(journal, journal.latest("done"), "back")
    assert (back.state, back.by) == ("undone", "ben")
    # What did not come about leaves it as it was, and who wanted it is forgotten.
    AUTHOR.set("cas")
    turned(journal, journal.latest("undone"), "forth", Fate.STAYED)
    assert {move.by for move in journal.history(5)} == {"ben"}
    AUTHOR.set(None)
    (again, _) = turned(journal, journal.latest("undone"), "forth")
    assert (again.state, again.by) == ("done", None)


def test_what_a_kill_left_is_by_who_wanted_it_and_not_by_who_settles_it(journal):
    done(journal, "1.mp4")
    AUTHOR.set("ann")
    journal.turn(journal.latest("done"), "back")
    AUTHOR.set("ben")
    left = journal.pending()
    (move,) = journal.settle(left, {entry.move.id: Fate.REACHED for entry in left})
    assert (move.state, move.by) == ("undone", "ann")


def test_who_follows_is_told_all_changes_in_their_order_and_none_twice(journal, database):
    activity = Activity(database, "/library")
    mark = activity.mark()

    def follow():
        nonlocal mark
        before, mark = mark, activity.mark()
        return [(move.source, move.state) for move in activity.between(before, mark)]

    done(journal, "1.mp4", "2.mp4")
    assert follow() == [("1.mp4", "done"), ("2.mp4", "done")]
    # An undo, and something new right after it, which ends what redo offers.
    turned(journal, journal.latest("done"), "back")
    done(journal, "3.mp4")
    assert follow() == [("1.mp4", "undone"), ("2.mp4", "undone"), ("3.mp4", "done")]
    assert follow() == []
    Journal(database, "/another").intend([Intent("sort", "9.mp4", "food/9.mp4", 5)])
    journal.intend([Intent("sort", "4.mp4", "food/4.mp4", 5)])
    assert follow() == [], "what is only meant is not done yet, and another library is another"


def test_each_account_has_its_own_last_action(journal):
    ACCOUNT.set("ann")
    done(journal, "1.mp4", "2.mp4")
    ACCOUNT.set("ben")
    done(journal, "3.mp4")
    assert [entry.move.source for entry in journal.latest("done")] == ["3.mp4"]
    assert [entry.move.source for entry in journal.latest("done", "ann")] == ["1.mp4", "2.mp4"]
    assert journal.latest("done", "cem") == []
    ACCOUNT.set("ann")
    turned(journal, journal.latest("done", "ann"), "back")
    assert journal.latest("done", "ann") == []
    assert [entry.move.source for entry in journal.latest("undone", "ann")] == ["1.mp4", "2.mp4"]
    assert journal.latest("undone", "ben") == []


def test_a_move_stands_by_the_account_that_turned_it_last_and_by_none_where_nobody_signed_in(journal):
    ACCOUNT.set("ann")
    (move,) = done(journal, "1.mp4")
    assert move.account == "ann"
    ACCOUNT.set("ben")
    (entry,) = journal.turn(journal.latest("done"), "back")
    assert journal.find(move.id).move.account == "ann"
    ACCOUNT.set(None)
    # It is settled as it was begun, also by the recovery of another process.
    (move,) = journal.settle([entry], {entry.move.id: Fate.REACHED})
    assert (move.state, move.account) == ("undone", "ben")
    (move,) = turned(journal, journal.latest("undone"), "forth")
    assert (move.state, move.account) == ("done", None)
