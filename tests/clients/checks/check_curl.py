"""curl: the ways of people with a shell, and what only they do."""

import base64
import json
import random
import struct
import subprocess
import zlib
from dataclasses import dataclass

from masthead import OTHER_PHOTO, PHOTO, SIZES, jpeg_size
from oauthlib.oauth1 import Client
from report import equal

MARK = "\n--figures-- "


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes
    sent: int
    notes: str

    def code(self):
        errors = json.loads(self.body)["errors"]
        assert len(errors) == 1 and set(errors[0]) == {"code", "message"}, errors
        return errors[0]["code"]


class Curl:
    def __init__(self, masthead, server, user):
        self.masthead, self.server, self.user = masthead, server, user

    def __call__(self, path, *options, stdin=b"", bearer=True):
        head = self.masthead.folder / "curl-head"
        command = ["curl", "--silent", "--show-error", "--verbose", "--max-time", "60", "--globoff"]
        command += ["--cacert", self.masthead.folder / "ca.pem", "--dump-header", head]
        command += ["--write-out", MARK + "%{http_code} %{size_upload}"]
        if bearer:
            command += ["--header", f"Authorization: Bearer {self.user.bearer_token}"]
        run = subprocess.run([*command, *options, self.server.url + path], input=stdin, capture_output=True)
        notes = run.stderr.decode(errors="replace")
        assert run.returncode == 0, f"curl ended with {run.returncode}: {notes[-600:]}"
        body, figures = run.stdout.rsplit(MARK.encode(), 1)
        status, sent = figures.split()
        # Of several heads (100 Continue) the last one is the answer's.
        lines = head.read_text().strip().split("\n\n")[-1].splitlines()[1:]
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
        return Answer(int(status), headers, body, int(sent), notes)


def grown(picture, size):
    """The same JPEG with comments of noise: as large as wanted, and as hard on base64 and forms as bytes can be."""
    noise = random.Random(size)
    missing = size - len(picture)
    comments = b""
    while missing > 0:
        length = min(missing, 65_000)
        length -= 4 if 0 < missing - length < 4 else 0
        comments += b"\xff\xfe" + struct.pack(">H", length - 2) + noise.randbytes(length - 4)
        missing -= length
    return picture[:2] + comments + picture[2:]


def small_png():
    """200x100, the least that is accepted, in some hundred bytes."""
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes((row + column) % 256 for column in range(200)) for row in range(100))
    header = struct.pack(">IIBBBBB", 200, 100, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def run(masthead, report):
    check = lambda name: report.check("curl", name)
    server = masthead.server()
    user = server.add_user()
    curl = Curl(masthead, server, user)
    upload = "/1.1/account/update_profile_banner.json"
    picture = PHOTO.read_bytes()
    folder = masthead.folder

    def file(name, data):
        (folder / name).write_bytes(data)
        return folder / name

    photo_base64 = file("photo.base64", base64.encodebytes(picture))
    five = file("five.jpg", grown(picture, 5 << 20))
    six = file("six.jpg", grown(picture, 6_000_000))
    small = file("small.png", small_png())

    last = None

    def uploaded(answer, of, **region):
        """The answer is 201, and what is served is what `masthead render` makes of the file."""
        nonlocal last
        equal((answer.status, answer.headers["content-type"]), (201, "application/json"))
        said = json.loads(answer.body)
        equal(said["state"], "ready")
        last = said["profile_banner_url"].removeprefix(server.url)
        found = curl(f"{last}/600x200", bearer=False)
        equal((found.status, jpeg_size(found.body)), (200, (600, 200)))
        assert found.body == masthead.render(of, **region)["600x200"], "it is not what `masthead render` makes"
        for limit in ("x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"):
            assert answer.headers[limit].isdigit(), answer.headers

    def refused(answer, status, code):
        equal((answer.status, answer.code()), (status, code))
        equal(answer.headers["content-type"], "application/json")

    jpeg = ("--header", "Content-Type: image/jpeg")
    with check("raw body, region in the query"):
        query = "?width=400&height=200&offset_left=10&offset_top=90"
        region = dict(width=400, height=200, offset_left=10, offset_top=90)
        uploaded(curl(upload + query, *jpeg, "--data-binary", f"@{PHOTO}"), PHOTO, **region)
    with check("--data-binary, which says it is a form"):
        uploaded(curl(upload, "--data-binary", f"@{PHOTO}"), PHOTO)
        uploaded(curl(upload, "--data-binary", f"@{OTHER_PHOTO}"), OTHER_PHOTO)
    with check("raw body without a content type"):
        uploaded(curl(upload, "--header", "Content-Type:", "--data-binary", f"@{PHOTO}"), PHOTO)
    with check("raw body as octet-stream, chunked"):
        options = ("--header", "Content-Type: application/octet-stream", "--header", "Transfer-Encoding: chunked")
        uploaded(curl(upload, *options, "--data-binary", f"@{OTHER_PHOTO}"), OTHER_PHOTO)
    with check("a PNG that claims to be a JPEG"):
        uploaded(curl(f"{upload}?offset_top=3", *jpeg, "--data-binary", f"@{OTHER_PHOTO}"), OTHER_PHOTO, offset_top=3)
    with check("multipart file"):
        uploaded(curl(upload, "--form", f"banner=@{PHOTO}", "--form", "offset_left=7"), PHOTO, offset_left=7)
    with check("multipart base64 with Content-Transfer-Encoding"):
        # curl's own `encoder=base64` writes the header and the lines.
        part = f"banner=@{PHOTO};encoder=base64"
        uploaded(curl(upload, "--form", part, "--form", "height=300"), PHOTO, height=300)
    with check("multipart base64 as plain text"):
        uploaded(curl(upload, "--form", f"banner=<{photo_base64}"), PHOTO)
    with check("urlencoded base64"):
        options = ("--data-urlencode", "banner@-", "--data", "offset_top=11")
        uploaded(curl(upload, *options, stdin=photo_base64.read_bytes()), PHOTO, offset_top=11)
    with check("base64 with + that nobody encoded"):
        body = b"banner=" + base64.b64encode(picture) + b"&offset_top=12"
        assert b"+" in body
        uploaded(curl(upload, "--data-binary", "@-", stdin=body), PHOTO, offset_top=12)
    with check("URL-safe base64 without padding as a data URL"):
        body = b"data:image/jpeg;base64," + base64.urlsafe_b64encode(picture).rstrip(b"=")
        uploaded(curl(upload, "--data-urlencode", "banner@-", "--data", "offset_top=13", stdin=body), PHOTO, offset_top=13)
    with check("5 MB, urlencoded base64"):
        uploaded(curl(upload, "--data-urlencode", "banner@-", stdin=base64.b64encode(five.read_bytes())), five)
    with check("banner in the query string"):
        query = f"?banner={base64.urlsafe_b64encode(small.read_bytes()).decode()}&width=200&height=100"
        uploaded(curl(upload + query, "--request", "POST"), small, width=200, height=100)
    with check("the region that one client sends for every picture"):
        query = "?width=1500&height=500&offset_left=0&offset_top=0"
        height = min(500, 427)
        uploaded(curl(upload + query, *jpeg, "--data-binary", f"@{PHOTO}"), PHOTO, width=640, height=height)

    with check("5 MB raw, after 100 Continue"):
        answer = curl(upload, *jpeg, "--header", "Expect: 100-continue", "--data-binary", f"@{five}")
        assert "100 Continue" in answer.notes, answer.notes[-600:]
        uploaded(answer, five)
    with check("no 100 Continue for who has no token"):
        options = (*jpeg, "--header", "Expect: 100-continue", "--header", "Authorization: Bearer nonsense")
        answer = curl(upload, *options, "--data-binary", f"@{five}", bearer=False)
        refused(answer, 401, 89)
        equal(answer.sent, 0)
        assert "100 Continue" not in answer.notes
    with check("a refusal is read even while 5 MB are on their way"):
        options = (*jpeg, "--header", "Expect:", "--header", "Authorization: Bearer nonsense")
        refused(curl(upload, *options, "--data-binary", f"@{five}", bearer=False), 401, 89)

    with check("6 MB are refused, however they come"):
        refused(curl(upload, *jpeg, "--data-binary", f"@{six}"), 422, 324)
        refused(curl(upload, *jpeg, "--header", "Expect:", "--data-binary", f"@{six}"), 422, 324)
        refused(curl(upload, *jpeg, "--header", "Transfer-Encoding: chunked", "--data-binary", f"@{six}"), 422, 324)
        refused(curl(upload, "--form", f"banner=@{six}"), 422, 324)
        refused(curl(upload, "--form", f"banner=@{six};encoder=base64"), 422, 324)
        refused(curl(upload, "--data-urlencode", "banner@-", stdin=base64.b64encode(six.read_bytes())), 422, 324)

    with check("the same again is 200"):
        answers = [curl(upload, "--form", f"banner=@{OTHER_PHOTO}") for _ in range(2)]
        uploaded(answers[0], OTHER_PHOTO)
        equal((answers[1].status, json.loads(answers[1].body)), (200, json.loads(answers[0].body)))

    with check("a JSON body"):
        body = json.dumps({"banner": photo_base64.read_text()})
        answer = curl(upload, "--header", "Content-Type: application/json", "--data-binary", "@-", stdin=body.encode())
        refused(answer, 400, 38)
        equal(json.loads(answer.body)["errors"][0]["message"], "banner parameter is missing.")
    with check("no banner, and an empty one"):
        refused(curl(upload, "--request", "POST"), 400, 38)
        refused(curl(upload, "--data", "banner="), 400, 38)
        refused(curl(upload, "--form", "banner="), 400, 38)
        refused(curl(f"{upload}?banner=", "--request", "POST"), 400, 38)
    with check("two banners"):
        refused(curl(upload, "--form", f"banner=@{PHOTO}", "--form", f"banner=@{PHOTO}"), 400, 44)
    with check("malformed base64"):
        refused(curl(upload, "--data", "banner=!!!!"), 400, 324)
        # A character beyond the last four stands for nothing.
        refused(curl(upload, "--data-urlencode", "banner@-", stdin=base64.b64encode(picture)[:-3]), 400, 324)
    for number in ("abc", "-1", "1e3", "99999999999", "", "+1", "1.5"):
        with check(f"width={number}"):
            refused(curl(f"{upload}?width={number.replace('+', '%2B')}", *jpeg, "--data-binary", f"@{PHOTO}"), 400, 44)
    with check("another method, another path"):
        refused(curl(upload), 405, 86)
        refused(curl("/1.1/account/nothing.json"), 404, 34)

    with check("headers of a banner, HEAD, 304"):
        path = f"{last}/ipad"
        got = curl(path, bearer=False)
        head = curl(path, "--head", bearer=False)
        expected = {
            "content-type": "image/jpeg",
            "content-length": str(len(got.body)),
            "cache-control": "public, max-age=31536000, immutable",
            "x-content-type-options": "nosniff",
            "content-security-policy": "default-src 'none'",
            "access-control-allow-origin": "*",
        }
        for answer in (got, head):
            equal({name: answer.headers.get(name) for name in expected}, expected)
        etag = got.headers["etag"]
        assert etag.startswith('"') and etag == head.headers["etag"], etag
        equal((got.status, head.status, jpeg_size(got.body)), (200, 200, SIZES["ipad"]))
        for tag in (etag, f'"other", {etag}', f"W/{etag}", "*"):
            again = curl(path, "--header", f"If-None-Match: {tag}", bearer=False)
            equal((again.status, again.body, again.headers["etag"]), (304, b"", etag))
        changed = curl(path, "--header", 'If-None-Match: "other"', bearer=False)
        equal((changed.status, changed.body), (200, got.body))
    with check("a banner without a variant is 1500x500"):
        equal(jpeg_size(curl(last, bearer=False).body), (1500, 500))

    with check("paths that climb"):
        for path in (
            "/profile_banners/../..",
            "/profile_banners/../../masthead.db",
            "/profile_banners/1/../../../masthead.db",
            "/profile_banners/..%2f..%2f/masthead.db",
            f"/profile_banners/{user.id}/..%2f..%2f..%2fmasthead.db",
            f"{last}/..%2f..%2f..%2f..%2fmasthead.db",
            f"{last}/../../../../masthead.db",
            f"{last}/%00",
            f"{last}/nothing",
            "/profile_banners/-1/99999999999999999999/web",
        ):
            refused(curl(path, "--path-as-is", bearer=False), 404, 34)

    with check("OAuth in the header"):
        keys = (user.consumer_key, user.consumer_secret, user.access_token, user.access_token_secret)
        url = f"{server.url}{upload}?offset_top=17"
        _, headers, _ = Client(*keys).sign(url, http_method="POST")
        options = ("--header", f"Authorization: {headers['Authorization']}", "--form", f"banner=@{PHOTO}")
        uploaded(curl(f"{upload}?offset_top=17", *options, bearer=False), PHOTO, offset_top=17)
    with check("OAuth in a form that curl sends"):
        _, _, body = Client(*keys, signature_type="BODY").sign(
            f"{server.url}{upload}",
            http_method="POST",
            body={"banner": base64.b64encode(picture).decode(), "offset_top": "18"},
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        uploaded(curl(upload, "--data-binary", "@-", stdin=body.encode(), bearer=False), PHOTO, offset_top=18)
    with check("OAuth in the query"):
        url, _, _ = Client(*keys, signature_type="QUERY").sign(f"{server.url}{upload}?offset_top=19", http_method="POST")
        query = url.removeprefix(server.url)
        uploaded(curl(query, *jpeg, "--data-binary", f"@{PHOTO}", bearer=False), PHOTO, offset_top=19)
