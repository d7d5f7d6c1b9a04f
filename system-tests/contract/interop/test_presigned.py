"""Images that the exporter fetches itself: redirects, headers, failures, and the upload by PUT."""

import concurrent.futures

import pytest
from differences import expected
from peers import Exporter, free_port
from refusals import refusal
from webserver import web_server

PATH = "/path%40encoded/file%2Fname.bin?X=a%2Fb%20c"
SECRETS = ["Authorization", "Cookie", "Proxy-Authorization", "X-Amz-Token", "x-ms-date", "X-Goog-Signature"]


@pytest.fixture(scope="module")
def exporter(peer):
    with Exporter(peer, export={"flasher": {"type": "jumpstarter_driver_opendal.driver.MockFlasher"}}) as exporter:
        yield exporter


@pytest.fixture
def web():
    with web_server() as site:
        yield site


@pytest.fixture
def other():
    with web_server() as site:
        yield site


def dumped(client, tmp_path):
    client.flasher.dump(tmp_path / "dump.img")
    return (tmp_path / "dump.img").read_bytes()


def presigned(url, method="GET", **headers):
    return {"kind": "presigned_request", "headers": headers, "url": url, "method": method}


def test_an_image_comes_from_the_exact_url(client, web, tmp_path):
    web.serve(PATH, b"image" * 50_000)
    client.flasher.flash(web.url + PATH)
    assert web.paths == [PATH]
    assert dumped(client, tmp_path) == b"image" * 50_000


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_byte_for_byte(client, web, tmp_path, status):
    web.redirect("/start", web.url + PATH, status)
    web.serve(PATH, b"%d" % status)
    client.flasher.flash(web.url + "/start")
    assert web.paths == ["/start", PATH]
    assert dumped(client, tmp_path) == b"%d" % status


def test_redirects_are_followed_one_after_the_other(client, web, tmp_path):
    web.redirect("/hop1", web.url + "/hop2%40middle")
    web.redirect("/hop2%40middle", web.url + "/hop3%40final")
    web.serve("/hop3%40final", b"there")
    client.flasher.flash(web.url + "/hop1")
    assert web.paths == ["/hop1", "/hop2%40middle", "/hop3%40final"]
    assert dumped(client, tmp_path) == b"there"


def test_ten_redirects_are_followed_and_no_more(client, web, tmp_path):
    for hop in range(11):
        web.redirect(f"/hop{hop}", f"{web.url}/hop{hop + 1}")
    web.serve("/hop11", b"there")
    client.flasher.flash(web.url + "/hop1")
    assert dumped(client, tmp_path) == b"there"
    with refusal(words=r"Too many redirects \(10\) for http"):
        client.flasher.flash(web.url + "/hop0")


def test_a_redirect_loop_ends(client, web):
    web.redirect("/loop?token=secret", web.url + "/loop?token=secret")
    with refusal(words=r"Too many redirects \(10\) for http.*/loop\?\[REDACTED\]"):
        client.flasher.flash(web.url + "/loop?token=secret")
    assert len(web.paths) == 11


def test_a_redirect_that_leads_nowhere_is_an_error(client, web):
    web.redirect("/start?token=secret", None)
    with refusal(words="Presigned HTTP GET redirect missing Location header for http") as failed:
        client.flasher.flash(web.url + "/start?token=secret")
    assert "secret" not in failed.text


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_a_failed_request_names_the_status_and_hides_the_query(client, web, status):
    web.serve("/image?token=secret", b"no", status=status)
    words = rf"Presigned HTTP GET request failed: status={status}, reason='.*', url=http.*/image\?\[REDACTED\]"
    with refusal(words=words) as failed:
        client.flasher.flash(web.url + "/image?token=secret")
    assert "secret" not in failed.text


def test_a_server_that_is_not_there_is_named_and_the_query_hidden(client):
    with refusal(words=r"Presigned HTTP GET .*failed.* for http://127\.0\.0\.1:\d+/image\?\[REDACTED\]") as failed:
        client.flasher.flash(f"http://127.0.0.1:{free_port()}/image?token=secret")
    assert "secret" not in failed.text


def test_a_body_that_ends_early_is_an_error(client, web):
    web.serve("/image?token=secret", b"half", Content_Length="1000")
    with refusal(words="Presigned HTTP GET stream interrupted for http") as failed:
        client.flasher.flash(web.url + "/image?token=secret")
    assert "secret" not in failed.text


def test_the_headers_of_the_handle_are_sent(client, web, tmp_path):
    web.serve("/image", b"x")
    client.flasher.call("flash", presigned(web.url + "/image", **{"Authorization": "Bearer t", "X-Own": "1"}), None)
    headers = web.headers_of("/image")
    assert (headers["authorization"], headers["x-own"]) == ("Bearer t", "1")


def test_secret_headers_stay_with_the_same_origin(client, web):
    web.redirect("/start", web.url + "/end")
    web.serve("/end", b"x")
    client.flasher.call("flash", presigned(web.url + "/start", **{name: "s" for name in SECRETS}), None)
    assert all(name.lower() in web.headers_of("/end") for name in SECRETS)


def test_secret_headers_do_not_cross_to_another_origin_and_do_not_come_back(client, web, other):
    web.redirect("/start", other.url + "/middle")
    other.redirect("/middle", web.url + "/end")
    web.serve("/end", b"x")
    headers = {name: "s" for name in SECRETS} | {"X-Own": "1"}
    client.flasher.call("flash", presigned(web.url + "/start", **headers), None)
    for seen in (other.headers_of("/middle"), web.headers_of("/end")):
        assert not any(name.lower() in seen for name in SECRETS)
        assert seen["x-own"] == "1"


def test_an_upload_by_put(client, web, peer, tmp_path):
    web.serve("/upload", b"")
    (tmp_path / "image").write_bytes(b"image" * 20_000)
    client.flasher.flash(tmp_path / "image")

    upload = client.portal.start_task_soon(
        client.flasher.call_async, "dump", presigned(web.url + "/upload", "PUT"), None
    )
    done, _ = concurrent.futures.wait([upload], timeout=2)
    upload.result() if done else upload.cancel()
    assert ("uploads" if done else "hangs") == expected(peer, "presigned PUT")
    bodies = [body for method, path, _, body in web.requests if (method, path) == ("PUT", "/upload")]
    assert bodies == ([b"image" * 20_000] if expected(peer, "presigned PUT") == "uploads" else [])


def test_after_every_failure_the_next_flash_works(client, web, tmp_path):
    with refusal():
        client.flasher.flash(web.url + "/missing")
    web.serve("/image", b"fine")
    client.flasher.flash(web.url + "/image")
    assert dumped(client, tmp_path) == b"fine"
