"""Where an exporter's file and address may come from."""

import signal

import pytest
from peers import Exporter

POWER = {"power": {"type": "jumpstarter_driver_power.driver.MockPower"}}


class ByName(Exporter):
    """An exporter whose file is found by its name in the user's configuration."""

    def __init__(self, peer, name, home, **keys):
        super().__init__(peer, env={"XDG_CONFIG_HOME": str(home)}, **keys)
        self._name, self._home = name, home

    @property
    def config_file(self):
        return self._home / "jumpstarter" / "exporters" / f"{self._name}.yaml"

    def flags(self):
        return ["--exporter", self._name, *super().flags()[2:]]


class OnEveryAddress(Exporter):
    """An exporter that was given a port and no host."""

    def flags(self):
        return [str(self.port) if word == self.address else word for word in super().flags()]


def test_an_exporter_is_found_by_its_name(peer, tmp_path):
    (tmp_path / "jumpstarter" / "exporters").mkdir(parents=True)
    with ByName(peer, "board-7", tmp_path, export=POWER) as exporter:
        assert exporter.j("power", "on").code == 0


def test_a_port_alone_means_every_address(peer):
    with OnEveryAddress(peer, export=POWER) as exporter:
        assert exporter.report().reports


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_an_exporter_ends_soon_after_the_signal(peer, name):
    with Exporter(peer, export=POWER) as exporter:
        with exporter.connect() as client:
            readings = client.power.read()
            next(readings)
            exporter.process.send_signal(signal.Signals[name])
            exporter.wait(10)
