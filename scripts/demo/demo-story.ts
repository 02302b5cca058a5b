// What is happening in the plant, in plain words: one line per thing worth telling, with the plant's own time.
import type { Line } from "../processes/child-program.ts";

/** @returns the line for an event of a program, or null where it tells nothing to somebody who watches. */
export function tellStory({ event, ...fields }: Line): string | null {
  const machine = String(fields["machine"]);
  if (event === "learning") {
    const percent = Math.round(Number(fields["readiness"]) * 100);
    return percent % 20 === 0 && percent < 100 ? `${machine}  learning what is normal for it: ${percent} %` : null;
  }
  if (event === "scoring") return `${machine}  baseline ${fields["generation"]} learned; every row is judged now`;
  if (event === "ailment") return `${machine}  (the simulator makes its bearing wear from now on; nobody told the agent)`;
  if (event === "level") return `${machine}  ${String(fields["level"]).toUpperCase()}  ${fields["sentence"]}`;
  if (event === "ticket_opened") return `${machine}  TICKET ${fields["id"]} opened: ${fields["url"]}`;
  if (event === "ticket_closed") return `${fields["id"]}    closed by ${fields["actor"]}: ${fields["verdict"]}`;
  if (event === "verdict") return `${machine}  its agent took the verdict "${fields["verdict"]}"`;
  if (event === "sensor") return `${machine}  ${fields["text"]}`;
  return null;
}

/** Seconds of machine time as m:ss. */
export function plantTime(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

/** @returns a listener that says what is worth telling, with the plant's time since it was made. */
export function storyTeller({ say, timeScale }: { say: (text: string) => void; timeScale: number }): (line: Line) => void {
  return (line) => {
    const text = tellStory(line);
    if (text !== null) say(`${plantTime(process.uptime() * timeScale).padStart(6)}  ${text}`);
  };
}
