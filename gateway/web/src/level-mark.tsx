// A level is a word, a colour and a shape: any one of them is enough. "silent" is no level: nobody knows.
import type { Level } from "@millwright/contract/prediction";

const shapes: Record<Level | "silent", string> = {
  normal: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13",
  watch: "M8 1.5L14.5 8L8 14.5L1.5 8z",
  warning: "M8 1.5L15 14.5H1z",
  critical: "M5 1h6l4 4v6l-4 4H5l-4-4V5z",
  silent: "M8 1a7 7 0 1 0 0 14a7 7 0 1 0 0-14zM8 3a5 5 0 1 1 0 10a5 5 0 1 1 0-10zM3.2 11.4l8.2-8.2 1.4 1.4-8.2 8.2z",
};

export function LevelMark({ level, text }: { level: Level | "silent"; text: string }) {
  return (
    <span class={`level ${level}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={shapes[level]} />
      </svg>
      {text}
    </span>
  );
}
