"""OAuth 1.0a as requests-oauthlib sends it: in the header, in the form, in the query, and wrongly."""

import base64
import hashlib
import os
import time

import requests
from masthead import PHOTO
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA256, Client
from report import equal
from requests_oauthlib import OAuth1

PLACES = {"header": "auth_header", "form": "body", "query": "query"}


def auth(user, place="header", **changes):
    keys = dict(
        client_secret=user.consumer_secret,
        resource_owner_key=user.access_token,
        resource_owner_secret=user.access_token_secret,
        signature_type=PLACES[place],
    )
    return OAuth1(user.consumer_key, **{**keys, **changes})


class BodyHash(Client):
    """Signs the hash of a body too. oauthlib does so for text only."""

    body = b""

    def get_oauth_params(self, request):
        digest = base64.b64encode(hashlib.sha1(self.body).digest()).decode()
        return [*super().get_oauth_params(request), ("oauth_body_hash", digest)]


def send(prepared):
    """Sends a request as it is. The environment is asked by hand: only requests that are not prepared do so."""
    return requests.Session().send(prepared, verify=os.environ["REQUESTS_CA_BUNDLE"])


def refused(response, status, code):
    equal((response.status_code, [error["code"] for error in response.json()["errors"]]), (status, [code]))


def run(masthead, report):
    check = lambda name: report.check("requests-oauthlib", name)
    server = masthead.server()
    user = server.add_user()
    upload = f"{server.url}/1.1/account/update_profile_banner.json"
    verify = f"{server.url}/1.1/account/verify_credentials.json"
    remove = f"{server.url}/1.1/account/remove_profile_banner.json"
    picture = PHOTO.read_bytes()
    form = {"banner": base64.b64encode(picture).decode(), "offset_top": "30"}

    for place in PLACES:
        with check(f"a form of base64, signed in the {place}"):
            response = requests.post(upload, data=form, auth=auth(user, place))
            assert response.status_code in (201, 202), response.text
            equal(response.json()["state"], "ready")
            served = requests.get(response.json()["profile_banner_url"] + "/web").content
            equal(served, masthead.render(PHOTO, offset_top=30)["web"])
            response = requests.post(remove, data={"a": "b c+d/ü~"}, auth=auth(user, place))
            equal((response.status_code, response.json()), (200, {}))

    for place in ("header", "query"):
        with check(f"a read, signed in the {place}"):
            response = requests.get(verify, params={"include_entities": "a b+ü&="}, auth=auth(user, place))
            equal((response.status_code, response.json().get("id_str")), (200, user.id))
        with check(f"a raw picture, signed in the {place}"):
            headers = {"Content-Type": "image/jpeg"}
            region = {"width": 500, "offset_left": 20}
            response = requests.post(upload, data=picture, params=region, headers=headers, auth=auth(user, place))
            assert response.status_code in (201, 202), response.text
            served = requests.get(response.json()["profile_banner_url"] + "/web").content
            equal(served, masthead.render(PHOTO, **region)["web"])
            requests.post(remove, auth=auth(user)).raise_for_status()

    with check("HMAC-SHA256"):
        sha256 = auth(user, signature_method=SIGNATURE_HMAC_SHA256)
        equal(requests.get(verify, auth=sha256).status_code, 200)
        response = requests.post(upload, data=form, auth=auth(user, "form", signature_method=SIGNATURE_HMAC_SHA256))
        equal(response.status_code, 201)
    with check("a realm"):
        equal(requests.get(verify, auth=auth(user, realm="Photos")).status_code, 200)
    with check("a realm in front of a query with the same names"):
        equal(requests.get(verify, params={"realm": "x"}, auth=auth(user, realm="Photos")).status_code, 200)
    with check("a body hash"):
        BodyHash.body = picture
        hashed = auth(user, client_class=BodyHash)
        response = requests.post(upload, data=picture, headers={"Content-Type": "image/jpeg"}, auth=hashed)
        assert response.status_code in (201, 202), response.text
        equal(requests.post(remove, auth=auth(user)).status_code, 200)
    with check("a body that is not the hashed one"):
        other = picture[:-2] + b"\0\0"
        refused(requests.post(upload, data=other, headers={"Content-Type": "image/jpeg"}, auth=hashed), 401, 32)
        assert "profile_banner_url" not in requests.get(verify, auth=auth(user)).json()

    with check("parameters in header and query"):
        request = requests.Request("GET", verify, auth=auth(user, "query")).prepare()
        response = requests.get(request.url, auth=auth(user))
        refused(response, 400, 215)
    with check("the same request twice"):
        request = requests.Request("GET", verify, auth=auth(user)).prepare()
        equal(send(request).status_code, 200)
        refused(send(request), 401, 32)
    for minutes in (-6, 6):
        with check(f"a clock that is {minutes} minutes off"):
            then = str(int(time.time()) + 60 * minutes)
            refused(requests.get(verify, auth=auth(user, timestamp=then)), 401, 135)
    with check("an unknown token"):
        refused(requests.get(verify, auth=auth(user, resource_owner_key="1-unknown")), 401, 89)
    with check("wrong secrets"):
        refused(requests.get(verify, auth=auth(user, client_secret="x")), 401, 32)
        refused(requests.get(verify, auth=auth(user, resource_owner_secret="x")), 401, 32)
    with check("a query that was changed after signing"):
        url, headers, _ = Client(user.consumer_key, user.consumer_secret, user.access_token, user.access_token_secret).sign(
            f"{verify}?a=1"
        )
        refused(requests.get(url.replace("a=1", "a=2"), headers=headers), 401, 32)
    with check("no credentials, and unreadable ones"):
        refused(requests.get(verify), 400, 215)
        refused(requests.get(verify, headers={"Authorization": "OAuth rubbish"}), 400, 215)
        refused(requests.get(verify, headers={"Authorization": "Basic dXNlcjpwYXNz"}), 400, 215)
