"""tweepy, through its own API only."""

import time

import requests
import tweepy
from masthead import OTHER_PHOTO, PHOTO, ROOT, SIZES, jpeg_size
from report import equal


def api(server, user, access_token_secret=None):
    secret = access_token_secret or user.access_token_secret
    handler = tweepy.OAuth1UserHandler(user.consumer_key, user.consumer_secret, user.access_token, secret)
    return tweepy.API(handler, host=server.host)


def raised(kind, status, code, call, *args, **kwargs):
    """The exception that a call must raise."""
    try:
        call(*args, **kwargs)
    except kind as error:
        equal((type(error), error.response.status_code, error.api_codes), (kind, status, [code]))
        assert error.api_messages and error.api_messages[0].endswith("."), error.api_messages
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


def served(sizes, expected):
    """Every URL of an answer gives the file that it is about."""
    equal(set(sizes["sizes"]), set(SIZES))
    for name, (width, height) in SIZES.items():
        size = sizes["sizes"][name]
        equal((size["w"], size["h"]), (width, height))
        response = requests.get(size["url"], timeout=30)
        equal((response.status_code, response.headers["content-type"]), (200, "image/jpeg"))
        equal(jpeg_size(response.content), (width, height))
        assert response.content == expected[name], f"{name} is not what `masthead render` makes"


def run(masthead, report):
    check = lambda name: report.check("tweepy", name)
    server = masthead.server()
    user = server.add_user()
    client = api(server, user)

    with check("no banner yet"):
        raised(tweepy.NotFound, 404, 34, client.get_profile_banner, screen_name=user.screen_name)
        profile = client.verify_credentials()
        equal((profile.id_str, profile.screen_name), (user.id, user.screen_name))
        assert not hasattr(profile, "profile_banner_url")

    with check("upload without a region"):
        client.update_profile_banner(str(PHOTO))
        served(client.get_profile_banner(screen_name=user.screen_name), masthead.render(PHOTO))

    with check("sizes by user_id"):
        equal(client.get_profile_banner(user_id=user.id), client.get_profile_banner(screen_name=user.screen_name))

    with check("upload with a region"):
        region = dict(width=450, height=150, offset_left=60, offset_top=120)
        client.update_profile_banner(str(PHOTO), **region)
        served(client.get_profile_banner(screen_name=user.screen_name), masthead.render(PHOTO, **region))

    with check("upload from an open file, under a name that says nothing"):
        with open(OTHER_PHOTO, "rb") as file:
            client.update_profile_banner("ünnamed file", file=file, offset_top=20)
        served(client.get_profile_banner(screen_name=user.screen_name), masthead.render(OTHER_PHOTO, offset_top=20))

    with check("profile_banner_url"):
        url = client.verify_credentials().profile_banner_url
        assert url.startswith(f"{server.url}/profile_banners/{user.id}/"), url
        equal(requests.get(f"{url}/mobile", timeout=30).content, masthead.render(OTHER_PHOTO, offset_top=20)["mobile"])

    with check("a region outside of the picture"):
        raised(tweepy.HTTPException, 422, 44, client.update_profile_banner, str(PHOTO), width=5000, height=200)
    with check("a region that is no number"):
        raised(tweepy.BadRequest, 400, 44, client.update_profile_banner, str(PHOTO), width="abc")
    with check("a file that is no image"):
        raised(tweepy.BadRequest, 400, 324, client.update_profile_banner, str(ROOT / "README.md"))
    with check("a broken image"):
        broken = ROOT / "testdata/generated/broken-jpeg-cut-header.jpg"
        raised(tweepy.BadRequest, 400, 324, client.update_profile_banner, str(broken))
    with check("an image that is too small"):
        small = ROOT / "testdata/generated/limit-jpeg-199x99.jpg"
        error = raised(tweepy.HTTPException, 422, 324, client.update_profile_banner, str(small))
        assert "200x100" in error.api_messages[0], error.api_messages
    with check("refusals leave the banner alone"):
        served(client.get_profile_banner(screen_name=user.screen_name), masthead.render(OTHER_PHOTO, offset_top=20))

    with check("remove"):
        client.remove_profile_banner()
        assert not hasattr(client.verify_credentials(), "profile_banner_url")
        raised(tweepy.NotFound, 404, 34, client.get_profile_banner, screen_name=user.screen_name)
        client.remove_profile_banner()
    with check("unknown user"):
        raised(tweepy.NotFound, 404, 50, client.get_profile_banner, screen_name="nobody_at_all")

    with check("wrong secret"):
        wrong = api(server, user, access_token_secret="wrong" * 9)
        raised(tweepy.Unauthorized, 401, 32, wrong.verify_credentials)
        raised(tweepy.Unauthorized, 401, 32, wrong.update_profile_banner, str(PHOTO))
        assert not hasattr(client.verify_credentials(), "profile_banner_url")

    with check("202, and the banner a little later"):
        patient = masthead.patient()
        user = patient.add_user()
        client = api(patient, user)
        client.update_profile_banner(str(PHOTO))
        until = time.monotonic() + 30
        while not hasattr(client.verify_credentials(), "profile_banner_url"):
            assert time.monotonic() < until, "no banner after 30 seconds"
            time.sleep(0.1)
        served(client.get_profile_banner(screen_name=user.screen_name), masthead.render(PHOTO))

    with check("rate limit of uploads"):
        strict = masthead.strict()
        user = strict.add_user()
        client = api(strict, user)
        for offset in range(3):
            client.update_profile_banner(str(PHOTO), offset_left=offset)
        error = raised(tweepy.TooManyRequests, 429, 88, client.update_profile_banner, str(PHOTO))
        headers = error.response.headers
        equal((headers["x-rate-limit-limit"], headers["x-rate-limit-remaining"]), ("3", "0"))
        # A window is 900 seconds; its end is rounded up.
        assert 0 < error.reset_time - time.time() <= 901, error.reset_time
        assert 0 < int(headers["retry-after"]) <= 901, headers["retry-after"]
        # Other calls have limits of their own.
        client.remove_profile_banner()

    with check("rate limit of reads, on successes too"):
        user = strict.add_user()
        client = api(strict, user)
        for left in (4, 3, 2, 1, 0):
            client.verify_credentials()
            equal(client.last_response.headers["x-rate-limit-remaining"], str(left))
        raised(tweepy.TooManyRequests, 429, 88, client.verify_credentials)
