"""What a person may not do is said in one sentence: what, why, what to do."""

import contextvars

import pytest

from vidsort.accounts import PERSON, Person, Role, let_in, only_own, require
from vidsort.errors import ForbiddenError
from vidsort.store.journal import ACCOUNT


def as_person(name, role, what):
    """What comes of it for this person."""

    def done():
        let_in(Person(name, role, "account"))
        return what()

    return contextvars.copy_context().run(done)


@pytest.mark.parametrize("has", Role)
@pytest.mark.parametrize("needs", Role)
def test_a_role_includes_itself_and_those_that_may_do_less(has, needs):
    order = ["viewer", "reviewer", "admin"]
    assert has.includes(needs) is (order.index(has) >= order.index(needs))


def test_where_nobody_is_asked_everybody_may_do_everything():
    require(Role.ADMIN, "Anything")
    assert only_own() is None
    assert PERSON.get().is_still_in()


def test_what_is_not_for_a_role_is_said_with_whose_it_is_and_what_to_do():
    with pytest.raises(ForbiddenError) as refused:
        as_person("rita", Role.REVIEWER, lambda: require(Role.ADMIN, "Making a folder"))
    assert str(refused.value) == (
        "Making a folder is for an admin, and rita is a reviewer: ask an admin to do it, or for that role."
    )
    assert refused.value.status == 403
    as_person("adam", Role.ADMIN, lambda: require(Role.ADMIN, "Making a folder"))


def test_what_is_moved_is_noted_by_the_name_and_only_an_admin_turns_what_others_did():
    assert as_person("rita", Role.REVIEWER, lambda: (ACCOUNT.get(), only_own())) == ("rita", "rita")
    assert as_person("adam", Role.ADMIN, lambda: (ACCOUNT.get(), only_own())) == ("adam", None)
    # A reviewer without a name cannot be; if there were one, nothing would be its own.
    assert as_person(None, Role.REVIEWER, lambda: only_own()) == ""
