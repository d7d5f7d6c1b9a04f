"""How people and boards get in with stock tools: `jmp login` and `jmp admin`. Points 91, 93 and 96 of the controller."""

import base64
import os
import shutil

import grpc
import pytest
import yaml
from jumpstarter_protocol import client_pb2, jumpstarter_pb2
from lab.labs import Lab
from lab.oidc_provider import Provider
from peers import BIN, run


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A lab that knows the users of an OpenID Connect provider."""
    folder = tmp_path_factory.mktemp("oidc")
    provider = Provider(folder, users={"zoe": "of-zoe", "new.user@example.com": "of-new", "board": "of-board"}).start()
    issuer = {
        "url": provider.issuer,
        "audiences": ["jumpstarter-cli"],
        "certificateAuthority": provider.ca_file.read_text(),
    }
    username = {"username": {"claim": "preferred_username", "prefix": "sso:"}}
    settings = {
        "authentication": {
            "jwt": [{"issuer": issuer, "claimMappings": username}],
            "autoProvisioning": {"enabled": True},
        }
    }
    try:
        with Lab(settings=settings, boards={"n1": {"desk": {"board": "desk"}}}) as lab:
            lab.client("ann")
            lab.admin("create", "client", "zoe", "--username", "sso:zoe")
            lab.admin("create", "exporter", "rack", "--username", "sso:board")
            trusted = lab.room / "trusted.pem"
            ca = yaml.safe_load(lab.config("ann").read_text())["tls"]["ca"]
            with trusted.open("wb") as file:
                file.write(base64.b64decode(ca) + provider.ca_file.read_bytes())
            lab.trusted = trusted
            lab.provider = provider
            yield lab
    finally:
        provider.stop()


@pytest.fixture
def home(lab):
    """A new user's: no file of his is there yet."""
    folder = lab.room / "visitor"
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def jmp(lab, home, *words):
    env = {"JMP_CLIENT_CONFIG_HOME": str(home), "SSL_CERT_FILE": str(lab.trusted)}
    return run([BIN / "jmp", *words], env=env, seconds=60)


def test_point_91_login_writes_all_and_becomes_the_default(lab, home):
    done = jmp(
        lab, home, "login", f"zoe@{lab.endpoint}", "--username", "zoe", "--password", "of-zoe", "--nointeractive", "--unsafe"
    )
    assert done.code == 0, done.text
    written = yaml.safe_load((home / "clients" / "zoe.yaml").read_text())
    assert written["endpoint"] == lab.endpoint
    assert written["metadata"] == {"namespace": "default", "name": "zoe"}
    assert written["token"].count(".") == 2
    assert written["tls"]["ca"] == yaml.safe_load(lab.config("ann").read_text())["tls"]["ca"]
    # Nothing else needs to be said from now on.
    seen = jmp(lab, home, "get", "exporters")
    assert seen.code == 0 and "desk" in seen.out, seen.text
    assert jmp(lab, home, "shell", "-n", "desk", "--", "j", "power", "on").code == 0
    status = jmp(lab, home, "auth", "status")
    assert "Valid" in status.out, status.text


def test_point_91_a_wrong_password_lets_nobody_in(lab, home):
    done = jmp(lab, home, "login", f"zoe@{lab.endpoint}", "--username", "zoe", "--password", "no", "--nointeractive")
    assert done.code != 0
    assert not (home / "clients" / "zoe.yaml").exists() or "token" not in (home / "clients" / "zoe.yaml").read_text()


def test_point_91_a_user_whom_nobody_made_is_made_under_a_name_of_his_own(lab, home):
    done = jmp(
        lab, home, "login", f"guest@{lab.endpoint}", "--name", "", "--username", "new.user@example.com",
        "--password", "of-new", "--nointeractive", "--unsafe",
    )  # fmt: skip
    assert done.code == 0, done.text
    assert jmp(lab, home, "get", "exporters").code == 0
    names = [each["name"] for each in yaml.safe_load(lab.admin("get", "client", "-o", "json").out)]
    assert "new-user-example-com" in names


def test_a_token_of_another_service_can_be_exchanged(lab, home):
    done = jmp(
        lab, home, "login", f"zoe@{lab.endpoint}", "--token", lab.provider.token("zoe"), "--nointeractive", "--unsafe"
    )
    assert done.code == 0, done.text
    assert jmp(lab, home, "get", "leases").code == 0


@pytest.fixture
def kube(lab):
    file = lab.room / "kubeconfig"
    if not file.exists():
        lab.admin("kubeconfig", "kim", "--out", file)
    return ["--kubeconfig", file, "--namespace", "default"]


@pytest.mark.parametrize("kind", ["client", "exporter"])
def test_point_93_jmp_admin_makes_shows_renews_and_deletes(lab, home, kube, kind):
    name, out = f"made-{kind}", lab.room / f"made-{kind}.yaml"
    flags = ["--unsafe"] if kind == "client" else []
    made = jmp(lab, home, "admin", "create", kind, name, "-l", "team=x", "--out", out, "--nointeractive", *flags, *kube)
    assert made.code == 0, made.text
    first = yaml.safe_load(out.read_text())
    assert first["endpoint"] == lab.endpoint
    assert os.stat(out).st_mode & 0o077 == 0
    shown = jmp(lab, home, "admin", "get", kind, name, *kube)
    assert shown.code == 0 and name in shown.out, shown.text
    assert f"{kind}.jumpstarter.dev/{name}" in jmp(lab, home, "admin", "get", kind, name, "-o", "name", *kube).out
    again = jmp(lab, home, "admin", "create", kind, name, "-l", "team=x", "--nointeractive", *flags, *kube)
    assert again.code == 1 and "AlreadyExists" in again.text, again.text
    if kind == "client":
        assert jmp(lab, home, "get", "exporters", "--client-config", out).code == 0
    renewed = lab.room / f"renewed-{kind}.yaml"
    if kind == "client":
        rotated = jmp(lab, home, "admin", "rotate", kind, name, "--out", renewed, *kube)
        assert rotated.code == 0 and "rotated" in rotated.text, rotated.text
        assert yaml.safe_load(renewed.read_text())["token"] != first["token"]
        assert jmp(lab, home, "get", "exporters", "--client-config", renewed).code == 0
        assert jmp(lab, home, "get", "exporters", "--client-config", out).code == 1
    brought = lab.room / f"imported-{kind}.yaml"
    got = jmp(lab, home, "admin", "import", kind, name, "--out", brought, "--nointeractive", *flags, *kube)
    assert got.code == 0, got.text
    assert yaml.safe_load(brought.read_text())["metadata"]["name"] == name
    gone = jmp(lab, home, "admin", "delete", kind, name, "--nointeractive", *kube)
    assert gone.code == 0, gone.text
    missing = jmp(lab, home, "admin", "get", kind, name, *kube)
    assert missing.code == 1 and "NotFound" in missing.text, missing.text
    if kind == "client":
        assert jmp(lab, home, "get", "exporters", "--client-config", renewed).code == 1


def test_point_93_jmp_admin_shows_leases(lab, home, kube):
    assert lab.jmp("ann", "create", "lease", "-n", "desk", "--duration", "5m", "--lease-id", "seen").code == 0
    try:
        shown = jmp(lab, home, "admin", "get", "lease", *kube)
        assert shown.code == 0 and "seen" in shown.out and "ann" in shown.out, shown.text
    finally:
        assert lab.jmp("ann", "delete", "leases", "seen").code == 0


# What the stubs of stock 0.9.0 know, and what of it no peer calls.
CALLED = {
    "/jumpstarter.v1.ControllerService/": (jumpstarter_pb2.DESCRIPTOR.services_by_name["ControllerService"], ("AuditStream",)),
    "/jumpstarter.client.v1.ClientService/": (client_pb2.DESCRIPTOR.services_by_name["ClientService"], ()),
}


@pytest.mark.parametrize("service", CALLED)
def test_point_96_nothing_that_stock_peers_call_is_unimplemented(lab, service):
    descriptor, spared = CALLED[service]
    ca = base64.b64decode(yaml.safe_load(lab.config("ann").read_text())["tls"]["ca"])
    with grpc.secure_channel(lab.endpoint, grpc.ssl_channel_credentials(ca)) as channel:
        for method in descriptor.methods:
            call = channel.unary_stream(service + method.name, lambda b: b, lambda b: b)
            with pytest.raises(grpc.RpcError) as refused:
                list(call(b"", timeout=20))
            missing = refused.value.code() == grpc.StatusCode.UNIMPLEMENTED
            assert missing == (method.name in spared), method.name
