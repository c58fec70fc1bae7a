"""Preferences and videos put off: what means something in one library only stays in it."""

import contextlib

from vidsort.store import open_database
from vidsort.store.people.review import Review


def test_the_keys_of_folders_are_of_one_library_and_the_rest_is_of_the_page(tmp_path):
    with contextlib.closing(open_database(tmp_path)) as database:
        first, second = Review(database, "/first"), Review(database, "/second")
        first.set_preferences({"muted": True, "folder_keys": {"food": "1"}})
        second.set_preferences({**second.preferences(), "folder_keys": {"cats": "1"}})
        assert first.preferences() == {"muted": True, "folder_keys": {"food": "1"}}
        assert second.preferences() == {"muted": True, "folder_keys": {"cats": "1"}}
        second.set_preferences({})
        assert first.preferences() == {"folder_keys": {"food": "1"}}


def test_keys_that_were_chosen_before_libraries_had_their_own_are_kept(tmp_path):
    with contextlib.closing(open_database(tmp_path)) as database:
        with database.write() as connection:
            connection.execute("INSERT INTO preferences VALUES ('folder_keys', '{\"food\": \"1\"}')")
        assert Review(database, "/first").preferences() == {"folder_keys": {"food": "1"}}


def test_an_account_begins_with_what_all_prefer_and_changes_only_its_own(tmp_path):
    with contextlib.closing(open_database(tmp_path)) as database:
        first, second = Review(database, "/first"), Review(database, "/second")
        first.set_preferences({"muted": True, "folder_keys": {"food": "1"}})
        assert first.preferences("ann") == {"muted": True, "folder_keys": {"food": "1"}}
        first.set_preferences({"muted": False, "folder_keys": {"food": "9"}}, "ann")
        assert first.preferences("ann") == {"muted": False, "folder_keys": {"food": "9"}}
        assert second.preferences("ann") == {"muted": False}
        assert first.preferences("ben") == first.preferences() == {"muted": True, "folder_keys": {"food": "1"}}
        second.set_preferences({}, "ann")
        assert first.preferences("ann") == {"muted": True, "folder_keys": {"food": "9"}}
