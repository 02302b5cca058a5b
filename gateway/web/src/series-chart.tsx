import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";

type Props = {
  wallMs: number[];
  values: (number | null)[];
  alarmMs: number;
  /** A level to compare with, dashed. */
  level: number | null;
  /** The chart in words, for who does not see it. */
  label: string;
};

const heightPx = 220;

/** One signal over time; the moment of the alarm is a vertical line. */
export function SeriesChart({ wallMs, values, alarmMs, level, label }: Props) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const draw = (): uPlot => new uPlot(optionsFor(element.clientWidth, alarmMs, level), dataFor(wallMs, values, level), element);
    let chart = draw();
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    const redraw = (): void => {
      chart.destroy();
      chart = draw();
    };
    const sizes = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: heightPx }));
    sizes.observe(element);
    dark.addEventListener("change", redraw);
    return () => {
      sizes.disconnect();
      dark.removeEventListener("change", redraw);
      chart.destroy();
    };
  }, [wallMs, values, alarmMs, level]);
  return <div class="chart" ref={host} role="img" aria-label={label} />;
}

function dataFor(wallMs: number[], values: (number | null)[], level: number | null): uPlot.AlignedData {
  return [wallMs.map((ms) => ms / 1_000), values, wallMs.map(() => level)];
}

function optionsFor(width: number, alarmMs: number, level: number | null): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--soft"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  return {
    width,
    height: heightPx,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 8 } },
    padding: [10, 8, 0, 0],
    scales: { y: { range: (_chart, min, max) => rangeWith(min, max, level) } },
    axes: [
      { ...axis, space: 70, size: 30, values: (_chart, splits) => timeTexts(splits) },
      { ...axis, size: 52 },
    ],
    series: [
      {},
      { stroke: colour("--accent"), width: 2, spanGaps: false, points: { show: false } },
      { stroke: colour("--soft"), width: 1.5, dash: [6, 5], points: { show: false } },
    ],
    hooks: { draw: [(chart) => drawAlarm(chart, alarmMs / 1_000, colour("--alarm"))] },
  };
}

// As this phone writes times; days only where the window is longer than one.
function timeTexts(splits: number[]): string[] {
  const spanS = (splits.at(-1) ?? 0) - (splits[0] ?? 0);
  const format = new Intl.DateTimeFormat(
    undefined,
    spanS > 86_400 ? { day: "numeric", month: "short" } : { timeStyle: spanS < 240 ? "medium" : "short" },
  );
  return splits.map((split) => format.format(new Date(split * 1_000)));
}

function rangeWith(min: number | null, max: number | null, level: number | null): [number, number] {
  const known = [min, max, level].filter((value): value is number => value !== null);
  const [low, high] = known.length === 0 ? [0, 1] : [Math.min(...known), Math.max(...known)];
  const margin = high === low ? Math.max(1, Math.abs(high) * 0.1) : (high - low) * 0.08;
  return [low - margin, high + margin];
}

function drawAlarm({ ctx, bbox, valToPos }: uPlot, atS: number, colour: string): void {
  const x = Math.round(valToPos(atS, "x", true));
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.setLineDash([]);
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
