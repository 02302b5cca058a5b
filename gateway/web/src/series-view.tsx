import { useState } from "preact/hooks";
import type { Series } from "../../src/tickets/read-series.ts";
import { chartLabel } from "./chart-label.ts";
import { Notice } from "./notice.tsx";
import { SeriesChart } from "./series-chart.tsx";
import { timeText } from "./time-text.ts";
import { usePoll } from "./use-poll.ts";

/** The rows around the alarm: one signal at a time, chosen by its name. */
export function SeriesView({ id, isLive }: { id: string; isLive: boolean }) {
  const { data, error } = usePoll<Series>(`/api/tickets/${encodeURIComponent(id)}/series`, isLive ? 5_000 : 60_000);
  const [chosen, setChosen] = useState(0);
  if (data === null) return error === null ? <p class="soft">Loading …</p> : <Notice text={error} />;
  if (data.wall_ms.length === 0) return <p class="soft">The rows around this alarm are not kept (any more).</p>;
  const score = { point: "score", title: "how far from normal", unit: "", baseline: data.watch_limit, values: data.score };
  const lines = [...data.points, score];
  const line = lines[Math.min(chosen, lines.length - 1)] as (typeof lines)[number];
  return (
    <>
      <fieldset class="chips" aria-label="Which signal">
        {lines.map((one, index) => (
          <button type="button" key={index} class="chip" aria-pressed={line === one} onClick={() => setChosen(index)}>
            {one.title}
          </button>
        ))}
      </fieldset>
      <SeriesChart
        wallMs={data.wall_ms}
        values={line.values}
        alarmMs={data.alarm_ms}
        level={line.baseline}
        label={chartLabel(line, data)}
      />
      <p class="key soft">
        <span>
          <i class="key-line" /> {line.title}
          {line.unit === "" ? "" : `, ${line.unit}`}
        </span>
        {line.baseline !== null && (
          <span>
            <i class="key-dash" /> {line === score ? "alarm limit" : "healthy baseline"}
          </span>
        )}
        <span>
          <i class="key-alarm" /> alarm
        </span>
      </p>
      <p class="soft">
        {data.span_text}
        {data.to_ms === null ? "" : `, to ${timeText(data.to_ms)}`}
        {data.is_thinned ? `; ${data.wall_ms.length} of its rows are drawn` : ""}.
      </p>
    </>
  );
}
