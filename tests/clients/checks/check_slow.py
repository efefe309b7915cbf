"""Clients that are slow, or go away: nothing is stored, and nobody else notices."""

import json
import socket
import ssl
import time

import requests
from masthead import PHOTO
from report import equal


def connect(masthead, server):
    context = ssl.create_default_context(cafile=str(masthead.folder / "ca.pem"))
    return context.wrap_socket(socket.create_connection(("127.0.0.1", server.port), timeout=60), server_hostname="localhost")


def head(server, user, length, more=""):
    return (
        "POST /1.1/account/update_profile_banner.json HTTP/1.1\r\n"
        f"Host: {server.host}\r\nAuthorization: Bearer {user.bearer_token}\r\n"
        f"Content-Type: image/jpeg\r\nContent-Length: {length}\r\n{more}\r\n"
    ).encode()


def is_ready(server):
    equal(requests.get(f"{server.admin()}/readyz", timeout=10).status_code, 200)


def nothing_stored(server, user):
    headers = {"Authorization": f"Bearer {user.bearer_token}"}
    profile = requests.get(f"{server.url}/1.1/account/verify_credentials.json", headers=headers, timeout=10).json()
    assert "profile_banner_url" not in profile, profile
    status = requests.get(f"{server.url}/1.1/account/profile_banner_upload.json", headers=headers, timeout=10)
    equal(status.status_code, 404)
    equal(server.originals(), [])


def run(masthead, report):
    check = lambda name: report.check("slow", name)
    server = masthead.server()
    user = server.add_user()
    picture = PHOTO.read_bytes()
    banners = server.banners()

    with check("a byte a second ends with 408"):
        with connect(masthead, server) as client:
            client.sendall(head(server, user, len(picture)))
            client.settimeout(1)
            begin = time.monotonic()
            answer = b""
            for byte in picture[:60]:
                client.sendall(bytes([byte]))
                try:
                    answer = client.recv(65536)
                    break
                except TimeoutError:
                    is_ready(server)
            took = time.monotonic() - begin
            first, _, body = answer.partition(b"\r\n\r\n")
            assert first.startswith(b"HTTP/1.1 408"), first
            equal(set(json.loads(body)["errors"][0]), {"code", "message"})
            # The server's patience: a mean of 4 KiB a second over windows of 10 seconds, the first of which is twice as long.
            assert 19 < took < 25, f"after {took:.1f} s"
        nothing_stored(server, user)

    with check("a client that hangs up half-way"):
        for cut in (0, 1, len(picture) // 2, len(picture) - 1):
            with connect(masthead, server) as client:
                client.sendall(head(server, user, len(picture)) + picture[:cut])
                time.sleep(0.1)
        with connect(masthead, server) as client:
            client.sendall(head(server, user, len(picture))[:-2])
        time.sleep(0.5)
        nothing_stored(server, user)

    with check("a connection that is cut off without a word"):
        client = connect(masthead, server)
        client.sendall(head(server, user, len(picture)) + picture[:5000])
        # No close_notify, no FIN: a reset.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.close()
        time.sleep(0.3)
        nothing_stored(server, user)

    with check("a head that does not end is given up"):
        with connect(masthead, server) as client:
            begin = time.monotonic()
            client.sendall(f"GET /healthz HTTP/1.1\r\nHost: {server.host}\r\nX-More: ".encode())
            assert b" 200 " not in client.recv(65536)
            assert time.monotonic() - begin < 30

    with check("two requests at once on one connection are both answered"):
        get = f"GET /healthz HTTP/1.1\r\nHost: {server.host}\r\n\r\n".encode()
        with connect(masthead, server) as client:
            client.sendall(get + get)
            answer = b""
            while answer.count(b"HTTP/1.1 200") < 2:
                piece = client.recv(65536)
                assert piece, answer
                answer += piece

    with check("none of this has left a file"):
        equal(server.banners(), banners)
        is_ready(server)
