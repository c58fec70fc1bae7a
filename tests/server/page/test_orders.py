"""The orders of review are one table: contract, schema, page and server say the same."""

import html
import re
from typing import get_args

import pytest
from fastapi import FastAPI

from page.conftest import name_of, wait_for_answer, wait_for_card
from vidsort.api import contract
from vidsort.api.contract import Preferences
from vidsort.api.routes import add_routes
from vidsort.api.workspace import Workspace
from vidsort.pile.order import FIRST_ORDER, ORDERS
from vidsort.server.page.shell import review_html


@pytest.fixture
def schema(settings) -> dict:
    """The schema of the routes."""
    workspace = Workspace(settings)
    app = FastAPI()
    add_routes(app, workspace)
    yield app.openapi()
    workspace.stop()


def test_contract_schema_and_menu_have_the_rows_of_the_table_in_its_order(schema):
    assert get_args(contract.Order) == tuple(ORDERS)
    for path in ("/api/videos", "/api/queue"):
        order = next(each for each in schema["paths"][path]["get"]["parameters"] if each["name"] == "order")["schema"]
        found = order.get("enum") or order["anyOf"][0]["enum"]
        assert found == list(ORDERS), path
    assert order["default"] == FIRST_ORDER
    assert Preferences.model_json_schema()["properties"]["order"]["anyOf"][0]["enum"] == list(ORDERS)
    menu = re.search("<template data-orders>(.*?)</template>", review_html()).group(1)
    assert html.unescape(menu) == "".join(
        f'<option value="{name}">{order.label}</option>' for name, order in ORDERS.items()
    )


def test_the_menu_has_every_order_and_what_is_chosen_holds_after_a_reload(pile, serve, visitor):
    page = visitor.open(serve(pile.fill(6).settings))
    wait_for_card(page, name_of(0))
    page.keyboard.press(",")
    menu = page.get_by_label("Order of review")
    assert menu.locator("option").all_inner_texts() == [order.label for order in ORDERS.values()]
    assert menu.input_value() == FIRST_ORDER
    for name in [*ORDERS, "unsure"]:
        with page.expect_response(lambda answer, name=name: f"order={name}" in answer.url and answer.ok):
            menu.select_option(name)
    page.keyboard.press("Escape")
    wait_for_card(page, name_of(5))
    wait_for_answer(page, "api/preferences", "answer.order === 'unsure'")
    page.reload()
    wait_for_card(page, name_of(5))
    page.keyboard.press(",")
    assert page.get_by_label("Order of review").input_value() == "unsure"
