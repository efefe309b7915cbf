// What Chromium shows of files whose second half does not come: FOLDER OUTPUT FILE...
//
// Each file of FOLDER becomes a screenshot FILE.png in OUTPUT, over a magenta page.
import { open, stat, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { types, withPage } from "./browser.mjs";

const [folder, output, ...files] = process.argv.slice(2);
// How long a picture may take to appear, and how long it must have stood still.
const [PATIENCE, STILL] = [20000, 1000];

// GET /half/NAME sends half of the file and holds the connection.
function answer(path, request, response) {
  if (!path.startsWith("/half/")) return false;
  const name = join(folder, path.slice("/half/".length));
  (async () => {
    const { size } = await stat(name);
    const half = Buffer.alloc(size >> 1);
    const file = await open(name);
    await file.read(half, 0, half.length, 0);
    await file.close();
    response.setHeader("content-type", types[extname(name)]);
    response.setHeader("content-length", size);
    response.write(half);
  })();
  return true;
}

const body = "<style>body { margin: 0; background: #f0f } img { display: block }</style>";
await withPage({ folder, body, answer, viewport: { width: 1500, height: 800 } }, async (page, origin) => {
  for (const file of files) {
    await page.goto(origin);
    const blank = await page.screenshot();
    await page.evaluate((source) => { document.body.append(Object.assign(new Image(), { src: source })); }, `/half/${file}`);
    const start = Date.now();
    let [shown, since] = [blank, start];
    while (Date.now() - since < (shown.equals(blank) ? PATIENCE : STILL)) {
      await setTimeout(100);
      const now = await page.screenshot();
      if (!now.equals(shown)) [shown, since] = [now, Date.now()];
    }
    await writeFile(join(output, `${file}.png`), shown);
  }
});
