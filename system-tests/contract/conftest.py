"""What every contract test may ask for: the peer under test, a client on its exporter, a certificate."""

import datetime
import ipaddress
import os
import signal

import peers
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def pytest_configure():
    # Background jobs and `nohup` ignore these, and so would every exporter and every command of a client.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_addoption(parser):
    parser.addoption(
        "--peer",
        choices=[*peers.PEERS, "both", peers.SPREAD],
        default=os.environ.get("RIGBUS_PEER", "stock"),
        help="the exporter under test (default: the environment variable RIGBUS_PEER, else stock)",
    )


def pytest_generate_tests(metafunc):
    if "peer" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("peer")
        metafunc.parametrize("peer", peers.PEERS if chosen == "both" else [chosen], scope="session")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A failure shows what the exporter had to say."""
    report = yield
    exporter = getattr(item, "funcargs", {}).get("exporter")
    if report.failed and exporter is not None:
        report.sections.append((f"log of the {exporter.peer} exporter", exporter.log[-8000:]))
    return report


@pytest.fixture(scope="module")
def client(exporter):
    """The stock client on the module's exporter."""
    with exporter.connect() as client:
        yield client


@pytest.fixture(scope="session")
def tls(tmp_path_factory):
    """A fresh self-signed certificate for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = datetime.datetime.now(datetime.timezone.utc)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    room = tmp_path_factory.mktemp("tls")
    files = peers.Tls(room / "cert.pem", room / "key.pem")
    files.cert.write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files
