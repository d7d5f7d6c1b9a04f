"""Every recorded exchange of our drivers, replayed. RIGBUS_FIXTURES names the folder; default is beside the checkout."""

import json
import os
from pathlib import Path

import expectations
import fixtures
import pytest
import replay
import rig
from devices import all_devices
from raw import connection

FIXTURES = fixtures.load()
REPLAYED = [name for name in FIXTURES if name not in expectations.NOT_REPLAYED]

# What has to be replayed before, on the same exporter.
NEEDS = {
    "flasher-dump-file": ["flasher-flash-file"],
    "flasher-dump-compressed-gzip": ["flasher-flash-precompressed-gzip"],
    **{f"flasher-dump-of-{f}": [f"flasher-flash-precompressed-{f}"] for f in ("gzip", "xz", "bz2", "zstd")},
    "mux-read-local-file": ["mux-write-local-file"],
    "muxflasher-dump": ["muxflasher-flash"],
    **{f"mem-{name}": ["mem-write-read"] for name in ("list", "scan", "stat")},
}
CREATED = ["storage-write-bytes", "storage-copy", "storage-rename", "storage-create-dir", "storage-delete"]
NEEDS["storage-get-created-resources"] = CREATED
NEEDS["storage-get-created-resources2"] = [*CREATED, "storage-register-path"]

# These count what happened since the exporter started, or end its session.
FRESH = {"storage-get-created-resources", "storage-get-created-resources2", "getstatus", "endsession"}

# What lies in the storage before a case; a path that ends with `/` is a directory, a text after `->` a link's target.
SEEDS = {"report": {"file.txt": "content", "ren.txt": "content", "a/b/c/": ""},
         "report6": {"a.txt": "AAA", "b.txt": "BB", "r.txt": "0123456789", "n/e/s.txt": "1"}}
OWN_SEEDS = {
    "storage-exists-false": {},
    "storage-rename": {"copy.txt": "content"},
    "storage-read-into-path": {"up.bin": "A" * 200_000},
    "storage-get-created-resources": {},
    "storage-get-created-resources2": {},
    "st-write-nested-autodir": {},
    "st-rename-to-new-dir": {"new/dir/c.txt": "AAA"},
    "st-scan-noslash": {"n/e/s.txt": "1", "new/dir/": "", "new2/c.txt": "AAA"},
    "st-symlink-list": {"ln": "->../outside.txt", "lnd": "->..", "dead": "->nowhere"},
    "st-symlink-stat": {"three.txt": "abc", "ln": "->three.txt"},
    "st-symlink-delete": {"three.txt": "abc", "ln": "->three.txt"},
    "st-symlink-dir-delete": {"d/": "", "lnd": "->d"},
    **dict.fromkeys(("st-symlink-dead-delete", "st-symlink-dead-exists", "st-symlink-dead-stat"), {"dead": "->nowhere"}),
}


def seed(root, entries):
    """Makes the storage hold these entries and nothing else."""
    for path in sorted(root.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    for name, content in entries.items():
        path = root / name
        (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
        if content.startswith("->"):
            path.symlink_to(content[2:])
        elif not name.endswith("/"):
            path.write_text(content)


class Bench:
    """The devices, and one running exporter per recorded session."""

    def __init__(self, peer, room, ports):
        self.peer, self.room = peer, room
        # The recordings name ports, and folders by placeholders.
        self.texts = {f":{there}": f":{here}" for there, here in ports.items()} | {"$WORK": str(room)}
        self.ports = ports
        self.running, self.broken = {}, {}
        for name in ("fs", "fs2", "cleanfs"):
            (room / name).mkdir()
        (room / "outside.txt").write_text("outside")

    def start(self, session):
        export = fixtures.tree_of(FIXTURES, session, self.peer)
        description = next((r["description"] for r in self.reports(session)[:1] if "description" in r), None)
        keys = {"description": description} if description else {}
        exporter = rig.start(self.peer, self.here(export), **keys)
        return exporter.__enter__()

    def reports(self, session):
        return [] if session == fixtures.LOOSE else fixtures.reports_of(FIXTURES, session)

    def here(self, node):
        """A configuration with the ports and folders of this run."""
        text = json.dumps(node)
        for there, here in self.texts.items():
            text = text.replace(there, here)
        for there, here in self.ports.items():
            text = text.replace(f'"port": {there}', f'"port": {here}')
        return json.loads(text)

    def exporter(self, session, fresh=False):
        if fresh:
            self.stop(session)
        if session in self.broken:
            raise self.broken[session]  # one start that fails is enough to know
        if session not in self.running:
            try:
                self.running[session] = self.start(session)
            except AssertionError as failure:
                self.broken[session] = failure
                raise
        return self.running[session]

    def stop(self, session):
        if exporter := self.running.pop(session, None):
            exporter.__exit__(None, None, None)

    def replay(self, name):
        fixture = FIXTURES[name]
        session = fixtures.session_of(FIXTURES, fixture)
        exporter = self.exporter(session, name in FRESH)
        if root := fixtures.SESSIONS.get(session):
            seed(Path(root.replace("$WORK", str(self.room))), OWN_SEEDS.get(name, SEEDS[session]))
        with connection(exporter) as raw:
            for case in (*NEEDS.get(name, ()), name):
                self._replay(raw, session, case)
        if name == "endsession":
            self.stop(session)

    def _replay(self, raw, session, case):
        rule = expectations.replay_rule(self.peer, case)
        run = replay.Replay(raw, self.paths(raw, session), self.texts, rule)
        dump = FIXTURES["flasher-dump-of-gzip"].content["rpcs"][0]
        run.packed_content = replay.periodic([f for f in dump["frames"] if f["dir"] == "exporter->client"])
        content = expectations.adjusted(self.peer, case, FIXTURES[case].content)
        run.run(self.with_real_folder_sizes(content))

    def paths(self, raw, session):
        """The uuid of every node by its placeholder."""
        report = raw.report()
        found = {"<uuid:exporter>": report.uuid, "<uuid:root>": report.reports[0].uuid}
        by_uuid = {report.reports[0].uuid: ""}
        for node in report.reports[1:]:
            path = f"{by_uuid[node.parent_uuid]}.{node.labels[fixtures.NAME]}".lstrip(".")
            by_uuid.setdefault(node.uuid, path)
            found[f"<uuid:{path}>"] = node.uuid
        return found

    def with_real_folder_sizes(self, content):
        """The size of a directory is that of its inode, which is the file system's own affair."""
        text = json.dumps(content)
        return json.loads(text.replace('"content_length": 4096.0', f'"content_length": {self.folder_size()}'))

    def folder_size(self):
        return float(os.stat(self.room / "fs").st_size)


@pytest.fixture(scope="module")
def bench(peer, tmp_path_factory):
    room = tmp_path_factory.mktemp("fixtures")
    with all_devices(room) as ports:
        bench = Bench(peer, room, ports)
        try:
            yield bench
        finally:
            for session in list(bench.running):
                bench.stop(session)


def test_the_fixtures_are_there():
    assert len(REPLAYED) > 200, f"no recorded exchanges in {fixtures.FOLDER}; set RIGBUS_FIXTURES to their folder"


@pytest.mark.parametrize("name", REPLAYED)
def test_fixture(bench, name):
    bench.replay(name)
