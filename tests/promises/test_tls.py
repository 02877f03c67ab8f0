"""A tenant behind TLS: only one whose certificate is good is talked to."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from fabrikam.oidc import BoundedAdapter, confine
from tests.builders import private_key

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def certificate(name: str, *, ends: datetime.datetime, issuer: str = "ca") -> bytes:
    """A certificate for a host name, issued by one of our own authorities."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    by = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by)
        .public_key(private_key(name).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - 10 * DAY)
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        .add_extension(x509.BasicConstraints(name == issuer, None), True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(private_key(name).public_key()),
            False,
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(
                private_key(issuer).public_key()
            ),
            False,
        )
    )
    if name == issuer:
        usage = x509.KeyUsage(
            digital_signature=True, key_cert_sign=True, crl_sign=True,
            content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = builder.add_extension(usage, True)
    signed = builder.sign(private_key(issuer), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def serve(tmp_path) -> Iterator:
    """Answer over TLS with this certificate; return the address."""
    sockets = []

    def start(name: str, pem: bytes, version=ssl.TLSVersion.TLSv1_3) -> str:
        chain = tmp_path / "chain.pem"
        key = private_key(name).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        chain.write_bytes(pem + key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        context.maximum_version = version
        listening = socket.create_server(("127.0.0.1", 0))
        sockets.append(listening)
        threading.Thread(target=answer, args=[listening, context], daemon=True).start()
        return f"https://localhost:{listening.getsockname()[1]}/"

    yield start
    for one in sockets:
        one.close()


def answer(listening: socket.socket, context: ssl.SSLContext) -> None:
    with suppress(OSError):
        plain, _ = listening.accept()
        with context.wrap_socket(plain, server_side=True) as wire:
            wire.recv(65_536)
            wire.sendall(ANSWER)


def asked(url: str, authority: Path | None) -> requests.Response:
    session = confine(requests.Session(), url, BoundedAdapter(seconds=5))
    if authority is not None:
        session.verify = str(authority)
    return session.get(url)


@pytest.fixture
def authority(tmp_path) -> Path:
    """Our own authority, trusted where it is named."""
    path = tmp_path / "ca.pem"
    path.write_bytes(certificate("ca", ends=NOW + DAY))
    return path


@pytest.mark.promise("ASVS 12.3.2")
def test_a_good_certificate_is_believed(serve, authority):
    url = serve("localhost", certificate("localhost", ends=NOW + DAY))
    assert asked(url, authority).json() == {}


@pytest.mark.promise("ASVS 12.3.2")
@pytest.mark.parametrize(
    ("name", "ends", "trusted"),
    [
        ("localhost", NOW + DAY, False),  # nobody trusts its authority
        ("localhost", NOW - DAY, True),  # it has ended
        ("other.example", NOW + DAY, True),  # it is for another host
    ],
)
def test_another_certificate_is_refused(serve, authority, name, ends, trusted):
    url = serve(name, certificate(name, ends=ends))
    with pytest.raises(requests.exceptions.SSLError):
        asked(url, authority if trusted else None)


@pytest.mark.promise("ASVS 12.1.1")
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_an_old_version_of_tls_is_refused(serve, authority):
    pem = certificate("localhost", ends=NOW + DAY)
    url = serve("localhost", pem, ssl.TLSVersion.TLSv1_1)
    with pytest.raises(requests.exceptions.RequestException):
        asked(url, authority)
