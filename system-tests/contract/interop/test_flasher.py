"""Flashing and dumping: partitions, compression, and the multiplexed storage behind a flasher."""

import bz2
import gzip
import lzma
from unittest import mock

import pytest
import zstandard
from differences import expected
from jumpstarter.common.exceptions import ArgumentError
from opendal import Operator
from peers import Exporter
from refusals import refusal
from streams import MIB, noise, sha256
from webserver import web_server

DRIVER = "jumpstarter_driver_opendal.driver."
HANDLE_ERROR = r"\d validation errors? for tagged-union\[ClientStreamResource,PresignedRequestResource\]"
ENCODERS = {
    "gzip": gzip.compress,
    "xz": lzma.compress,
    "bz2": bz2.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}
DECODERS = {
    "gzip": gzip.decompress,
    "xz": lzma.decompress,
    "bz2": bz2.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}


@pytest.fixture(scope="module")
def exporter(peer):
    export = {
        "flasher": {"type": DRIVER + "MockFlasher"},
        "mux": {"type": DRIVER + "MockStorageMux"},
        "muxflasher": {"type": DRIVER + "MockStorageMuxFlasher"},
    }
    with Exporter(peer, export=export) as exporter:
        yield exporter


@pytest.fixture(scope="module")
def web():
    with web_server() as server:
        yield server


@pytest.fixture
def image(tmp_path):
    """A file of the given content, and where its dump goes."""

    def make(content, name="disk.img"):
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return make


# ---- partitions ----


@pytest.mark.parametrize("target", [None, "uboot"])
def test_a_flashed_image_is_dumped_unchanged(client, image, tmp_path, target):
    data = noise(200_000, seed=len(target or ""))
    assert client.flasher.flash(image(data), target=target) is None
    client.flasher.dump(tmp_path / "dump.img", target=target)
    assert (tmp_path / "dump.img").read_bytes() == data


def test_several_partitions_are_flashed_in_one_go_and_kept_apart(client, image, tmp_path):
    files = {"boot": image(b"boot", "a.img"), "root": image(b"root", "b.img")}
    assert client.flasher.flash(files) == {"boot": None, "root": None}
    for name in files:
        client.flasher.dump(tmp_path / "dump.img", target=name)
        assert (tmp_path / "dump.img").read_bytes() == name.encode()


def test_a_target_beside_several_partitions_is_refused_by_the_client(client, image):
    with pytest.raises(ArgumentError, match="not valid when flashing multiple images"):
        client.flasher.flash({"boot": image(b"x")}, target="root")


def test_flashing_again_replaces_the_whole_image(client, image, tmp_path):
    client.flasher.flash(image(b"a long first image"), target="twice")
    client.flasher.flash(image(b"short"), target="twice")
    client.flasher.dump(tmp_path / "dump.img", target="twice")
    assert (tmp_path / "dump.img").read_bytes() == b"short"


def test_thirty_two_mebibytes_are_flashed_and_dumped(client, image, tmp_path):
    data = noise(32 * MIB)
    client.flasher.flash(image(data), target="big")
    client.flasher.dump(tmp_path / "dump.img", target="big")
    assert sha256((tmp_path / "dump.img").read_bytes()) == sha256(data)


def test_an_empty_image_is_an_image(client, image, tmp_path):
    client.flasher.flash(image(b""), target="empty")
    client.flasher.dump(tmp_path / "dump.img", target="empty")
    assert (tmp_path / "dump.img").read_bytes() == b""


def test_a_partition_that_was_never_flashed_cannot_be_dumped(client, tmp_path, peer):
    with refusal(expected(peer, "file or device failure")):
        client.flasher.dump(tmp_path / "dump.img", target="never")


# ---- compression ----


@pytest.mark.parametrize("compression", ENCODERS)
def test_a_compressed_image_arrives_decompressed(client, image, tmp_path, compression):
    data = noise(MIB) + bytes(MIB)
    client.flasher.flash(image(ENCODERS[compression](data)), target=compression, compression=compression)
    client.flasher.dump(tmp_path / "dump.img", target=compression)
    assert sha256((tmp_path / "dump.img").read_bytes()) == sha256(data)


@pytest.mark.parametrize("compression", DECODERS)
def test_a_compressed_dump(client, image, tmp_path, compression, peer):
    data = noise(100_000) + bytes(100_000)
    client.flasher.flash(image(data), target="plain")
    client.flasher.dump(tmp_path / "dump.img", target="plain", compression=compression)
    assert completeness(DECODERS[compression], (tmp_path / "dump.img").read_bytes(), data) == expected(
        peer, "compressed dump"
    )


def completeness(decode, dumped, data):
    try:
        return "whole" if decode(dumped) == data else "truncated"
    except (EOFError, OSError, lzma.LZMAError, ValueError, zstandard.ZstdError):
        return "truncated"


@pytest.mark.parametrize("compression", ENCODERS)
def test_data_that_is_not_what_it_claims_is_refused_and_the_next_flash_works(client, image, tmp_path, compression):
    with refusal():
        client.flasher.flash(image(b"this is not compressed at all" * 100), target="bad", compression=compression)
    client.flasher.flash(image(ENCODERS[compression](b"good")), target="bad", compression=compression)
    client.flasher.dump(tmp_path / "dump.img", target="bad")
    assert (tmp_path / "dump.img").read_bytes() == b"good"


# ---- handles ----


def test_a_handle_that_was_never_given_out_is_refused(client):
    uuid = "00000000-0000-4000-8000-000000000000"
    with refusal(words="UUID"):
        client.flasher.call("flash", {"kind": "client_stream", "uuid": uuid, "x_jmp_content_encoding": None}, None)


@pytest.mark.parametrize(
    "handle",
    [
        "a text",
        5,
        {},
        {"kind": "other"},
        {"kind": "presigned_request", "url": "http://host.invalid/", "method": "POST", "headers": {}},
        {"kind": "presigned_request", "url": "http://host.invalid/"},
    ],
    ids=str,
)
def test_a_handle_of_the_wrong_form_is_an_invalid_argument(client, handle):
    with refusal("INVALID_ARGUMENT", HANDLE_ERROR):
        client.flasher.call("flash", handle, None)


# ---- multiplexed storage ----


def test_the_mux_switches_without_a_word(client):
    for mux in (client.mux, client.muxflasher):
        for side in ("host", "dut", "off"):
            assert getattr(mux, side)() is None


def test_ten_mebibytes_go_through_the_mux_by_absolute_path(client, image, tmp_path):
    data = noise(10 * MIB)
    client.mux.write_local_file(str(image(data)))
    client.mux.read_local_file(str(tmp_path / "back"))
    assert sha256((tmp_path / "back").read_bytes()) == sha256(data)


@pytest.mark.parametrize("prefix", ["", "./"])
def test_the_mux_takes_relative_paths(client, image, tmp_path, monkeypatch, prefix):
    data = noise(MIB, seed=len(prefix))
    image(data, "original")
    monkeypatch.chdir(tmp_path)
    client.mux.write_local_file(prefix + "original")
    client.mux.read_local_file(prefix + "back")
    assert (tmp_path / "back").read_bytes() == data


def test_the_mux_is_written_from_the_web(client, web, tmp_path):
    web.serve("/test", b"testcontent" * 1000)
    client.mux.write_file(Operator("http", endpoint=web.url), "test")
    client.mux.read_local_file(str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == b"testcontent" * 1000


def test_the_mux_flasher_turns_to_the_host_and_back_to_the_board(client, image, tmp_path):
    flasher = client.muxflasher
    with mock.patch.object(flasher, "call", side_effect=flasher.call) as calls:
        flasher.flash(image(b"hello"))
        assert calls.call_args_list == [mock.call("host"), mock.call("write", mock.ANY), mock.call("dut")]
        calls.reset_mock()
        flasher.dump(tmp_path / "dump.img")
        assert calls.call_args_list == [mock.call("host"), mock.call("read", mock.ANY), mock.call("dut")]
    assert (tmp_path / "dump.img").read_bytes() == b"hello"


def test_ten_mebibytes_go_through_the_mux_flasher_compressed(client, image, tmp_path):
    data = noise(5 * MIB) + bytes(5 * MIB)
    client.muxflasher.flash(image(zstandard.compress(data)), compression="zstd")
    client.muxflasher.dump(tmp_path / "dump.img")
    assert sha256((tmp_path / "dump.img").read_bytes()) == sha256(data)


def test_the_mux_flasher_has_no_targets(client, image):
    with pytest.raises(ArgumentError, match="target is not supported"):
        client.muxflasher.flash(image(b"x"), target="boot")


def test_the_mux_flasher_takes_an_image_from_the_web(client, web, tmp_path):
    web.serve("/image", b"from the web")
    client.muxflasher.flash(web.url + "/image")
    client.muxflasher.dump(tmp_path / "dump.img")
    assert (tmp_path / "dump.img").read_bytes() == b"from the web"


# ---- j ----


def test_j_flashes_and_dumps(exporter, image, tmp_path):
    assert exporter.j("flasher", "flash", image(b"by j")).code == 0
    assert exporter.j("flasher", "dump", tmp_path / "dump.img").code == 0
    assert (tmp_path / "dump.img").read_bytes() == b"by j"


def test_j_flashes_several_targets(exporter, image, tmp_path):
    a, b = image(gzip.compress(b"boot"), "a"), image(gzip.compress(b"root"), "b")
    done = exporter.j("flasher", "flash", "-t", f"jboot:{a}", "-t", f"jroot:{b}", "--compression", "gzip")
    assert done.code == 0
    assert exporter.j("flasher", "dump", tmp_path / "dump.img", "--target", "jroot").code == 0
    assert (tmp_path / "dump.img").read_bytes() == b"root"


def test_j_names_what_went_wrong(exporter, tmp_path, web, peer):
    done = exporter.j("flasher", "dump", tmp_path / "dump.img", "--target", "nothing-here")
    assert done.code == 1
    assert f"DriverCall 'dump' failed with gRPC {expected(peer, 'file or device failure')}: " in done.err
    done = exporter.j("flasher", "flash", web.url + "/missing?token=secret")
    assert done.code == 1
    assert "Presigned HTTP GET request failed: status=404" in done.err
    assert "secret" not in done.err


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["flash"], "FILE argument is required unless --target/-t is used"),
        (["flash", "-t", "nocolon"], "Invalid target spec 'nocolon', expected name:file"),
        (["flash", "x", "--compression", "rar"], "Invalid value for '--compression'"),
    ],
)
def test_j_refuses_a_wrong_flash_command(exporter, words, text):
    done = exporter.j("flasher", *words)
    assert done.code == 1
    assert text in done.err


def test_j_switches_the_mux(exporter):
    for word in ("host", "dut", "off"):
        assert exporter.j("mux", word).code == 0


def test_j_flashes_through_the_mux(exporter, image, tmp_path):
    assert exporter.j("muxflasher", "flash", image(b"by j")).code == 0
    assert exporter.j("muxflasher", "dump", tmp_path / "dump.img").code == 0
    assert (tmp_path / "dump.img").read_bytes() == b"by j"
