"""Arguments and results: points 9 to 17."""

import math

import pytest
from raw import UNSET


def nested(depth):
    """A list nested `depth` deep; the empty list is one deep."""
    value = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_point_09_integers_travel_as_doubles_and_reach_an_int(raw, probe, client):
    assert raw.value(probe, "ret", "five").WhichOneof("kind") == "number_value"
    seen = client.probe.call("ret", "five")
    assert (seen, type(seen)) == (5.0, float)
    assert raw.call(probe, "typed_int", 5) == "5"
    assert raw.failure(probe, "typed_int", 5.5).code == "INVALID_ARGUMENT"


def test_point_10_a_void_method_answers_null(raw, probe, client):
    assert raw.value(probe, "void").WhichOneof("kind") == "null_value"
    assert client.probe.call("void") is None


@pytest.mark.parametrize("kind", ["nan", "inf", "neginf"])
def test_point_11_results_that_are_no_numbers_become_null(raw, probe, kind):
    assert raw.value(probe, "ret", kind).WhichOneof("kind") == "null_value"


def test_point_11_also_inside_lists_and_structs(raw, probe):
    assert raw.call(probe, "ret", "nested_nan") == [None, {"v": None}]


@pytest.mark.parametrize("argument", [math.nan, math.inf, [1, math.nan], {"a": -math.inf}])
def test_point_12_an_argument_that_is_no_number_is_refused(raw, probe, argument):
    assert raw.failure(probe, "answer", argument).code == "INVALID_ARGUMENT"
    assert raw.call(probe, "answer", 1) == 1


def test_point_13_a_value_without_a_kind_is_null(raw, probe):
    assert raw.call(probe, "echo", UNSET, [1, UNSET], {"a": UNSET}) == [
        ["NoneType", None],
        ["list", [1, None]],
        ["dict", {"a": None}],
    ]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("uuid", "00000000-0000-0000-0000-000000000005"),
        ("path", "/a/b"),
        ("datetime", "2026-01-02T03:04:05"),
        ("instant", "2026-01-02T03:04:05Z"),
        ("date", "2026-01-02"),
        ("time", "01:02:03"),
        ("timedelta", "PT1M30S"),
        ("duration_ms", "PT1M0.5S"),
        ("decimal", "1.50"),
    ],
)
def test_point_14_known_objects_have_a_text_form(raw, probe, kind, text):
    assert raw.call(probe, "ret", kind) == text


def test_point_15_bytes_are_text_or_base64(raw, probe):
    assert raw.call(probe, "ret", "base64") == {"data": "AP8Q"}
    assert raw.call(probe, "ret", "bytes") == "abc"
    assert raw.call(probe, "ret", "model") == {"a": 1, "b": None, "data": "hi"}


def test_point_16_map_keys_become_texts(raw, probe):
    assert raw.call(probe, "ret", "odd_keys") == {"1": "x", "2.5": "x", "None": "x"}


@pytest.mark.parametrize("kind", ["object", "bytes_bin"])
def test_point_16_a_result_without_a_form_is_refused(raw, probe, kind):
    assert raw.failure(probe, "ret", kind).code == "INVALID_ARGUMENT"
    assert raw.call(probe, "ret", "int") == 7


def test_point_17_a_list_nested_thirty_deep_makes_the_round_trip(raw, probe):
    assert raw.call(probe, "answer", nested(30)) == nested(30)
    assert raw.call(probe, "deep", 30) == nested(30)
