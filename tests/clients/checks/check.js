// twitter-api-v2, through its own API only. Settings come on standard input; a line of JSON goes out for each check.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiResponseError, TwitterApi } from "twitter-api-v2";

const settings = JSON.parse(readFileSync(0, "utf8"));

async function check(name, work) {
  let failure = null;
  try {
    await work();
  } catch (error) {
    failure = String(error.stack ?? error).split("\n").slice(0, 6).join(" | ");
  }
  console.log(JSON.stringify({ name, failure }));
}

function client(server, number, changes = {}) {
  const user = server.users[number];
  const keys = {
    appKey: user.consumer_key,
    appSecret: user.consumer_secret,
    accessToken: user.access_token,
    accessSecret: user.access_token_secret,
    ...changes,
  };
  const v1 = new TwitterApi(keys).v1;
  v1.setPrefix(`${server.url}/1.1/`);
  return { user, v1 };
}

/** The error that a call must end with. */
async function refused(call, status, code) {
  let error;
  try {
    await call();
  } catch (caught) {
    error = caught;
  }
  assert.ok(error instanceof ApiResponseError, `no ApiResponseError but ${error}`);
  assert.equal(error.code, status);
  assert.ok(error.hasErrorCode(code), `${JSON.stringify(error.data)} has not code ${code}`);
  assert.match(error.message, /\(Twitter code \d+\)/);
  return error;
}

/** Every URL of an answer gives the file that it is about. */
async function served({ sizes }, folder) {
  assert.deepEqual(Object.keys(sizes).sort(), Object.keys(settings.sizes).sort());
  for (const [name, [width, height]] of Object.entries(settings.sizes)) {
    assert.deepEqual([sizes[name].w, sizes[name].h], [width, height], name);
    const response = await fetch(sizes[name].url);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "image/jpeg");
    const found = Buffer.from(await response.arrayBuffer());
    assert.ok(found.equals(readFileSync(`${folder}/${name}.jpg`)), `${name} is not what masthead render makes`);
  }
}

const { plenty, strict, patient } = settings.servers;
const { user, v1 } = client(plenty, 0);
const sizes = () => v1.userProfileBannerSizes({ screen_name: user.screen_name });

await check("no banner yet", async () => {
  await refused(sizes, 404, 34);
  const profile = await v1.verifyCredentials();
  assert.deepEqual([profile.id_str, profile.screen_name], [user.id, user.screen_name]);
  assert.equal(profile.profile_banner_url, undefined);
});

await check("upload without a region", async () => {
  await v1.updateAccountProfileBanner(settings.photo);
  await served(await sizes(), settings.expected);
});

await check("upload with a region", async () => {
  await v1.updateAccountProfileBanner(settings.photo, settings.region);
  await served(await sizes(), settings.expected_region);
});

await check("upload of a buffer", async () => {
  await v1.updateAccountProfileBanner(readFileSync(settings.photo));
  await served(await sizes(), settings.expected);
});

await check("sizes by user_id", async () => {
  assert.deepEqual(await v1.userProfileBannerSizes({ user_id: user.id }), await sizes());
});

await check("profile_banner_url", async () => {
  const { profile_banner_url: url } = await v1.verifyCredentials();
  assert.ok(url.startsWith(`${plenty.url}/profile_banners/${user.id}/`), url);
  assert.equal((await fetch(`${url}/ipad_retina`)).status, 200);
});

await check("a region outside of the picture", () =>
  refused(() => v1.updateAccountProfileBanner(settings.photo, { width: 5000, height: 200 }), 422, 44));

await check("a region that is no number", () =>
  refused(() => v1.updateAccountProfileBanner(settings.photo, { width: "1e3" }), 400, 44));

await check("a file that is no image", () =>
  refused(() => v1.updateAccountProfileBanner(settings.no_image), 400, 324));

await check("refusals leave the banner alone", async () => served(await sizes(), settings.expected));

await check("remove", async () => {
  await v1.removeAccountProfileBanner();
  assert.equal((await v1.verifyCredentials()).profile_banner_url, undefined);
  await refused(sizes, 404, 34);
  await v1.removeAccountProfileBanner();
});

await check("unknown user", () => refused(() => v1.userProfileBannerSizes({ screen_name: "nobody_at_all" }), 404, 50));

await check("wrong secret", async () => {
  const wrong = client(plenty, 0, { accessSecret: "wrong".repeat(9) }).v1;
  for (const call of [() => wrong.verifyCredentials(), () => wrong.updateAccountProfileBanner(settings.photo)]) {
    const error = await refused(call, 401, 32);
    assert.ok(error.isAuthError);
  }
  assert.equal((await v1.verifyCredentials()).profile_banner_url, undefined);
});

await check("202, and the banner a little later", async () => {
  const { user, v1 } = client(patient, 0);
  await v1.updateAccountProfileBanner(settings.other);
  const until = Date.now() + 30_000;
  while ((await v1.verifyCredentials()).profile_banner_url === undefined) {
    assert.ok(Date.now() < until, "no banner after 30 seconds");
    await sleep(100);
  }
  const { sizes } = await v1.userProfileBannerSizes({ screen_name: user.screen_name });
  assert.equal((await fetch(sizes.web.url)).status, 200);
});

await check("rate limit of uploads", async () => {
  const { v1 } = client(strict, 0);
  for (const offset_left of [0, 1, 2]) {
    await v1.updateAccountProfileBanner(settings.photo, { offset_left });
  }
  const error = await refused(() => v1.updateAccountProfileBanner(settings.photo), 429, 88);
  assert.ok(error.rateLimitError);
  assert.deepEqual([error.rateLimit.limit, error.rateLimit.remaining], [3, 0]);
  const wait = error.rateLimit.reset - Date.now() / 1000;
  // A window is 900 seconds; its end is rounded up.
  assert.ok(wait > 0 && wait <= 901, `reset in ${wait} s`);
});

await check("rate limit of reads, on successes too", async () => {
  const { v1 } = client(strict, 1);
  for (const left of [4, 3, 2, 1, 0]) {
    const { rateLimit } = await v1.get("account/verify_credentials.json", {}, { fullResponse: true });
    assert.deepEqual([rateLimit.limit, rateLimit.remaining], [5, left]);
  }
  await refused(() => v1.verifyCredentials(), 429, 88);
});
