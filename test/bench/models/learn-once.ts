// Learns 8 signals × 10,000 rows in a process of its own: one JSON line with the time and the memory it took beyond what was there before.
import { benchDetector, benchRows } from "./bench-machines.ts";

benchDetector(benchRows(1, 400));
const rows = benchRows(2, 10_000);
const before = process.memoryUsage().rss;
const begun = process.hrtime.bigint();
benchDetector(rows);
const ms = Number(process.hrtime.bigint() - begun) / 1e6;
// maxRSS is the peak of the whole life of this process, in kB.
process.stdout.write(`${JSON.stringify({ ms, peakMb: (process.resourceUsage().maxRSS * 1024 - before) / 2 ** 20 })}\n`);
