"""Files on the exporter through the storage driver: bytes, files, directories, lists, and every refusal."""

import hashlib
import os

import pytest
from differences import expected
from jumpstarter.client.core import DriverError, DriverMethodNotImplemented
from jumpstarter_driver_opendal.common import PresignedRequest
from opendal import Operator
from peers import Exporter
from refusals import refusal
from streams import MIB, noise, sha256
from webserver import web_server

DRIVER = "jumpstarter_driver_opendal.driver.Opendal"
TEXT = b"hello"


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    return tmp_path_factory.mktemp("storage")


@pytest.fixture(scope="module")
def web():
    with web_server() as server:
        yield server


@pytest.fixture(scope="module")
def exporter(peer, room, web):
    def node(scheme, **kwargs):
        return {"type": DRIVER, "config": {"scheme": scheme, "kwargs": kwargs}}

    for name in ("root", "clean"):
        (room / name).mkdir()
    export = {
        "storage": node("fs", root=str(room / "root")),
        "mem": node("memory"),
        "web": node("http", endpoint="http://invalid.invalid"),
        "site": node("http", endpoint=web.url),
        "clean": node("fs", root=str(room / "clean")),
    }
    export["clean"]["config"]["remove_created_on_close"] = True
    with Exporter(peer, export=export) as exporter:
        yield exporter


@pytest.fixture
def root(room):
    """The directory behind `storage`, empty for every test."""
    root = room / "root"
    yield root
    for path in sorted(root.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


@pytest.fixture
def storage(client, root):
    return client.storage


# ---- bytes and files ----


@pytest.mark.parametrize("name", ["storage", "mem"])
def test_bytes_that_were_written_are_read_and_hashed(client, root, name):
    storage = client.children[name]
    storage.write_bytes("test_file.txt", TEXT)
    assert storage.read_bytes("test_file.txt") == TEXT
    assert storage.hash("test_file.txt", "md5") == hashlib.md5(TEXT).hexdigest()
    assert storage.hash("test_file.txt", "sha256") == storage.hash("test_file.txt") == sha256(TEXT)


def test_the_file_is_where_the_configuration_says(storage, root):
    storage.write_bytes("a/b/file", TEXT)
    assert (root / "a/b/file").read_bytes() == TEXT


@pytest.mark.parametrize("name", ["storage", "mem"])
def test_an_empty_file_stays_empty(client, root, name):
    storage = client.children[name]
    storage.write_bytes("empty", b"")
    assert storage.read_bytes("empty") == b""
    assert storage.stat("empty").content_length == 0


def test_a_file_is_written_from_a_path_and_read_into_one(storage, tmp_path):
    (tmp_path / "src").write_bytes(TEXT)
    storage.write_from_path("test_file", tmp_path / "src")
    storage.read_into_path("test_file", tmp_path / "dst")
    assert (tmp_path / "dst").read_bytes() == TEXT


@pytest.mark.parametrize("name", ["storage", "mem"])
def test_thirty_two_mebibytes_make_the_round_trip(client, root, tmp_path, name):
    storage, data = client.children[name], noise(32 * MIB)
    (tmp_path / "src").write_bytes(data)
    storage.write_from_path("big", tmp_path / "src")
    assert storage.hash("big") == sha256(data)
    storage.read_into_path("big", tmp_path / "dst")
    assert sha256((tmp_path / "dst").read_bytes()) == sha256(data)
    storage.delete("big")


def test_writing_replaces_what_was_there(storage):
    storage.write_bytes("f", b"a long first content")
    storage.write_bytes("f", b"short")
    assert storage.read_bytes("f") == b"short"


def test_a_leading_slash_means_nothing(storage):
    storage.write_bytes("/slash.txt", TEXT)
    assert storage.read_bytes("slash.txt") == TEXT
    assert sorted(storage.list("/")) == ["/", "slash.txt"]


def test_names_with_spaces_percent_signs_and_umlauts_are_just_names(storage, root):
    for name in ("a b.txt", "50%25.txt", "grün.txt", "q?x=1#y"):
        storage.write_bytes(name, TEXT)
        assert (root / name).read_bytes() == TEXT
        assert storage.read_bytes(name) == TEXT


def test_a_file_comes_from_an_http_url(storage, web):
    web.serve("/some/file.bin", b"from the web")
    storage.write_from_path("fetched", web.url + "/some/file.bin")
    assert storage.read_bytes("fetched") == b"from the web"


def test_an_http_url_is_asked_for_byte_for_byte_even_with_an_operator(storage, web):
    web.serve("/path%40encoded/file.bin?sig=a%2Fb", b"data")
    url = web.url + "/path%40encoded/file.bin?sig=a%2Fb"
    storage.write_from_path("dest.bin", url, operator=Operator("http", endpoint=web.url))
    assert web.paths[-1] == "/path%40encoded/file.bin?sig=a%2Fb"
    assert storage.read_bytes("dest.bin") == b"data"


def test_a_missing_http_url_leaves_an_error_that_hides_the_query(storage, web):
    with refusal(words="Presigned HTTP GET request failed: status=404") as failed:
        storage.write_from_path("dest.bin", web.url + "/nowhere?token=secret")
    assert "secret" not in failed.text


# ---- open files ----


def test_seek_and_tell(storage):
    storage.write_bytes("f", TEXT)
    file = storage.open("f", "rb")
    assert file.tell() == 0
    assert file.seek(-3, os.SEEK_END) == file.tell() == 2
    assert file.read_bytes() == b"llo"
    assert file.seek(1) == 1
    assert file.seek(2, os.SEEK_CUR) == 3
    assert file.read_bytes() == b"lo"
    assert file.read_bytes() == b""
    with refusal(words="invalid seek to a negative"):
        file.seek(-1)
    file.close()


def test_what_a_file_is_good_for_depends_on_its_mode(storage):
    for mode, readable in (("wb", False), ("rb", True)):
        file = storage.open("f", mode)
        assert not file.closed
        assert (file.readable(), file.seekable(), file.writable()) == (readable, readable, not readable)
        file.close()
        assert file.closed
        file.close()
        assert file.closed


def test_several_writes_on_one_file_follow_each_other(storage):
    file = storage.open("f", "wb")
    for part in (b"one ", b"two ", b"three"):
        file.write_bytes(part)
    file.close()
    assert storage.read_bytes("f") == b"one two three"


def test_a_new_file_exists_from_its_opening(storage):
    file = storage.open("fresh", "wb")
    assert storage.exists("fresh")
    file.close()
    assert storage.stat("fresh").content_length == 0


def test_misuse_of_a_file_that_is_written(storage):
    file = storage.open("f", "wb")
    for misuse in (lambda: file.seek(0), file.tell):
        with refusal(words="I/O operation failed"):
            misuse()
    assert file.read_bytes() == b""
    file.close()
    with refusal(words="I/O operation failed"):
        file.tell()


def test_misuse_of_a_file_that_is_read(storage):
    storage.write_bytes("f", TEXT)
    file = storage.open("f", "rb")
    with refusal(words="I/O operation failed"):
        file.write_bytes(b"x")
    file.close()
    with refusal(words="I/O operation failed"):
        file.tell()
    assert file.read_bytes() == b""


def test_a_handle_that_nobody_knows_is_refused(storage):
    with refusal(words="UUID"):
        storage.call("file_tell", "00000000-0000-4000-8000-000000000000")
    with refusal("INVALID_ARGUMENT"):
        storage.call("file_tell", "not-a-handle")


@pytest.mark.parametrize("method", ["open", "stat", "hash"])
def test_a_wrong_kind_of_argument_is_an_invalid_one(storage, method):
    args = {"open": ("f", "r+"), "stat": (5,), "hash": ("f", "crc32")}[method]
    with refusal("INVALID_ARGUMENT"):
        storage.call(method, *args)


def test_an_argument_too_few_or_too_many_is_refused(storage):
    for args in ((), ("a", "rb", "more")):
        with refusal("INVALID_ARGUMENT"):
            storage.call("open", *args)


# ---- metadata and directories ----


def test_copy_rename_and_delete(storage):
    storage.write_bytes("f", TEXT)
    assert storage.exists("f") and storage.stat("f").mode.is_file()
    storage.copy("f", "copy")
    assert storage.read_bytes("copy") == TEXT
    storage.rename("copy", "renamed")
    assert not storage.exists("copy")
    assert storage.read_bytes("renamed") == TEXT
    storage.delete("renamed")
    assert not storage.exists("renamed")


def test_copy_and_rename_make_parents_and_replace_targets(storage):
    storage.write_bytes("f", TEXT)
    storage.write_bytes("old", b"old content")
    storage.copy("f", "new/dir/copy")
    storage.copy("f", "old")
    assert storage.read_bytes("new/dir/copy") == storage.read_bytes("old") == TEXT
    storage.write_bytes("g", b"g")
    storage.rename("g", "other/dir/g")
    storage.rename("f", "old")
    assert storage.read_bytes("other/dir/g") == b"g"
    assert storage.read_bytes("old") == TEXT


def test_a_directory_is_made_with_its_parents_and_removed_with_its_content(storage):
    storage.create_dir("dir/sub/")
    storage.create_dir("dir/sub/")
    assert storage.exists("dir/") and storage.exists("dir/sub")
    assert storage.stat("dir/").mode.is_dir() and storage.stat("dir").mode.is_dir()
    storage.write_bytes("dir/sub/f", TEXT)
    storage.remove_all("dir/")
    assert not storage.exists("dir/")


def test_remove_all_takes_a_file_and_forgives_what_is_missing(storage):
    storage.write_bytes("single", TEXT)
    storage.remove_all("single")
    assert not storage.exists("single")
    assert storage.call("remove_all", "missing/") is None


def test_remove_all_without_a_slash(storage, peer):
    for path in ("n/f", "nested/f"):
        storage.write_bytes(path, TEXT)
    storage.write_bytes("other.txt", TEXT)
    storage.remove_all("n")
    assert not storage.exists("n/f")
    assert storage.exists("other.txt")
    assert storage.exists("nested/f") == expected(peer, "remove_all without a slash spares other names")


def test_deleting(storage):
    assert storage.call("delete", "missing") is None
    storage.create_dir("hollow/")
    storage.delete("hollow/")
    assert not storage.exists("hollow/")
    storage.write_bytes("full/f", TEXT)
    with refusal(words="Unexpected .*at delete"):
        storage.delete("full/")
    assert storage.exists("full/f")


def test_stat_tells_all(storage):
    storage.write_bytes("f", TEXT)
    storage.create_dir("d/")
    assert storage.call("stat", "f") == {
        "content_length": 5.0,
        "content_md5": None,
        "content_type": None,
        "content_disposition": None,
        "etag": None,
        "mode": {"entry_is_file": True, "entry_is_dir": False},
    }
    assert storage.call("stat", "d/")["mode"] == {"entry_is_file": False, "entry_is_dir": True}
    assert storage.stat("/").mode.is_dir()
    assert storage.exists("") and storage.exists("/")


@pytest.mark.parametrize(
    ("method", "args", "words"),
    [
        ("open", ("missing", "rb"), "NotFound"),
        ("stat", ("missing",), "NotFound"),
        ("hash", ("missing",), "NotFound"),
        ("copy", ("missing", "x"), "NotFound"),
        ("rename", ("missing", "x"), "NotFound"),
        ("hash", ("d/",), "IsADirectory"),
        ("copy", ("d/", "x"), "IsADirectory"),
        ("rename", ("d/", "x"), "IsADirectory"),
        ("open", ("d/", "rb"), "IsADirectory"),
        ("open", ("d/", "wb"), "IsADirectory"),
        ("stat", ("f/",), "NotFound"),
        ("create_dir", ("noslash",), "NotADirectory"),
        ("presign_read", ("f", 60), "Unsupported"),
        ("presign_write", ("f", 60), "Unsupported"),
        ("presign_stat", ("f", 60), "Unsupported"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(storage, method, args, words):
    storage.write_bytes("f", TEXT)
    storage.create_dir("d/")
    with refusal(words=words):
        storage.call(method, *args)


# ---- lists ----


@pytest.fixture
def shelves(storage):
    storage.create_dir("a/b/c/")
    storage.create_dir("d/e/")
    storage.write_bytes("d/f", TEXT)
    storage.write_bytes("dx", TEXT)
    return storage


@pytest.mark.parametrize(
    ("path", "entries"),
    [
        ("/", {"/", "a/", "d/", "dx"}),
        ("", {"/", "a/", "d/", "dx"}),
        ("a/", {"a/", "a/b/"}),
        ("/d/", {"d/", "d/e/", "d/f"}),
        ("d", {"d/", "dx"}),
        ("dx", {"dx"}),
        ("missing", set()),
        ("missing/", set()),
    ],
)
def test_list_goes_one_level_down(shelves, path, entries):
    listed = list(shelves.list(path))
    assert set(listed) == entries
    assert len(listed) == len(entries)


@pytest.mark.parametrize(
    ("path", "entries"),
    [
        ("/", {"/", "a/", "a/b/", "a/b/c/", "d/", "d/e/", "d/f", "dx"}),
        ("a/", {"a/", "a/b/", "a/b/c/"}),
        ("d", {"d/", "d/e/", "d/f", "dx"}),
        ("missing/", set()),
    ],
)
def test_scan_goes_all_the_way_with_children_before_their_parents(shelves, path, entries):
    listed = list(shelves.scan(path))
    assert set(listed) == entries
    assert len(listed) == len(entries)
    for entry in listed:
        parents = [other for other in listed if other.endswith("/") and entry.startswith(other) and entry != other]
        assert all(listed.index(parent) > listed.index(entry) for parent in parents)


def test_a_list_of_a_thousand_files_is_complete(storage, root):
    (root / "many").mkdir()
    for number in range(1000):
        (root / "many" / f"file-{number:04}").touch()
    assert len(set(storage.list("many/"))) == 1001


def test_a_lister_that_leaves_early_disturbs_nobody(shelves):
    entries = shelves.list("/")
    next(entries)
    entries.close()
    assert len(list(shelves.list("/"))) == 4


# ---- links and the root ----


def test_links_inside_the_root_are_followed_and_deleted_as_links(storage, root):
    (root / "target").write_bytes(TEXT)
    (root / "link").symlink_to("target")
    (root / "dead").symlink_to("nowhere")
    assert storage.read_bytes("link") == TEXT
    assert storage.stat("link").content_length == 5
    assert "link" in set(storage.list("/"))
    assert not storage.exists("dead")
    with refusal(words="NotFound"):
        storage.stat("dead")
    storage.delete("link")
    assert (root / "target").exists() and not (root / "link").is_symlink()


@pytest.fixture
def secret(room):
    (room / "secret").write_bytes(b"the exporter's own")
    return room / "secret"


@pytest.mark.parametrize("path", ["../secret", "a/../../secret", "/../secret"])
def test_dots_in_a_path_and_the_root(storage, root, secret, peer, path):
    (root / "a").mkdir()
    assert escapes(lambda: storage.read_bytes(path)) == expected(peer, "path out of the root")
    assert escapes(lambda: storage.stat(path) and b"the exporter's own") == expected(peer, "path out of the root")


@pytest.mark.parametrize("path", ["..%2Fsecret", "..\\secret"])
def test_an_encoded_path_stays_inside_the_root(storage, secret, path):
    assert escapes(lambda: storage.read_bytes(path)) == "refused"


def test_a_link_that_leads_out_of_the_root(storage, root, secret, peer):
    (root / "out").symlink_to(secret)
    assert escapes(lambda: storage.read_bytes("out")) == expected(peer, "symlink out of the root")


def escapes(attempt):
    try:
        return "escapes" if attempt() == b"the exporter's own" else "somewhere else"
    except DriverError:
        return "refused"


# ---- other schemes, capability, bookkeeping ----


def test_memory_lists_and_scans_in_its_own_way(client):
    client.mem.write_bytes("shelf/a/b.txt", TEXT)
    assert set(client.mem.list("shelf/")) == {"shelf/a/"}
    assert set(client.mem.scan("shelf/")) == {"shelf/a/b.txt"}
    assert client.mem.stat("shelf/a/b.txt").content_length == 5
    client.mem.remove_all("shelf/")
    assert not client.mem.exists("shelf/a/b.txt")


@pytest.mark.parametrize(("method", "args"), [("copy", ("m", "n")), ("rename", ("m", "n")), ("presign_read", ("m", 9))])
def test_memory_does_not_do_everything(client, method, args):
    client.mem.write_bytes("m", TEXT)
    with refusal(words="Unsupported"):
        client.mem.call(method, *args)


def test_memory_has_no_file_that_was_never_written(client):
    with refusal(words="NotFound"):
        client.mem.read_bytes("never")


def test_http_presigns_reads_and_stats(client):
    assert client.web.capability().presign_read and client.web.capability().presign_stat
    url = "http://invalid.invalid/test"
    assert client.web.presign_read("test", 100) == PresignedRequest(url=url, method="GET", headers={})
    assert client.web.presign_stat("test", 100) == PresignedRequest(url=url, method="HEAD", headers={})
    with refusal(words="Unsupported"):
        client.web.presign_write("test", 100)


def test_http_reads_what_the_site_has_and_cannot_write(client, web):
    web.serve("/dir/page.txt", b"a page")
    assert client.site.read_bytes("dir/page.txt") == b"a page"
    assert client.site.stat("dir/page.txt").content_length == 6
    with refusal(words="NotFound"):
        client.site.read_bytes("dir/none.txt")
    with refusal(words="Unsupported"):
        client.site.open("dir/page.txt", "wb")


CAPABLE = {
    "storage": "blocking copy create_dir delete list read rename shared stat write write_can_append write_can_empty "
    "write_can_multi",
    "mem": "blocking create_dir delete list list_with_recursive read stat write write_can_empty",
    "web": "blocking presign presign_read presign_stat read read_with_if_match read_with_if_none_match shared stat "
    "stat_with_if_match stat_with_if_none_match",
}


@pytest.mark.parametrize("name", CAPABLE)
def test_capability_is_complete(client, name):
    capability = client.children[name].capability().model_dump()
    assert {key for key, value in capability.items() if value is True} == set(CAPABLE[name].split())
    assert {key for key, value in capability.items() if value is None} == {
        f"write_{limit}" for limit in ("multi_max_size", "multi_min_size", "total_max_size")
    }


def test_created_paths_are_remembered_in_their_normal_form(client, room):
    clean = client.clean
    clean.write_bytes("/kept.txt", TEXT)
    clean.copy("kept.txt", "dir/copy.txt")
    clean.rename("kept.txt", "moved.txt")
    clean.create_dir("made/deep/")
    assert clean.get_created_resources() == {"dir/copy.txt", "moved.txt", "made/deep"}
    clean.delete("moved.txt")
    clean.remove_all("made/deep/")
    assert clean.get_created_resources() == {"dir/copy.txt"}


@pytest.mark.parametrize(
    ("path", "normal"),
    [
        ("test_dir", "test_dir"),
        ("test_dir2/", "test_dir2"),
        ("/test_dir3", "test_dir3"),
        ("/test_dir4/", "test_dir4"),
        ("/nested/dir2/", "nested/dir2"),
        ("dir\\backslash", "dir/backslash"),
        ("./current_dir", "current_dir"),
        ("parent/../simple", "simple"),
        ("//double//slash//path", "double/slash/path"),
    ],
)
def test_paths_are_normalised_for_the_record(client, path, normal):
    before = client.mem.get_created_resources()
    assert client.mem.call("register_path", path) is None
    assert normal in client.mem.get_created_resources() - (before - {normal})


def test_what_was_created_is_removed_when_the_exporter_ends(peer, tmp_path):
    (tmp_path / "before.txt").write_bytes(TEXT)
    config = {"scheme": "fs", "kwargs": {"root": str(tmp_path)}, "remove_created_on_close": True}
    with Exporter(peer, export={"storage": {"type": DRIVER, "config": config}}) as exporter:
        with exporter.connect() as client:
            client.storage.write_bytes("new.txt", TEXT)
            client.storage.create_dir("tree/")
            client.storage.write_bytes("tree/leaf.txt", TEXT)
            client.storage.write_bytes("loose/leaf.txt", TEXT)
        exporter.stop()
    left = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*")}
    assert left == {"before.txt", "loose"}


def test_a_method_that_storage_does_not_have(storage):
    with pytest.raises(DriverMethodNotImplemented, match="method chmod not found on driver"):
        storage.call("chmod", "f")


def test_j_shows_storage_as_an_empty_group(exporter):
    done = exporter.j("storage", "--help")
    assert done.code == 0
    assert "Opendal Storage" in done.out
