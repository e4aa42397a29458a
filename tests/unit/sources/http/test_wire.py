"""Over a real socket on loopback: sizes, bombs, broken and slow answers, addresses."""

import gzip
import logging
import socket
import ssl
import threading
import zlib
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpcore2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from influencr.errors import BadAnswer, Refused, Unreachable
from influencr.sources.http import Call, Client, NotSent, Rule, _addresses
from influencr.sources.http._addresses import Allowed
from influencr.sources.http._wire import Wire

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
RULES = [Rule("*", 10_000.0, 10_000)]
ZEROS = b"0" * 20_000_000


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stop = threading.Event()

    def do_GET(self):
        path = self.path.partition("?")[0]
        if path == "/broken":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            self.close_connection = True
            return
        if path == "/nonsense":
            self.wfile.write(b"this is no HTTP\r\n\r\n")
            self.close_connection = True
            return
        if path == "/trickle":
            self.close_connection = True
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            for _ in range(1000):
                if self.stop.wait(0.02):
                    return
                try:
                    self.wfile.write(b"a")
                except OSError:
                    return
            return
        if path == "/endless":
            self.close_connection = True
            self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            try:
                while not self.stop.is_set():
                    self.wfile.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
            except OSError:
                return
            return
        packed = {
            "/gzip": (gzip.compress(b"hello"), "gzip"),
            "/deflate": (zlib.compress(b"hello"), "deflate"),
            "/bomb": (gzip.compress(ZEROS), "gzip"),
            "/twice": (gzip.compress(gzip.compress(ZEROS)), "gzip, gzip"),
            "/damaged": (b"no gzip at all", "gzip"),
            "/large": (ZEROS, "identity"),
            "/cookie": (repr(self.headers.get("cookie")).encode(), "identity"),
        }
        body, coding = packed.get(path, (b"hello", "identity"))
        self.send_response(200)
        self.send_header("Content-Encoding", coding)
        self.send_header("Set-Cookie", "a=b; Path=/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def log_message(self, *words):
        pass


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that goes away is what some of these tests are about."""


@pytest.fixture(scope="module")
def base():
    server = QuietServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    Handler.stop.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(base):
    with Client(contact="a@example.org", rules=RULES, allow=[base], attempts=1) as made:
        yield made


@pytest.mark.parametrize("path", ["/plain", "/gzip", "/deflate"])
def test_bodies_are_unpacked(client, base, path):
    answer = client.get(base + path)
    assert (answer.status, answer.body) == (200, b"hello")
    assert all(name == name.lower() for name in answer.headers)


@pytest.mark.parametrize("path", ["/bomb", "/twice", "/large", "/endless"])
def test_too_large_is_noticed_packed_unpacked_and_unannounced(client, base, path):
    with pytest.raises(BadAnswer, match="more than 1,000,000 bytes"):
        client.get(base + path, max_bytes=1_000_000)
    assert client.get(f"{base}/plain").body == b"hello"


def test_a_damaged_body_is_a_bad_answer(client, base):
    with pytest.raises(BadAnswer, match="cannot be unpacked"):
        client.get(f"{base}/damaged")


@pytest.mark.parametrize("path", ["/broken", "/nonsense"])
def test_a_broken_answer_is_transient(client, base, path):
    with pytest.raises(Unreachable, match="broke off"):
        client.get(base + path)


@pytest.mark.parametrize("path", ["/trickle", "/endless"])
def test_the_whole_call_has_an_end_however_it_trickles(base, path):
    with (
        Client(
            contact="a@example.org",
            rules=RULES,
            allow=[base],
            attempts=1,
            total_timeout=0.2,
        ) as client,
        pytest.raises(Unreachable, match="broke off"),
    ):
        client.get(base + path, max_bytes=1 << 40)


def test_nobody_there_means_that_nothing_was_sent():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    with (
        Client(contact="a@example.org", rules=RULES, allow=[url], attempts=1) as client,
        pytest.raises(NotSent, match="cannot be connected to"),
    ):
        client.get(url)


def test_unnamed_loopback_is_refused_by_number_and_by_name(base):
    port = int(base.rpartition(":")[2])

    def resolve(host, at, **_):
        return [(2, 1, 6, "", ("127.0.0.1", at))]

    wire = Wire(Allowed(), connect=1, read=1, total=1, resolve=resolve)
    try:
        for host in ("127.0.0.1", "innocent.example.org", "2130706433"):
            call = Call("GET", f"http://{host}:{port}/plain", {}, b"", 100)
            with pytest.raises(Refused, match="not public"):
                wire(call)
    finally:
        wire.close()


def test_connections_go_to_the_checked_number_and_the_name_is_asked_once(monkeypatch):
    answers, opened = [["8.8.8.8"], ["127.0.0.1"]], []

    def resolve(host, at, **_):
        return [(2, 1, 6, "", (n, at)) for n in answers.pop(0)]

    def connect_tcp(self, host, port, *rest):
        opened.append((host, port))
        raise httpcore2.ConnectError("refused")

    monkeypatch.setattr(httpcore2.SyncBackend, "connect_tcp", connect_tcp)
    wire = Wire(Allowed(), connect=1, read=1, total=1, resolve=resolve)
    try:
        call = Call("GET", "https://rebinding.example.org/", {}, b"", 100)
        with pytest.raises(NotSent):
            wire(call)
        with pytest.raises(Refused):
            wire(call)
    finally:
        wire.close()
    assert opened == [("8.8.8.8", 443)]


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """A file with key and certificate of good.example, which this process trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "good.example")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(datetime(2020, 1, 1))
        .not_valid_after(datetime(2099, 1, 1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("good.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "good.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + made.public_bytes(Encoding.PEM)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return file


def test_over_tls_the_name_is_proven_though_the_number_is_connected_to(certificate, monkeypatch):
    asked_for = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda connection, name, _: asked_for.append(name)
    server = QuietServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    # loopback plays the public server of both names
    monkeypatch.setattr(_addresses, "is_public", lambda number: True)

    def resolve(host, at, **_):
        return [(2, 1, 6, "", ("127.0.0.1", at))]

    wire = Wire(Allowed(), connect=5, read=5, total=10, resolve=resolve)
    try:
        at = server.server_port
        call = Call("GET", f"https://good.example:{at}/plain", {}, b"", 100)
        assert wire(call).body == b"hello"
        with pytest.raises(NotSent, match="certificate verify failed"):
            wire(call._replace(url=f"https://evil.example:{at}/plain"))
    finally:
        wire.close()
        server.shutdown()
        thread.join()
        server.server_close()
    assert asked_for == ["good.example", "evil.example"]


def test_cookies_are_not_kept(client, base):
    client.get(f"{base}/plain")
    assert client.get(f"{base}/cookie").body == b"None"


def test_logs_hold_no_secret(base, caplog):
    with (
        caplog.at_level(logging.DEBUG),
        Client(contact="a@example.org", rules=RULES, allow=[base], secrets=["hush-hush"]) as client,
    ):
        headers = {"authorization": "Bearer hush-hush"}
        client.get(f"{base}/plain", {"key": "hush-hush", "o": "hush-hush"}, headers=headers)
    assert "GET" in caplog.text
    assert "hush" not in caplog.text
