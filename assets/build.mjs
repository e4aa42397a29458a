// Bundles the style sheet, the script and the fonts into the service's static folder.
//
// Every file name carries a hash of its content, so a browser may keep it for a year; manifest.json
// tells the templates which name is current. Text files get .gz and .br twins that the service
// sends as they are. A stamp of all inputs makes a second run with nothing changed a no-op.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { world } from "./world.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../src/influencr/service/web/static/dist");

function inputs() {
  const files = ["build.mjs", "world.mjs", "package.json", "package-lock.json"];
  for (const folder of ["css", "js"])
    for (const name of readdirSync(join(here, folder)).sort()) files.push(join(folder, name));
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update("\0").update(readFileSync(join(here, file)));
  return hash.digest("hex");
}

const manifestFile = join(out, "manifest.json");
const stamp = inputs();
if (existsSync(manifestFile) && JSON.parse(readFileSync(manifestFile, "utf8")).stamp === stamp) {
  console.log("assets are up to date");
  process.exit(0);
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const result = await build({
  absWorkingDir: here,
  // The map is its own file: only a page that opens it pays for it.
  entryPoints: {
    app: "js/app.js",
    style: "css/style.css",
    map: "js/map.js",
    "map-worker": "node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs",
  },
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome111", "firefox113", "safari16.4"],
  loader: { ".woff2": "file" },
  metafile: true,
  legalComments: "none",
  logLevel: "warning",
});

const NAMES = {
  "css/style.css": "style.css",
  "js/app.js": "app.js",
  "js/map.js": "map.js",
  "node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs": "map-worker.js",
};
const pack = (file, bytes) => {
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }));
};
const entries = {};
const preload = [];
let total = 0;
for (const [path, output] of Object.entries(result.metafile.outputs)) {
  const file = join(here, path);
  const name = relative(out, file);
  const bytes = readFileSync(file);
  total += bytes.length;
  if (output.entryPoint) entries[NAMES[output.entryPoint]] = name;
  if (/-latin-wght-normal-/.test(name)) preload.push(name);
  if (/\.(css|js)$/.test(name)) pack(file, bytes);
}
const base = Buffer.from(world());
const stem = createHash("sha256").update(base).digest("hex").slice(0, 8).toUpperCase();
entries["world.json"] = `world-${stem}.json`;
writeFileSync(join(out, entries["world.json"]), base);
pack(join(out, entries["world.json"]), base);
copyFileSync(join(here, "node_modules/maplibre-gl/LICENSE.txt"), join(out, "LICENSE-maplibre-gl.txt"));
copyFileSync(join(here, "node_modules/world-atlas/LICENSE"), join(out, "LICENSE-world-atlas.txt"));
for (const font of [
  "@fontsource-variable/ibm-plex-sans",
  "@fontsource-variable/source-serif-4",
  "@fontsource/ibm-plex-sans-arabic",
])
  copyFileSync(
    join(here, "node_modules", font, "LICENSE"),
    join(out, `LICENSE-${font.split("/")[1]}.txt`),
  );
writeFileSync(manifestFile, JSON.stringify({ stamp, entries, preload: preload.sort() }, null, 2) + "\n");
console.log(`assets built: ${Object.keys(result.metafile.outputs).length} files, ${Math.round(total / 1024)} KiB`);
