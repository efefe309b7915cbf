// Reads files with Chromium: chromium FOLDER OUTPUT FILE...
//
// A page draws each file of FOLDER on a canvas and sends the pixels back; they become a PAM file of its name in OUTPUT. The first
// line of the output is the version.
import { createWriteStream } from "node:fs";
import { join } from "node:path";

import { withPage } from "./browser.mjs";

const [, folder, output, ...files] = process.argv.slice(2);

// PUT /NAME?width=...&height=... stores the pixels.
function answer(path, request, response) {
  if (request.method !== "PUT") return false;
  const size = new URL(request.url, "http://localhost").searchParams;
  const pam = createWriteStream(join(output, path));
  pam.write(`P7\nWIDTH ${size.get("width")}\nHEIGHT ${size.get("height")}\nDEPTH 4\nMAXVAL 255\nENDHDR\n`);
  request.pipe(pam).on("finish", () => response.end());
  return true;
}

async function read(files) {
  const element = async (file) => {
    const image = new Image();
    image.src = file;
    await image.decode();
    return image;
  };
  // An element has its colours multiplied with alpha, in 8 bits.
  const bitmap = async (file) => createImageBitmap(await (await fetch(file)).blob(), { premultiplyAlpha: "none" });
  for (const file of files) {
    const image = await (file.includes("-rgba-") ? bitmap : element)(file);
    const [width, height] = [image.naturalWidth ?? image.width, image.naturalHeight ?? image.height];
    // A canvas multiplies as well: in floating point the colours come back as they were.
    const drawing = new OffscreenCanvas(width, height).getContext("2d", { colorType: "float16", willReadFrequently: true });
    drawing.drawImage(image, 0, 0);
    const { data } = drawing.getImageData(0, 0, width, height);
    await fetch(`${file}?width=${width}&height=${height}`, { method: "PUT", body: data });
  }
}

await withPage({ folder, answer }, async (page, origin, version) => {
  console.log(`${version} (Debian's)`);
  await page.goto(origin);
  await page.evaluate(read, files);
});
