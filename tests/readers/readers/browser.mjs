// Chromium, and a server on this machine that it reads files from.
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";

const { chromium } = createRequire(process.env.NODE_FOLDER)("playwright-core");

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

export const types = { ".jpg": "image/jpeg", ".png": "image/png" };

// Runs `work(page, origin, version)`. The page "/" shows `body`; what `answer(path, request, response)` does not take are files of
// `folder`.
export async function withPage({ folder, body = "", answer = () => false, viewport }, work) {
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    if (path === "/") {
      response.setHeader("content-type", "text/html");
      response.end(`<!doctype html><link rel=icon href=data:,>${body}`);
    } else if (!answer(path, request, response)) {
      response.setHeader("content-type", types[extname(path)]);
      createReadStream(join(folder, path)).pipe(response);
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const profile = await mkdtemp(join(tmpdir(), "chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: "/usr/bin/chromium", headless: true, args: FLAGS, viewport,
  });
  try {
    await work(context.pages()[0], `http://127.0.0.1:${server.address().port}/`, context.browser().version());
  } finally {
    await context.close();
    server.closeAllConnections();
    server.close();
    await rm(profile, { recursive: true, force: true });
  }
}
