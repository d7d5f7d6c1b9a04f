"""A small OpenID Connect provider on HTTPS for tests: password, token exchange and refresh grants, RS256 keys, a CA of its own.

    python oidc_provider.py --dir DIR [--port N] [--audience A]... [--user NAME=PASSWORD]... [--life SECONDS]

Writes DIR/oidc-ca.pem, prints one line `oidc URL` when it listens, and runs until it is ended. Any id token that it made itself, or
that is an unsigned `sub` in the clear (`sub:NAME`), can be exchanged.
"""

import argparse
import base64
import datetime
import ipaddress
import json
import os
import secrets
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def b64int(number: int) -> str:
    return b64(number.to_bytes((number.bit_length() + 7) // 8, "big"))


class Provider:
    """Runs on a thread of its own between start() and stop()."""

    def __init__(self, folder, port=0, audiences=("jumpstarter-cli",), users=None, life=3600):
        self.folder = Path(folder)
        self.audiences = list(audiences)
        self.users = dict(users or {})
        self.life = life
        self.refresh_tokens = {}
        self.lock = threading.Lock()
        self.new_key()
        self.ca_file = self.folder / "oidc-ca.pem"
        self.server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self.server.socket = self._tls().wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.issuer = f"https://127.0.0.1:{self.server.server_address[1]}"

    def new_key(self):
        """From now on tokens are signed with another key."""
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.kid = secrets.token_hex(4)

    def start(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def jwks(self):
        numbers = self.key.public_key().public_numbers()
        key = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": b64int(numbers.n), "e": b64int(numbers.e)}
        return {"keys": [key]}

    def discovery(self):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": self.issuer + "/authorize",
            "token_endpoint": self.issuer + "/token",
            "jwks_uri": self.issuer + "/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def token(self, name, life=None, **more):
        """An access token for this user name, which is in the claims `name`, `preferred_username` and `sub`."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": self.audiences,
            "sub": name,
            "name": name,
            "preferred_username": name,
            "iat": now,
            "exp": now + (self.life if life is None else life),
            "jti": secrets.token_hex(8),
        } | more
        header = {"alg": "RS256", "typ": "JWT", "kid": self.kid}
        signed = ".".join(b64(json.dumps(part).encode()) for part in (header, claims))
        signature = self.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return signed + "." + b64(signature)

    def grant(self, form):
        """The answer to a token request: an HTTP status and a JSON body."""
        kind = form.get("grant_type")
        if kind == "password":
            name = form.get("username", "")
            if name not in self.users or not secrets.compare_digest(self.users[name], form.get("password", "")):
                return 400, {"error": "invalid_grant", "error_description": "wrong user name or password"}
        elif kind == EXCHANGE:
            name = self.subject(form.get("subject_token", ""))
        elif kind == "refresh_token":
            with self.lock:
                name = self.refresh_tokens.pop(form.get("refresh_token", ""), None)
        else:
            return 400, {"error": "unsupported_grant_type"}
        if name is None:
            return 400, {"error": "invalid_grant", "error_description": "the token is not known"}
        return 200, self.tokens(name, form.get("scope", ""))

    def tokens(self, name, scope):
        token = self.token(name)
        answer = {"access_token": token, "id_token": token, "token_type": "Bearer", "expires_in": self.life}
        if "offline_access" in scope.split() or not scope:
            answer["refresh_token"] = secrets.token_urlsafe(24)
            with self.lock:
                self.refresh_tokens[answer["refresh_token"]] = name
        return answer

    def subject(self, token):
        if token.startswith("sub:"):
            return token[4:]
        try:
            signed, _, signature = token.rpartition(".")
            raw = base64.urlsafe_b64decode(signature + "==")
            self.key.public_key().verify(raw, signed.encode(), padding.PKCS1v15(), hashes.SHA256())
            return json.loads(base64.urlsafe_b64decode(signed.split(".")[1] + "=="))["sub"]
        except Exception:
            return None

    def _handler(provider):
        class Handler(BaseHTTPRequestHandler):
            timeout = 30

            def do_GET(self):
                pages = {"/.well-known/openid-configuration": provider.discovery, "/keys": provider.jwks}
                page = pages.get(self.path)
                self.answer(200, page()) if page else self.answer(404, {"error": "not_found"})

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
                if self.path != "/token":
                    return self.answer(404, {"error": "not_found"})
                return self.answer(*provider.grant({key: values[0] for key, values in parse_qs(body).items()}))

            def answer(self, status, body):
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *args):
                pass

        return Handler

    def _tls(self):
        ca_key = ec.generate_private_key(ec.SECP256R1())
        ca = certificate("test provider CA", ca_key.public_key(), "test provider CA", ca_key, authority=True)
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = certificate("test provider", key.public_key(), "test provider CA", ca_key, authority=False)
        pem = serialization.Encoding.PEM
        self.ca_file.write_bytes(ca.public_bytes(pem))
        own = self.folder / "oidc-key.pem"
        with open(os.open(own, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            plain = serialization.NoEncryption()
            file.write(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
            file.write(leaf.public_bytes(pem))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(own)
        return context


def certificate(subject, public, issuer, signer, authority):
    now = datetime.datetime.now(datetime.timezone.utc)

    def name(text):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    loopback = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    return (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(loopback), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dir", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--audience", action="append")
    parser.add_argument("--user", action="append", default=[], metavar="NAME=PASSWORD")
    parser.add_argument("--life", type=int, default=3600)
    options = parser.parse_args()
    users = dict(user.split("=", 1) for user in options.user)
    audiences = options.audience or ["jumpstarter-cli"]
    provider = Provider(options.dir, options.port, audiences, users, options.life)
    print("oidc", provider.issuer, flush=True)
    provider.server.serve_forever()


if __name__ == "__main__":
    main()
