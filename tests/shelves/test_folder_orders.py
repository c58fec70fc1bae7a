"""The orders in which a folder is looked into are one table: contract and schema say the same."""

from typing import get_args

import pytest

from vidsort.api import contract
from vidsort.shelves.folder_orders import FIRST_FOLDER_ORDER, FOLDER_ORDERS

NUMBERS = {"1.mp4": 0.5, "2.mp4": 2.0, "3.mp4": None, "4.mp4": 0.5}


@pytest.mark.parametrize("name", FOLDER_ORDERS)
def test_the_largest_number_comes_first_and_who_has_none_last(name):
    order = FOLDER_ORDERS[name]
    found = sorted(NUMBERS, key=lambda filename: order.key(filename, NUMBERS[filename]))
    assert found == [f"{number}.mp4" for number in ("1234" if order.needs is None else "2143")]


def test_the_contract_has_the_rows_of_the_table_and_the_first_is_by_filename():
    assert get_args(contract.FolderOrder) == tuple(FOLDER_ORDERS) == ("filename", "newest", "unlike", "misfiled")
    assert FIRST_FOLDER_ORDER == "filename"
