// build.mjs OUT: bundles the dashboard in this folder (a copy with its node_modules) and writes
// OUT/dashboard_assets.cpp, which embeds every file gzipped. The same sources give the same bytes.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const out = resolve(process.argv[2] ?? "dist");
const packed = join(out, "packed");
rmSync(packed, { recursive: true, force: true });
mkdirSync(packed, { recursive: true });

const result = await build({
  entryPoints: ["main.tsx", "style/main.css"],
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  outdir: packed,
  write: false,
  metafile: true,
  legalComments: "none",
  logLevel: "warning",
});

const types = { ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8" };
const outputs = result.outputFiles.map((file) => ({
  name: basename(file.path),
  bytes: Buffer.from(file.contents),
  type: types[extname(file.path)],
}));
const entry = (point) => {
  const found = Object.entries(result.metafile.outputs).find(([, o]) => o.entryPoint === point);
  return basename(found[0]);
};

const page = readFileSync("index.html", "utf8")
  .replace("%script%", `assets/${entry("main.tsx")}`)
  .replace("%style%", `assets/${entry("style/main.css")}`);
const icon = readFileSync("icon.svg");
const assets = [
  { name: "", bytes: Buffer.from(page), type: "text/html; charset=utf-8" },
  ...outputs,
  { name: "icon.svg", bytes: icon, type: "image/svg+xml" },
];
assets.sort((a, b) => (a.name < b.name ? -1 : 1));

const rows = [];
const blobs = [];
for (const [i, { name, bytes, type }] of assets.entries()) {
  const gzipped = gzipSync(bytes, { level: 9 });
  gzipped[9] = 255; // the operating system that packed it: unknown, on every one
  const file = join(packed, `${i}.gz`);
  writeFileSync(file, gzipped);
  const etag = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  blobs.push(
    `asm(".section .rodata\\n.global dtrace_asset_${i}\\n.global dtrace_asset_${i}_end\\n"\n` +
      `    "dtrace_asset_${i}:\\n.incbin \\"${file}\\"\\ndtrace_asset_${i}_end:\\n.byte 0\\n.previous\\n");\n` +
      `extern "C" char const dtrace_asset_${i}[], dtrace_asset_${i}_end[];\n`,
  );
  rows.push(`        {"${name}", "${type}", "\\"${etag}\\"", {dtrace_asset_${i}, dtrace_asset_${i}_end}},\n`);
  if (process.env.DTRACE_SIZES) console.log(`${String(gzipped.length).padStart(8)}  ${name || "/"}`);
}

writeFileSync(
  join(out, "dashboard_assets.cpp"),
  `// Made by build.mjs.\n#include <api/dashboard_assets.hpp>\n\n${blobs.join("")}\n` +
    `namespace dtrace::master {\n\nstd::span<http::Asset const> dashboard_assets() {\n` +
    `    static http::Asset const assets[] = {\n${rows.join("")}    };\n    return assets;\n}\n\n` +
    `}  // namespace dtrace::master\n`,
);
