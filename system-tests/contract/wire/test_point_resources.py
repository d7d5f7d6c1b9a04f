"""Resources: points 51 to 60."""

import bz2
import gzip
import hashlib
import json
import lzma

import pytest
import web as http
import zstandard
from raw import GOAWAY

NOBODY = "11111111-1111-1111-1111-111111111111"
DATA = bytes(i % 251 for i in range(300_000))
PACKED = {
    "gzip": gzip.compress,
    "xz": lzma.compress,
    "bz2": bz2.compress,
    "zstd": zstandard.compress,
}
REDIRECTS = (301, 302, 303, 307, 308)
SECRET_HEADERS = {
    "Authorization": "Bearer a", "Cookie": "b=1", "Proxy-Authorization": "c", "X-Amz-Date": "d",
    "x-ms-version": "e", "X-Goog-Hash": "f",
}


@pytest.fixture
def web():
    with http.serving() as web:
        yield web


@pytest.fixture
def elsewhere():
    with http.serving() as web:
        yield web


def told(data):
    """What the probe's `take` answers."""
    return {"length": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def upload(stream, data, size=65536):
    for start in range(0, len(data), size):
        stream.send(data[start : start + size])
    return stream.finish()


def presigned(url, method="GET", **headers):
    return {"kind": "presigned_request", "headers": headers, "url": url, "method": method}


@pytest.mark.parametrize("encoding", [None, *PACKED])
def test_point_51_the_headers_hold_the_handle_and_the_encoding(raw, probe, encoding):
    with raw.resource(probe, encoding) as stream:
        assert stream.headers["x_jmp_accept_encoding"] == (encoding or "")
        handle = json.loads(stream.headers["resource"])
        assert (handle["kind"], handle["x_jmp_content_encoding"]) == ("client_stream", encoding)


def test_point_51_an_unknown_encoding_is_refused_or_not_accepted(raw, probe):
    with raw.resource(probe, "br") as stream:
        headers = stream.headers
        assert headers.get("x_jmp_accept_encoding", "") == ""


@pytest.mark.parametrize("named", [True, False])
def test_point_52_the_handle_is_an_argument(raw, probe, named):
    with raw.resource(probe) as stream:
        handle = {k: v for k, v in stream.handle.items() if named or k != "x_jmp_content_encoding"}
        upload(stream, DATA)
        assert raw.call(probe, "take", handle) == told(DATA)


@pytest.mark.parametrize("data", [b"", b"x", DATA], ids=["empty", "one", "long"])
def test_point_53_an_upload_arrives_and_ends_with_goaway(raw, probe, data):
    with raw.resource(probe) as stream:
        taking = raw.start(probe, "take", stream.handle)
        assert not taking.done()
        upload(stream, data)
        assert stream.receive() == (GOAWAY, b"")
        assert taking.result().result.struct_value.fields["sha256"].string_value == told(data)["sha256"]


@pytest.mark.parametrize("size", [0, 1, 300_000])
def test_point_54_a_download_is_whole_after_the_result(raw, probe, size):
    with raw.resource(probe) as stream:
        stream.finish()
        assert raw.call(probe, "give", stream.handle, size) is None
        assert stream.bytes(size) == DATA[:size]
        assert stream.receive() == (GOAWAY, b"")


@pytest.mark.parametrize("encoding", PACKED)
def test_point_55_packed_content_is_unpacked_for_the_driver(raw, probe, encoding):
    with raw.resource(probe, encoding) as stream:
        # Cut into small pieces: no decoder may count on whole blocks.
        upload(stream, PACKED[encoding](DATA), size=97)
        assert raw.call(probe, "take", stream.handle) == told(DATA)


def test_point_55_the_handle_decides_about_the_encoding(raw, probe):
    with raw.resource(probe) as stream:
        upload(stream, gzip.compress(DATA))
        assert raw.call(probe, "take", stream.handle | {"x_jmp_content_encoding": "gzip"}) == told(DATA)


@pytest.mark.parametrize("encoding", PACKED)
def test_point_55_content_that_is_not_packed_is_an_error(raw, probe, encoding):
    with raw.resource(probe, encoding) as stream:
        upload(stream, DATA)
        assert raw.failure(probe, "take", stream.handle).code == "UNKNOWN"


def test_point_56_an_unknown_resource_is_an_error(raw, probe):
    status = raw.failure(probe, "take", {"kind": "client_stream", "uuid": NOBODY})
    assert status.code == "UNKNOWN" and NOBODY in status.details


def test_point_56_a_handle_is_good_once(raw, probe):
    with raw.resource(probe) as stream:
        handle = stream.handle
        upload(stream, b"once")
        assert raw.call(probe, "take", handle) == told(b"once")
        status = raw.failure(probe, "take", handle)
    assert status.code == "UNKNOWN" and handle["uuid"] in status.details


@pytest.mark.parametrize(
    "handle",
    ["oops", json.dumps({"kind": "client_stream", "uuid": NOBODY}), 5, None, [], {}, {"kind": "nope"},
     {"kind": "client_stream"}, {"kind": "client_stream", "uuid": "nonsense"},
     {"kind": "presigned_request", "url": "http://127.0.0.1:1/"},
     {"kind": "presigned_request", "headers": {}, "url": "http://127.0.0.1:1/", "method": "POST"}],
    ids=repr,
)
def test_point_56_something_else_than_a_handle_is_refused(raw, probe, handle):
    status = raw.failure(probe, "take", handle)
    assert status.code == "INVALID_ARGUMENT"
    assert "for tagged-union[ClientStreamResource,PresignedRequestResource]" in status.details


def test_point_57_a_failing_method_ends_the_resource_stream(raw, probe):
    with raw.resource(probe) as stream:
        stream.send(b"some")
        status = raw.failure(probe, "take_fail", stream.handle)
        assert (status.code, status.details) == ("INVALID_ARGUMENT", "device full")
        assert stream.receive() in ((GOAWAY, b""), None)


@pytest.mark.parametrize("status", REDIRECTS)
def test_point_58_redirects_are_followed(raw, probe, web, status):
    web.page("/b%40c%2Fd", DATA)
    url = web.page("/a%20a", status=status, Location=f"{web.base}/b%40c%2Fd?sig=x%2By")
    assert raw.call(probe, "take", presigned(url + "?q=%41", **SECRET_HEADERS)) == told(DATA)
    assert [seen.path for seen in web.seen] == ["/a%20a?q=%41", "/b%40c%2Fd?sig=x%2By"]
    for seen in web.seen:
        assert {k.lower(): v for k, v in SECRET_HEADERS.items()}.items() <= seen.headers.items()


def test_point_58_sensitive_headers_stay_with_their_origin(raw, probe, web, elsewhere):
    # Away and back again: what was dropped stays dropped.
    url = web.page("/start", status=302, Location=elsewhere.base + "/middle")
    elsewhere.page("/middle", status=307, Location=web.base + "/end")
    web.page("/end", DATA)
    assert raw.call(probe, "take", presigned(url, **SECRET_HEADERS, Other="kept")) == told(DATA)
    first, last = web.seen
    dropped = {name.lower() for name in SECRET_HEADERS}
    assert dropped <= first.headers.keys()
    for seen in (*elsewhere.seen, last):
        assert not dropped & seen.headers.keys() and seen.headers["other"] == "kept"


@pytest.mark.parametrize("hops", [10, 11])
def test_point_58_ten_redirects_are_enough(raw, probe, web, hops):
    for hop in range(hops):
        web.page(f"/{hop}", status=302, Location=f"{web.base}/{hop + 1}")
    web.page(f"/{hops}", DATA)
    if hops == 10:
        assert raw.call(probe, "take", presigned(web.base + "/0")) == told(DATA)
    else:
        status = raw.failure(probe, "take", presigned(web.base + "/0?secret=1"))
        assert (status.code, status.details) == ("UNKNOWN", f"Too many redirects (10) for {web.base}/0?[REDACTED]")
    assert len(web.seen) == 11


def test_point_59_a_refusal_names_the_url_without_its_query(raw, probe, web):
    status = raw.failure(probe, "take", presigned(web.base + "/gone?sig=secret"))
    url = f"{web.base}/gone?[REDACTED]"
    assert status.code == "UNKNOWN"
    assert status.details == f"Presigned HTTP GET request failed: status=404, reason='Not Found', url={url}"


def test_point_59_a_redirect_without_a_location_names_the_url(raw, probe, web):
    url = web.page("/lost", status=302)
    status = raw.failure(probe, "take", presigned(url + "?sig=secret"))
    text = f"Presigned HTTP GET redirect missing Location header for {url}?[REDACTED]"
    assert (status.code, status.details) == ("UNKNOWN", text)


def test_point_59_a_server_that_is_not_there_is_named_without_the_query(raw, probe):
    status = raw.failure(probe, "take", presigned("http://127.0.0.1:1/x?sig=secret"))
    assert status.code == "UNKNOWN" and "secret" not in status.details
    assert "http://127.0.0.1:1/x?[REDACTED]" in status.details


@pytest.mark.parametrize("size", [0, 300_000])
def test_point_60_a_presigned_put_uploads(raw, probe, web, size):
    url = web.page("/put%40here")
    assert raw.call(probe, "give", presigned(url + "?sig=1", "PUT", Other="kept"), size) is None
    (seen,) = web.seen
    assert (seen.method, seen.path, seen.headers["other"]) == ("PUT", "/put%40here?sig=1", "kept")
    assert seen.body == DATA[:size]


def test_point_60_a_refused_put_fails_the_call(raw, probe, web):
    status = raw.failure(probe, "give", presigned(web.base + "/gone?sig=secret", "PUT"), 300_000)
    url = f"{web.base}/gone?[REDACTED]"
    assert status.details == f"Presigned HTTP PUT request failed: status=404, reason='Not Found', url={url}"
