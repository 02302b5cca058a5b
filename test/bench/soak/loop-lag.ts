// Loaded into a program with --import: how late its event loop was, as one line of JSON a minute in the file MILLWRIGHT_LOOP_LAG names.
// {"p50","p99","p999","max"} in ms, of the minute that ended (perf_hooks.monitorEventLoopDelay with 1 ms resolution).
import { appendFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

const file = process.env["MILLWRIGHT_LOOP_LAG"];
const resolutionMs = 1;
const everyMs = 60_000;

if (isMainThread && file !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  setInterval(() => {
    // A sample is the time between two ticks of the sampling timer; what is more than its period is the lag.
    const lagMs = (ns: number): number => Math.max(0, ns / 1e6 - resolutionMs);
    const [p50, p99, p999] = [50, 99, 99.9].map((percent) => lagMs(delay.percentile(percent)));
    appendFileSync(file, `${JSON.stringify({ p50, p99, p999, max: lagMs(delay.max) })}\n`);
    delay.reset();
  }, everyMs).unref();
}
