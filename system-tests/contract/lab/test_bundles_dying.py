"""Bundles on five nodes, one of which dies in the middle of an upgrade."""

import subprocess

import pytest
from lab import bundles
from lab.bundles import OUTLET, board, on, rigbus, serving
from lab.labs import Lab
from peers import command
from waiting import eventually


@pytest.fixture(scope="module")
def lab():
    with Lab(nodes=5) as lab:
        yield lab


def slow(tmp_path, version, flag):
    """An outlet that takes its time to start where a file is there."""
    wait = "io.vertx.core.Vertx.currentContext().owner().timer(15, java.util.concurrent.TimeUnit.SECONDS)"
    return bundles.outlet(tmp_path, version, start=f'new java.io.File("{flag}").exists() ? {wait} : {bundles.FINE}')


def test_a_node_that_dies_half_way_takes_the_upgrade_with_it(lab, tmp_path):
    rigbus(lab, "bundle", "deploy", bundles.outlet(tmp_path, "1.0"))
    board(lab, tmp_path, "desk", OUTLET, "n5")
    flag = tmp_path / "slow"
    flag.touch()
    upgrade = subprocess.Popen(
        [*command("rigbus"), "bundle", "upgrade", str(slow(tmp_path, "2.0", flag)), "--data", str(lab.nodes[0].data)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    content = lambda node: {f.name for f in (lab.nodes[node].data / "bundles").glob("*.jar")}
    eventually(lambda: len(content(4)) > 1, "the new content arrives")
    lab.nodes[4].kill()
    said = upgrade.communicate(timeout=60)[0]
    assert upgrade.returncode == 5, said
    assert "node n5 does not answer; nothing has changed" in said
    assert all(version == "1.0" for node, version in serving(lab).items() if node != "n5")
    lab.nodes[4].start()
    on(lab, "1.0")
    lab.until_ready("desk")
    flag.unlink()
    rigbus(lab, "bundle", "upgrade", slow(tmp_path, "2.0", flag))
    on(lab, "2.0")


def test_the_node_that_makes_the_change_dies_half_way(lab, tmp_path):
    """After the test before, which leaves version 2.0."""
    flag = tmp_path / "slow"
    flag.touch()
    upgrade = subprocess.Popen(
        [*command("rigbus"), "bundle", "upgrade", str(slow(tmp_path, "3.0", flag)), "--data", str(lab.nodes[1].data)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    content = lambda node: {f.name for f in (lab.nodes[node].data / "bundles").glob("*.jar")}
    eventually(lambda: len(content(4)) > 2, "the new content arrives")
    lab.nodes[1].kill()
    assert upgrade.wait(60) != 0
    eventually(lambda: "is gone in the middle of a change of bundle outlet" in lab.nodes[2].process.log, lambda: lab.log[-3000:], 60)
    lab.nodes[1].start()
    on(lab, "2.0")


