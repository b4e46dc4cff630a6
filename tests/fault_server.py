"""A server on raw sockets that answers as it is told, byte by byte, and writes down what it was sent."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Self, TypeAlias

import msgspec


@dataclass(frozen=True)
class Seen:
    """A request as it came: `target` is what stood between the method and the version, byte for byte."""

    target: str
    headers: dict[str, str]
    at: float  # on the monotonic clock


@dataclass(frozen=True)
class Pause:
    seconds: float


class Cut:
    """The connection is closed in good order."""


class Reset:
    """The connection is torn down."""


Part: TypeAlias = bytes | Pause | Cut | Reset
Script: TypeAlias = Callable[[Seen], Iterable[Part]]


@dataclass
class FaultServer:
    """Answers every request with the parts that `script` gives, on connections that are kept open.

    With a certificate (and its key, in one file) they are encrypted.
    """

    script: Script
    certificate: Path | None = None
    seen: list[Seen] = field(default_factory=list)
    open_connections: set[socket.socket] = field(default_factory=set)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._stop = threading.Event()
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if self.certificate else None
        if self._tls and self.certificate:
            self._tls.load_cert_chain(self.certificate)
        self._thread = threading.Thread(target=self._accept, name="fault-server")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in list(self.open_connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    @property
    def url(self) -> str:
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}"

    def _accept(self) -> None:
        threads = []
        while not self._stop.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                break
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            self.open_connections.add(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), name="fault-server-connection")
            thread.start()
            threads.append(thread)
        for thread in threads:
            thread.join()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError), connection.makefile("rb") as stream:
            while not self._stop.is_set() and (request := _read(stream)):
                self.seen.append(request)
                if not self._play(connection, self.script(request)):
                    break
        self.open_connections.discard(connection)

    def _play(self, connection: socket.socket, parts: Iterable[Part]) -> bool:
        """Sends the parts; whether the connection is still open afterwards."""
        for part in parts:
            match part:
                case bytes():
                    connection.sendall(part)
                case Pause(seconds):
                    self._stop.wait(seconds)
                case Cut():
                    return False
                case Reset():
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return False
        return True


def _read(stream: Any) -> Seen | None:
    line = stream.readline().decode("latin-1")
    if not line:
        return None
    headers = {}
    while header := stream.readline().decode("latin-1").strip():
        name, _, value = header.partition(":")
        headers[name.lower()] = value.strip()
    return Seen(line.split(" ")[1], headers, monotonic())


def answer(
    body: bytes | object = b"",
    *,
    status: int = 200,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
) -> bytes:
    """A whole response; a body that is not bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
    names = {name.lower() for name, _ in pairs}
    if "content-type" not in names:
        pairs.append(("Content-Type", "application/json"))
    if not names & {"content-length", "transfer-encoding"}:
        pairs.append(("Content-Length", str(len(content))))
    head = "".join(f"{name}: {value}\r\n" for name, value in pairs)
    return f"HTTP/1.1 {status} Reason\r\n{head}\r\n".encode("latin-1") + content


def jobs(*ids: int) -> list[dict[str, int]]:
    """Items that are told apart by their ids."""
    return [{"id": each} for each in ids]


def page(items: list[Any], href: str | None = None, **members: Any) -> bytes:
    """A page of jobs with a next link."""
    links = None if href is None else {"next": {"href": href}}
    return answer({"jobs": items, "_links": links, **members})
