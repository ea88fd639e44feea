// Builds the scripts: the tracker with every combination of extras, and those of other APIs, each minified and compressed.
// `node build.mjs [FOLDER]`
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

import { build } from "esbuild";
import { minify } from "terser";

const here = import.meta.dirname;
const EXTRAS = ["forms", "owner", "paths", "vitals"];
// What our own script has of all that is no extra: all of it (`whole`), and events that are no views (`actions`).
const CORE = ["whole", "actions"];
// Those of other APIs: the name, the API, what it has.
const DIALECTS = [
  ["track.js", "beep", []],
  ["antics.js", "antics", ["actions"]],
];

// Bytes were counted for each of these.
const TERSER = {
  ecma: 2021,
  toplevel: true,
  compress: { passes: 4, unsafe_arrows: true, pure_getters: true, keep_fargs: false },
};

/** Every combination of extras, in alphabetical order. */
function combinations(extras) {
  return extras.reduce((all, extra) => [...all, ...all.map((some) => [...some, extra])], [[]]);
}

/** The pattern of a link's path that ends in one of the extensions: `doc`, `docx` become `docx?`; `mp3`, `mp4` `mp[34]`. */
function pattern(extensions) {
  const words = extensions
    .filter((word) => !extensions.includes(word.slice(0, -1)))
    .map((word) => {
      const longer = extensions.find((other) => other.length == word.length + 1 && other.startsWith(word));
      return longer ? `${longer}?` : word;
    });
  const stem = (word) => word.slice(0, -1);
  const alike = (word) => words.filter((other) => other.length > 2 && /\d$/.test(other) && stem(other) == stem(word));
  const parts = words.map((word) =>
    alike(word).length > 1 ? `${stem(word)}[${alike(word).map((other) => other.at(-1)).join("")}]` : word,
  );
  return `/\\.(${[...new Set(parts)].join("|")})$/i`;
}

/** The script that speaks this API, with these features. */
async function script(api, features) {
  const bundled = await build({
    entryPoints: [join(here, "src/index.js")],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2021",
    minifySyntax: true,
    alias: { tag: join(here, "src/tags", `${api}.js`), wire: join(here, "src/wires", `${api}.js`) },
    define: Object.fromEntries(
      [...EXTRAS, ...CORE].map((feature) => [feature.toUpperCase(), String(features.includes(feature))]),
    ),
  });
  const downloads = pattern(JSON.parse(readFileSync(join(here, "downloads.json"), "utf8")));
  const source = bundled.outputFiles[0].text.replace("DOWNLOADS", () => downloads);
  return (await minify(source, TERSER)).code;
}

const scripts = [
  ...combinations(EXTRAS).map((extras) => [
    ["tracker", ...extras, "js"].join("."),
    "tinytrail",
    [...extras, ...CORE],
  ]),
  ...DIALECTS,
];
const built = new Map();
for (const [name, api, features] of scripts) {
  const code = Buffer.from(await script(api, features));
  built.set(name, code);
  built.set(`${name}.br`, brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  console.log(name.padEnd(36), String(code.length).padStart(5), String(built.get(`${name}.br`).length).padStart(5));
}

const folder = process.argv[2] ?? join(here, "built");
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) rmSync(join(folder, name));
for (const [name, content] of built) writeFileSync(join(folder, name), content);
