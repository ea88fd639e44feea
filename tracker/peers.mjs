// Measures what other trackers cost a page, beside ours: `npm ci && node peers.mjs`. Nothing of them is kept.
//
// Of each package the file that a browser loads, in the version named here, once more through terser; then brotli 11.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import { minify } from "terser";

const PEERS = {
  "@plausible-analytics/tracker": ["0.4.6", "plausible.js"],
  "ackee-tracker": ["5.1.3", "dist/ackee-tracker.min.js"],
  swetrix: ["4.6.1", "dist/swetrix.js"],
  "web-vitals": ["6.2.3", "dist/web-vitals.iife.js"],
};
const OURS = ["tracker.js", "tracker.vitals.js", "tracker.forms.owner.paths.vitals.js"];

const row = (name, code) => {
  const brotli = brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  const sizes = [code.length, gzipSync(code, { level: 9 }).length, brotli.length];
  console.log(`| ${name} | ${sizes.map((size) => size.toLocaleString("en")).join(" | ")} |`);
};

console.log("| script | minified | gzip -9 | brotli 11 |\n|---|---|---|---|");
for (const name of OURS) row(name, readFileSync(join(import.meta.dirname, "built", name)));

const folder = mkdtempSync(join(tmpdir(), "peers-"));
try {
  writeFileSync(join(folder, "package.json"), '{"private":true}');
  const wanted = Object.entries(PEERS).map(([name, [version]]) => `${name}@${version}`);
  const npm = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", ...wanted];
  execFileSync("npm", npm, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  for (const [name, [version, file]] of Object.entries(PEERS)) {
    const published = readFileSync(join(folder, "node_modules", name, file), "utf8");
    const { code } = await minify(published, { ecma: 2021 });
    row(`${name} ${version}`, Buffer.from(code));
  }
} finally {
  rmSync(folder, { recursive: true });
}
