"""Who may call: tokens, names, namespaces; the lab's own tokens and those of another issuer."""

import http.server
import json
import os
import re
import ssl
import threading
import time
from datetime import timedelta
from pathlib import Path

import grpc
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from jumpstarter_protocol.jumpstarter.client.v1 import client_pb2
from jumpstarter_protocol.jumpstarter.v1 import jumpstarter_pb2
from lab.labs import Lab, refused
from lab.wire import SECONDS, Client, Wire, claims_of, header_of
from waiting import eventually

Code = grpc.StatusCode
LIST = client_pb2.ListExportersRequest(parent="namespaces/default")


def ask(party, request=LIST, **changes):
    return party.call(party.desk.ListExporters, request, **changes)


def test_point_06_no_token(ann):
    with refused(Code.UNAUTHENTICATED, exactly="missing authorization header"):
        ask(ann, authorization=None)


def test_point_07_two_tokens(ann):
    twice = [*ann.metadata(), ("authorization", f"Bearer {ann.token}")]
    with refused(Code.INVALID_ARGUMENT, exactly="multiple authorization headers"):
        ann.desk.ListExporters(LIST, metadata=twice, timeout=SECONDS)


def test_point_07_another_scheme(ann):
    with refused(Code.INVALID_ARGUMENT, exactly="malformed authorization header"):
        ask(ann, authorization=f"Basic {ann.token}")


def test_point_08_the_scheme_in_lower_case(ann):
    ask(ann, authorization=f"bearer {ann.token}")


def test_point_09_kind_exporter_on_a_client_rpc(ann):
    with refused(Code.INVALID_ARGUMENT, exactly="object kind mismatch"):
        ask(ann, jumpstarter_kind="Exporter")


def test_point_10_the_token_of_another_client(ann, bob):
    with refused(Code.PERMISSION_DENIED, exactly="permission denied for client default/bob"):
        ask(ann, jumpstarter_name="bob")


def test_point_11_no_name(ann):
    with refused(Code.INVALID_ARGUMENT, exactly="resource name required for pre-existing authentication"):
        ask(ann, jumpstarter_name=None)


@pytest.mark.parametrize("key", ["jumpstarter-namespace", "jumpstarter-kind"])
def test_point_11_no_namespace_or_kind(ann, key):
    with refused(Code.INVALID_ARGUMENT, exactly=f"missing metadata: {key}"):
        ask(ann, **{key.replace("-", "_"): None})


def test_point_12_an_old_token(wire, ann):
    old = claims_of(ann.token) | {"exp": int(time.time()) - 60}
    with refused(Code.UNKNOWN, "token is expired"):
        ask(ann, authorization=f"Bearer {wire.signed(old)}")


def test_point_12_other_refusals_of_tokens(wire, ann):
    now = claims_of(ann.token)
    with refused(Code.UNKNOWN, 'expected audience "jumpstarter" got ["other"]'):
        ask(ann, authorization=f"Bearer {wire.signed(now | {'aud': ['other']})}")
    with refused(Code.UNKNOWN, "failed to authenticate token"):
        ask(ann, authorization="Bearer no.jwt.atall")
    foreign = jwt.encode({"alg": "ES256"}, now, ECKey.generate_key("P-256"))
    with refused(Code.UNKNOWN, "failed to verify signature"):
        ask(ann, authorization=f"Bearer {foreign}")


def test_point_13_another_namespace(ann):
    with refused(Code.PERMISSION_DENIED, exactly="namespace mismatch"):
        ask(ann, client_pb2.ListExportersRequest(parent="namespaces/elsewhere"))


@pytest.mark.parametrize(
    ("parent", "text"),
    [
        ("default", 'invalid number of segments in identifier "default", expecting 2, got 1'),
        ("spaces/default", 'invalid first segment in identifier "spaces/default", expecting "namespaces", got "spaces"'),
    ],
)
def test_point_14_malformed_parents(ann, parent, text):
    with refused(Code.INVALID_ARGUMENT, exactly=text):
        # Before anything is asked about the caller.
        ask(ann, client_pb2.ListExportersRequest(parent=parent), authorization=None)


def test_point_14_malformed_names(ann):
    name = "namespaces/default/leases/x"
    text = f'invalid third segment in identifier "{name}", expecting "exporters", got "leases"'
    with refused(Code.INVALID_ARGUMENT, exactly=text):
        ann.call(ann.desk.GetExporter, client_pb2.GetExporterRequest(name=name), authorization=None)


class Issuer:
    """An OpenID Connect provider with one key."""

    def __init__(self, tls):
        self.key = ECKey.generate_key("P-256", {"kid": "k1"})
        issuer = self

        class Pages(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                pages = {
                    "/.well-known/openid-configuration": {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/keys"},
                    "/keys": {"keys": [issuer.key.as_dict(private=False)]},
                }
                body = json.dumps(pages.get(self.path, {})).encode()
                self.send_response(200 if self.path in pages else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls.cert, tls.key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def token(self, name, **claims):
        now = int(time.time())
        claims = {"iss": self.url, "aud": "jumpstarter-cli", "iat": now, "exp": now + 600, "name": name} | claims
        return jwt.encode({"alg": "ES256", "kid": "k1"}, claims, self.key)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def issuer(tls):
    issuer = Issuer(tls)
    yield issuer
    issuer.close()


@pytest.fixture(scope="module")
def second_issuer(tls):
    issuer = Issuer(tls)
    yield issuer
    issuer.close()


@pytest.fixture(scope="module")
def open_wire(issuer, second_issuer, tls):
    """A lab that trusts other issuers too, and takes their users in."""

    def trusted(issuer, prefix):
        return {
            "issuer": {
                "url": issuer.url,
                "audiences": ["jumpstarter-cli"],
                "audienceMatchPolicy": "MatchAny",
                "certificateAuthority": str(tls.cert),
            },
            "claimMappings": {"username": {"claim": "name", "prefix": prefix}},
        }

    issuers = [trusted(issuer, "dex:"), trusted(second_issuer, "sso:")]
    settings = {"authentication": {"jwt": issuers, "autoProvisioning": {"enabled": True}}}
    with Lab(settings=settings) as lab, Wire(lab) as wire:
        yield wire


@pytest.fixture
def user(wire, issuer):
    """A user of the other issuer; its client is there."""
    name = wire.fresh("Some.User") + "@Example.com"
    derived = re.sub("[^a-z0-9]+", "-", name.lower())
    wire.identity("Client", derived, {}, username=f"dex:{name}")
    return wire.take(Client(wire.lab, derived, "Client", issuer.token(name), wire.ca))


def test_point_15_an_external_user_without_a_name(user):
    ask(user, jumpstarter_name=None)
    ask(user)


def test_point_15_an_external_user_with_another_name(user, ann):
    says = f'resource name mismatch: provided "ann" but expected "{user.name}" (derived from OIDC username "dex:'
    with refused(Code.INVALID_ARGUMENT, says):
        ask(user, jumpstarter_name="ann")


def test_point_15_no_name_claim(user, issuer):
    with refused(Code.UNKNOWN, exactly='oidc: parse username claims "name": claim not present'):
        ask(user, authorization=f"Bearer {issuer.token(None)}")


def test_point_16_a_new_external_user_becomes_a_client(wire, issuer):
    name = wire.fresh("new.user") + "@example.com"
    derived = re.sub("[^a-z0-9]+", "-", name)
    new = wire.take(Client(wire.lab, derived, "Client", issuer.token(name), wire.ca))
    ask(new, jumpstarter_name=None)
    path = f"/apis/jumpstarter.dev/v1alpha1/namespaces/default/clients/{derived}"
    status, client = wire.http("GET", path, token=wire.admin_token)
    assert status == 200
    assert client["spec"]["username"] == f"dex:{name}"


def test_r60_users_of_two_providers_with_one_name_are_two(wire, issuer, second_issuer):
    name = wire.fresh("twin")
    board = wire.board()
    first = wire.take(Client(wire.lab, name, "Client", issuer.token(name), wire.ca))
    ask(first, jumpstarter_name=None)
    second = wire.take(Client(wire.lab, f"sso-{name}", "Client", second_issuer.token(name), wire.ca))
    ask(second, jumpstarter_name=None)
    ask(second)
    lease = first.create(board.selector)
    assert lease.client.endswith(f"/{name}")
    with refused(Code.UNKNOWN, exactly="DeleteLease permission denied"):
        second.delete(lease.name)
    with refused(Code.INVALID_ARGUMENT, f'resource name mismatch: provided "{name}" but expected "sso-{name}" (derived from OIDC username "sso:{name}")'):
        ask(second, jumpstarter_name=name)
    first.delete(lease.name)


def test_point_16_an_internal_token_cannot_make_names_up(wire, ann):
    with refused(Code.UNKNOWN, exactly='client default/invented: clients.jumpstarter.dev "invented" not found'):
        ask(ann, jumpstarter_name="invented")
    board = wire.exporter()
    with refused(Code.UNKNOWN, 'clients.jumpstarter.dev "invented" not found'):
        ask(board, jumpstarter_kind="Client", jumpstarter_name="invented")


def test_point_17_internal_tokens_and_their_keys(wire, ann):
    claims = claims_of(ann.token)
    head = header_of(ann.token)
    assert head["alg"] == "ES256"
    assert set(head) == {"alg", "typ"}
    assert claims["aud"] in ("jumpstarter", ["jumpstarter"])
    assert re.fullmatch(r"client:default:ann:[0-9a-f-]{36}", claims["sub"])
    assert claims["exp"] - claims["iat"] == timedelta(days=365).total_seconds()
    status, discovery = wire.http("GET", "/.well-known/openid-configuration")
    assert status == 200
    assert discovery["issuer"] == claims["iss"]
    status, keys = wire.http("GET", discovery["jwks_uri"].removeprefix(claims["iss"]))
    assert status == 200
    key = next(k for k in keys["keys"] if k["kid"] == "default")
    assert (key["alg"], key["crv"]) == ("ES256", "P-256")
    assert jwt.decode(ann.token, ECKey.import_key(key)).claims == claims


def test_point_18_each_rotation_gives_a_token_that_works_at_once(wire):
    who = wire.client()
    seen = [who.token]
    for _ in range(3):
        answer = who.call(who.desk.RotateToken, client_pb2.RotateTokenRequest(parent="namespaces/default"))
        assert answer.token not in seen
        assert abs(answer.expiry.seconds - claims_of(answer.token)["exp"]) <= 1
        seen.append(answer.token)
        who.token = answer.token
        ask(who)
    # One of the differences on purpose: what was replaced is worth nothing any more.
    with refused(Code.UNKNOWN, "it was replaced by a newer one or revoked"):
        ask(who, authorization=f"Bearer {seen[-2]}")


def test_point_19_a_refused_client_is_logged_without_its_token(wire, ann):
    check_log(wire, ann, "client authentication failed", lambda token: ask(ann, authorization=f"Bearer {token}"))


def test_point_19_a_refused_exporter_is_logged_without_its_token(wire):
    board = wire.exporter()
    request = jumpstarter_pb2.RegisterRequest()
    check_log(
        wire,
        board,
        "exporter authentication failed",
        lambda token: board.call(board.control.Register, request, authorization=f"Bearer {token}"),
    )


def check_log(wire, who, words, attempt):
    token = who.token[:-8] + "AAAAAAAA"
    before = len(wire.lab.log)
    with refused(Code.UNKNOWN):
        attempt(token)
    told = []

    def is_told():
        new = wire.lab.log[before:].splitlines()
        told[:] = [line for line in new if words in line and "failed to verify signature" in line]
        return told

    eventually(is_told, "nothing in the log")
    assert len(told) == 1, told
    assert "peer=127.0.0.1" in told[0].replace('"', "")
    assert token not in wire.lab.log
    assert token.split(".")[2] not in wire.lab.log


def test_r54_no_token_leaves_the_lab_by_the_way(wire, ann):
    """Not by the log, nor by the words or the environment of its processes."""
    secrets = [ann.token, wire.admin_token, *(ann.token.split(".")[1:])]
    process = Path(f"/proc/{wire.lab.nodes[0].process.popen.pid}")
    shown = (process / "cmdline").read_bytes() + (process / "environ").read_bytes() + wire.lab.log.encode()
    for secret in secrets:
        assert secret.encode() not in shown


def test_r54_what_holds_a_token_is_for_its_owner_alone(wire):
    wire.lab.client("owner")
    assert wire.lab.config("owner").stat().st_mode & 0o077 == 0
    data = wire.lab.nodes[0].data
    assert data.stat().st_mode & 0o077 == 0
    for file in ("lab.pem", "node.pem", "lab.db"):
        assert (data / file).stat().st_mode & 0o077 == 0, file
    before = wire.lab.config("owner").stat().st_ino
    wire.lab.admin("token", "rotate", "client", "owner", "--out", wire.lab.config("owner"), "--force")
    assert wire.lab.config("owner").stat().st_mode & 0o077 == 0
    # A new file in the place of the old one: nobody ever reads half of it.
    assert wire.lab.config("owner").stat().st_ino != before
    assert not [f for f in os.listdir(wire.lab.config("owner").parent) if f != "owner.yaml" and "owner" in f]


def test_r57_boards_of_another_namespace_show_nowhere(wire, ann):
    """A lab's namespaces are its private rooms: no list, no refusal and no explanation tells what is in another."""
    secret = wire.fresh("secret")
    wire.board({"project": secret}, secret, namespace="private")
    assert secret not in str(ann.exporters())
    assert secret not in str(ann.leases(only_active=False))
    by_name = ann.create(exporter_name=secret)
    assert by_name.conditions[-1].message == f"Requested exporter {secret} was not found"
    by_label = ann.create(f"project={secret}")
    nobody = ann.create(f"project={secret}-not")
    assert by_label.conditions[-1].message == nobody.conditions[-1].message
    with refused(Code.PERMISSION_DENIED, exactly="namespace mismatch"):
        ann.call(ann.desk.GetExporter, client_pb2.GetExporterRequest(name=f"namespaces/private/exporters/{secret}"))
    with refused(Code.UNKNOWN, exactly=f'exporters.jumpstarter.dev "{secret}" not found'):
        ann.exporter(secret)


def test_r57_terminal_sequences_of_a_board_are_not_passed_on(wire):
    """What a board says of itself is shown on the terminals of administrators."""
    board = wire.exporter()
    board.register()
    board.report("AVAILABLE", "ready\x1b]0;owned\x07\x1b[2J")
    shown = wire.lab.admin("get", "exporter", board.name).out
    assert board.name in shown
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "\x1b" not in wire.lab.log
