"""The tree of drivers: its report, composites, proxies, descriptions, and clients that are not installed."""

import pytest
from jumpstarter.client.base import StubDriverClient
from peers import BIN, Exporter, run

POWER = "jumpstarter_driver_power.driver.MockPower"
EXPORT = {
    "power": {"type": POWER, "description": "The board's power", "methods_description": {"on": "Turn it on now"}},
    "nested": {"children": {"inner": {"type": POWER}, "deeper": {"children": {"leaf": {"type": POWER}}}}},
    "proxypower": {"ref": "nested.inner"},
    "proxynested": {"ref": "nested"},
    "echo": {
        "type": "jumpstarter_driver_network.driver.EchoNetwork",
        "config": {"labels": {"rack": "7"}, "log_level": "DEBUG"},
    },
    "typed": {
        "type": "jumpstarter_driver_composite.driver.Composite",
        "children": {"leaf": {"type": POWER}},
    },
    "empty": {"children": {}},
}


@pytest.fixture(scope="module")
def exporter(peer):
    with Exporter(peer, export=EXPORT, description="A tree to look at") as exporter:
        yield exporter


@pytest.fixture(scope="module")
def reports(exporter):
    return list(exporter.report().reports)


def name(report):
    return report.labels.get("jumpstarter.dev/name")


def test_the_report_is_depth_first_and_lists_a_proxys_whole_target(reports):
    assert [name(r) for r in reports] == [
        None,
        "power",
        *("nested", "inner", "deeper", "leaf"),
        "proxypower",
        *("proxynested", "inner", "deeper", "leaf"),
        "echo",
        *("typed", "leaf"),
        "empty",
    ]


def test_a_proxy_repeats_the_ids_of_its_target(reports):
    ids = [r.uuid for r in reports]
    nested, inner, deeper, leaf = ids[2:6]
    assert ids[6] == inner
    assert ids[7:11] == [nested, inner, deeper, leaf]
    others = [i for at, i in enumerate(ids) if not 6 <= at <= 10]
    assert len(set(others)) == len(others)


def test_a_proxys_parent_is_its_own_and_its_targets_children_keep_theirs(reports):
    root, nested = reports[0].uuid, reports[2].uuid
    assert reports[6].parent_uuid == reports[7].parent_uuid == root
    assert reports[8].parent_uuid == nested
    assert not reports[0].HasField("parent_uuid")


def test_ids_stay_the_same_for_every_client(exporter, reports):
    assert [r.uuid for r in exporter.report().reports] == [r.uuid for r in reports]


def test_labels_name_the_client_class_and_carry_those_of_the_file(reports):
    assert reports[0].labels["jumpstarter.dev/client"] == "jumpstarter_driver_composite.client.CompositeClient"
    echo = reports[11]
    assert dict(echo.labels) == {
        "jumpstarter.dev/client": "jumpstarter_driver_network.client.NetworkClient",
        "jumpstarter.dev/name": "echo",
        "rack": "7",
    }


def test_descriptions_are_there_only_where_they_were_given(reports):
    assert reports[0].description == "A tree to look at"
    assert reports[1].description == "The board's power"
    assert dict(reports[1].methods_description) == {"on": "Turn it on now"}
    assert not any(r.HasField("description") or r.methods_description for r in reports[2:])


def test_every_leaf_is_driven_by_its_path(client):
    client.power.on()
    client.nested.inner.on()
    client.nested.deeper.leaf.on()
    client.typed.leaf.on()
    client.proxypower.on()
    client.proxynested.inner.on()
    client.proxynested.deeper.leaf.on()


def test_a_proxy_is_the_target_itself(client):
    assert client.proxypower.uuid == client.nested.inner.uuid
    assert client.proxynested.uuid == client.nested.uuid


def test_j_walks_the_tree_and_through_proxies(exporter):
    for path in (["nested", "deeper", "leaf"], ["proxynested", "deeper", "leaf"], ["proxypower"]):
        assert exporter.j(*path, "on").code == 0


def test_j_shows_the_descriptions_in_its_help(exporter):
    done = exporter.j("--help")
    assert done.code == 0
    assert "A tree to look at" in done.out
    assert "The board's power" in done.out
    assert "Turn it on now" in exporter.j("power", "--help").out


def test_j_refuses_a_child_that_is_not_there(exporter):
    done = exporter.j("nested", "outer")
    assert done.code == 1
    assert "No such command 'outer'" in done.err


def test_j_outside_of_a_shell_says_so():
    done = run([BIN / "j", "power", "on"])
    assert done.code == 1
    assert "the j command must be used inside a jmp shell: JUMPSTARTER_HOST not set" in done.err


def test_a_client_class_that_is_not_allowed_is_missing_in_j_and_the_rest_works(exporter):
    allowed = {"JMP_DRIVERS_ALLOW": "jumpstarter_driver_composite.*,jumpstarter_driver_power.*"}
    done = exporter.j("--help", env=allowed)
    assert done.code == 0
    assert "power" in done.out and "echo" not in done.out
    assert exporter.j("power", "on", env=allowed).code == 0
    refused = exporter.j("echo", "address", env=allowed)
    assert (refused.code, "No such command 'echo'" in refused.err) == (1, True)


def test_a_missing_client_class_becomes_a_stub_that_says_what_to_do(exporter, caplog):
    with exporter.connect(allow=["jumpstarter_driver_composite.*"]) as client:
        assert "Driver client 'jumpstarter_driver_power.client.PowerClient' is not available." in caplog.text
        stub = client.children["power"]
        assert isinstance(stub, StubDriverClient)
        uses = (
            lambda: stub.on(),
            lambda: stub.call("on"),
            lambda: list(stub.streamingcall("read")),
            lambda: stub.stream().__enter__(),
            lambda: stub.log_stream().__enter__(),
        )
        for use in uses:
            with pytest.raises(ImportError, match="version mismatch between your client and the exporter"):
                use()


def test_with_all_classes_at_hand_nothing_is_a_stub(client):
    assert sorted(client.children) == sorted(EXPORT)
    assert not any(isinstance(c, StubDriverClient) for c in client.children.values())
