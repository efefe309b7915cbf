// Reads files with sharp (libvips) or jpeg-js: READER FOLDER OUTPUT FILE...
//
// Each file of FOLDER becomes a PAM file of its name in OUTPUT, or a line `FILE: why not` among the errors. The first line that
// is printed is the version of the reader.
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(process.env.NODE_FOLDER);

const readers = {
  sharp() {
    const sharp = require("sharp");
    console.log(`${sharp.versions.sharp} (libvips ${sharp.versions.vips}, mozjpeg)`);
    return async (file) => {
      const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
      return { ...info, depth: info.channels, data };
    };
  },
  "jpeg-js"() {
    const { decode } = require("jpeg-js");
    console.log(require("jpeg-js/package.json").version);
    return async (file) => ({ ...decode(await readFile(file)), depth: 4 });
  },
};

const [reader, folder, output, ...files] = process.argv.slice(2);
const read = readers[reader]();
for (const file of files) {
  try {
    const { width, height, depth, data } = await read(join(folder, file));
    const header = `P7\nWIDTH ${width}\nHEIGHT ${height}\nDEPTH ${depth}\nMAXVAL 255\nENDHDR\n`;
    await writeFile(join(output, file), Buffer.concat([Buffer.from(header), data]));
  } catch (error) {
    console.error(`${file}: ${error.message}`);
  }
}
