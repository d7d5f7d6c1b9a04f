"""Report and tree: points 1 to 6."""

import re
import uuid

import pytest

CLIENT, NAME = "jumpstarter.dev/client", "jumpstarter.dev/name"


@pytest.fixture(scope="module")
def nodes(raw):
    return raw.report().reports


def path_of(nodes, node):
    """The names from the root down to the node."""
    by_uuid = {n.uuid: n for n in nodes}
    return [] if not node.parent_uuid else [*path_of(nodes, by_uuid[node.parent_uuid]), node.labels[NAME]]


def test_point_01_exactly_one_root_and_it_comes_first(nodes):
    assert [i for i, node in enumerate(nodes) if not node.HasField("parent_uuid")] == [0]


def test_point_02_parents_come_first_and_siblings_keep_their_order(nodes):
    seen = set()
    for node in nodes:
        assert not node.parent_uuid or node.parent_uuid in seen
        seen.add(node.uuid)
    names = [node.labels.get(NAME, "") for node in nodes]
    board = ["board", "second", "first", "deeper", "leaf"]
    assert names == ["", "power", "probe", "watch", *board, "alias", "aliases", *board[1:]]


def test_point_03_every_node_names_its_client_class_and_itself(nodes):
    for node in nodes:
        assert re.fullmatch(r"[\w]+(\.[\w]+)+", node.labels[CLIENT])
    assert all(node.labels.get(NAME) for node in nodes[1:])
    assert NAME not in nodes[0].labels


def test_point_04_the_root_is_a_composite(nodes):
    assert nodes[0].labels[CLIENT] == "jumpstarter_driver_composite.client.CompositeClient"


def test_point_05_uuids_are_canonical_and_repeat_for_proxies_alone(nodes):
    for node in nodes:
        assert str(uuid.UUID(node.uuid)) == node.uuid
    by_path = {}
    for node in nodes:
        by_path.setdefault(node.labels.get(NAME), []).append(node.uuid)
    assert by_path["alias"] == [by_path["second"][0]]
    assert by_path["aliases"] == by_path["board"]
    for below in ("second", "first", "deeper", "leaf"):
        assert len(set(by_path[below])) == 1 and len(by_path[below]) == 2
    assert len({node.uuid for node in nodes}) == len(nodes) - 6


def test_point_06_descriptions_are_absent_when_not_configured(nodes):
    described = {n.labels.get(NAME, ""): n.description for n in nodes if n.HasField("description")}
    assert described == {"power": "the relay"}
    helped = {n.labels.get(NAME, ""): dict(n.methods_description) for n in nodes if n.methods_description}
    assert helped == {"power": {"on": "Turn it on now"}}
