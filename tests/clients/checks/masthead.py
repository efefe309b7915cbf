"""The command under test: its servers, its users, and what it makes of pictures."""

import json
import re
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PHOTO = ROOT / "testdata/photos/rocket.jpg"
OTHER_PHOTO = ROOT / "testdata/photos/coffee.png"

SIZES = {
    "1500x500": (1500, 500),
    "1080x360": (1080, 360),
    "600x200": (600, 200),
    "300x100": (300, 100),
    "ipad": (626, 313),
    "ipad_retina": (1252, 626),
    "web": (520, 260),
    "web_retina": (1040, 520),
    "mobile": (320, 160),
    "mobile_retina": (640, 320),
}


@dataclass
class User:
    """What `masthead user add --json` prints."""

    screen_name: str
    id: str
    consumer_key: str
    consumer_secret: str
    access_token: str
    access_token_secret: str
    bearer_token: str

    def secrets(self):
        return [self.consumer_secret, self.access_token_secret, self.bearer_token]


class Server:
    """`masthead serve` on a data folder of its own."""

    def __init__(self, masthead, name, *options):
        self.masthead = masthead
        self.data = masthead.folder / name
        self.log = masthead.folder / f"{name}.log"
        self.users = []
        certificate = ["--tls-cert", masthead.folder / "server.pem", "--tls-key", masthead.folder / "server.key"]
        command = [masthead.binary, "serve", "--listen", "127.0.0.1:0", "--data", self.data, "--log", "debug"]
        command += ["--admin", "127.0.0.1:0", "--drain", "0"]
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [*command, *certificate, *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True
            )
        # A server that neither listens nor ends is not waited for forever.
        timer = threading.Timer(30, self.process.kill)
        timer.start()
        line = self.process.stdout.readline()
        timer.cancel()
        assert line.startswith("masthead is listening on https://127.0.0.1:"), f"{line!r}, {self.log.read_text()}"
        self.port = int(line.split("https://127.0.0.1:", 1)[1].split()[0].rstrip("/"))
        self.host = f"localhost:{self.port}"
        self.url = f"https://{self.host}"

    def admin(self):
        """Where operators ask; the log says so."""
        return re.search(r"admin=(http://[0-9.:]+)", self.log.read_text()).group(1)

    def add_user(self):
        name = f"user{len(self.users) + 1}"
        command = [self.masthead.binary, "user", "add", name, "--data", self.data, "--json"]
        printed = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        user = User(**{field: str(printed[field]) for field in User.__dataclass_fields__})
        self.users.append(user)
        return user

    def originals(self):
        return sorted(path.name for path in (self.data / "blobs/originals").iterdir())

    def banners(self):
        return sorted(path.name for path in (self.data / "blobs/banners").iterdir())


class Masthead:
    """The binary, and everything that was started of it; ended when the block ends."""

    def __init__(self, binary, folder):
        self.binary = binary
        self.folder = folder
        self.servers = {}
        self.rendered = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in self.servers.values():
            server.process.kill()
            server.process.wait()

    def server(self, name="plenty", *options):
        """The server of this name, started when it is asked for first. Without options limits are out of the way."""
        if name not in self.servers:
            options = options or ("--uploads-per-window", "10000", "--reads-per-window", "10000")
            self.servers[name] = Server(self, name, *options)
        return self.servers[name]

    def strict(self):
        """A server on which a user may upload three times."""
        return self.server("strict", "--uploads-per-window", "3", "--reads-per-window", "5")

    def patient(self):
        """A server that answers every upload before it is processed."""
        return self.server("patient", "--respond-within", "0s", "--uploads-per-window", "100")

    def render(self, picture, width=None, height=None, offset_left=None, offset_top=None):
        """The files that `masthead render` makes: the same bytes that a server must serve."""
        region = {"width": width, "height": height, "offset-left": offset_left, "offset-top": offset_top}
        options = [f"--{name}={value}" for name, value in region.items() if value is not None]
        key = (picture, *options)
        if key not in self.rendered:
            out = self.folder / f"rendered-{len(self.rendered)}"
            command = [self.binary, "render", picture, "-o", out, *options]
            subprocess.run(command, check=True, capture_output=True)
            self.rendered[key] = {name: (out / f"{name}.jpg").read_bytes() for name in SIZES}
        return self.rendered[key]

    def check_logs(self):
        for server in self.servers.values():
            log = server.log.read_text()
            assert "panicked" not in log, server.log.name
            errors = [line for line in log.splitlines() if "ERROR" in line]
            assert not errors, errors[:3]
            for user in server.users:
                for secret in user.secrets():
                    assert secret not in log, f"a secret of {user.screen_name} stands in {server.log.name}"

    def stop(self):
        for server in self.servers.values():
            server.process.terminate()
        for name, server in self.servers.items():
            code = server.process.wait(timeout=15)
            assert code == 0, f"{name}: {code}"


def jpeg_size(data):
    """Width and height from the frame header of a whole JPEG file."""
    assert data[:3] == b"\xff\xd8\xff" and data[-2:] == b"\xff\xd9", data[:16]
    at = 2
    while data[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
