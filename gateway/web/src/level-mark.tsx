// A level is a word, a colour and a shape: any one of them is enough. "silent" is no level: nobody knows.
import type { Level } from "@millwright/contract/prediction";

const shapes: Record<Level | "silent", string> = {
  normal: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13",
  watch: "M8 1.5L14.5 8L8 14.5L1.5 8z",
  warning: "M8 1.5L15 14.5H1z",
  critical: "M5 1h6l4 4v6l-4 4H5l-4-4V5z",
  silent: "M2 2h3v12H2zM11 2h3v12h-3z",
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
