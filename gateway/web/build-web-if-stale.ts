// Builds the pages with vite when what they are made of has changed: judged by content, not by time stamps (a clone has none that mean anything).
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const built = join(folder, "dist");
const hashFile = "sources.sha256";
const packages = ["preact", "uplot", "vite", "@preact/preset-vite"];

/** @returns the folder of the built pages, and whether this call built them. Rejects where vite is missing or the sources do not build. */
export async function buildWebIfStale(): Promise<{ folder: string; isFresh: boolean }> {
  const hash = hashOfSources();
  const known = join(built, hashFile);
  if (existsSync(known) && readFileSync(known, "utf8") === hash) return { folder: built, isFresh: false };
  // Beside, then renamed: another process never serves half a build.
  const beside = join(folder, `dist/../.dist-${process.pid}`);
  await runVite(beside);
  writeFileSync(join(beside, hashFile), hash);
  rmSync(built, { recursive: true, force: true });
  renameSync(beside, built);
  return { folder: built, isFresh: true };
}

async function runVite(outDir: string): Promise<void> {
  const [{ build }, { preact }] = await Promise.all([import("vite"), import("@preact/preset-vite")]);
  await build({
    root: folder,
    configFile: false,
    logLevel: "warn",
    plugins: [preact({ devToolsEnabled: false })],
    build: { outDir, emptyOutDir: true, target: "es2022", assetsInlineLimit: 0, reportCompressedSize: false },
  });
}

function hashOfSources(): string {
  const hash = createHash("sha256");
  for (const file of sources(folder))
    hash
      .update(`${relative(folder, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  for (const name of packages) hash.update(`${name} ${versionOf(name)}\n`);
  return hash.digest("hex");
}

function sources(under: string): string[] {
  return readdirSync(under, { withFileTypes: true })
    .filter(({ name }) => name !== "dist" && !name.startsWith("."))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? sources(join(under, entry.name)) : [join(under, entry.name)]));
}

function versionOf(name: string): string {
  for (const base of [join(folder, "../node_modules"), join(folder, "../../node_modules")]) {
    const file = join(base, name, "package.json");
    if (existsSync(file)) return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  }
  return "absent";
}
