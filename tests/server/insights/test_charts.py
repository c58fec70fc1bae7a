"""Charts are plain JSON for Plotly: names are text, intervals enclose their values, nothing makes an empty one."""

import json

from vidsort.server.insights import charts

ROWS = [
    {"threshold": 0.9, "cover": 0.4, "error": 0.01, "low": 0.0, "high": 0.04, "confidence": 0.95, "right": 0.99,
     "count": 40},
    {"threshold": 0.5, "cover": 0.9, "error": 0.1, "low": 0.06, "high": 0.15, "confidence": 0.6, "right": 0.5,
     "count": 50},
]


def test_names_are_shown_as_text_and_what_was_not_tested_has_no_dot():
    figure = charts.intervals([("<b>x</b>", 0.5, 0.4, 0.7), ("new", None, None, None)], "<b>x</b>")
    (dots,) = figure["data"]
    assert dots["y"] == ["&lt;b&gt;x&lt;/b&gt;"]
    assert (dots["x"][0] - dots["error_x"]["arrayminus"][0], dots["x"][0] + dots["error_x"]["array"][0]) == (0.4, 0.7)


def test_the_threshold_that_keeps_the_promise_is_marked_on_the_curve():
    figure = charts.cover_against_error(ROWS, 0.9, 0.05)
    _, line, promise, point = figure["data"]
    assert (point["x"], point["y"]) == ([0.4], [0.01])
    assert promise["y"] == [0.05, 0.05]
    assert line["x"] == [0.4, 0.9]
    assert charts.cover_against_error(ROWS, None, 0.05)["data"][3]["x"] == []


def test_what_is_expected_goes_on_where_what_was_measured_ends():
    points = [{"videos": n, "value": n / 100, "low": n / 100 - 0.1, "high": n / 100 + 0.1} for n in (10, 20, 40)]
    _, measured, _, expected = charts.learning_curve(points, [{**points[2], "videos": 80}])["data"]
    assert (measured["x"], expected["x"]) == ([10, 20, 40], [40, 80])


def test_nothing_to_draw_is_a_chart_too():
    for figure in (
        charts.intervals([]), charts.reliability([]), charts.cover_against_error([], None, 0.05),
        charts.learning_curve([], []),
    ):
        assert json.loads(json.dumps(figure)) == figure
