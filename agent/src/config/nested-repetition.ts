// Whether a regular expression repeats a group that repeats something itself, as in (a+)+: on a line that nearly fits, the time such a pattern takes
// doubles with every character. Pure. It does not see every bad pattern (alternatives that overlap), only the usual mistake.

/** More repetitions than this count as endless. */
const many = 8;

/** @param pattern a valid regular expression. */
export function hasNestedRepetition(pattern: string): boolean {
  const tokens = pattern.match(/\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:<[^=!][^>]*>|<?[=!]|[-a-z]*:))?|\)|[*+?]|\{\d+(?:,\d*)?\}|./gsu) ?? [];
  // One entry a group that is open: whether something in it is repeated.
  const open = [false];
  let isGroup = false;
  let isRepeating = false;
  for (const token of tokens) {
    if (token.startsWith("(")) open.push(false);
    if (isEndless(token)) {
      if (isGroup && isRepeating) return true;
      open[open.length - 1] = true;
    }
    isGroup = token === ")";
    if (!isGroup) continue;
    isRepeating = open.pop() ?? false;
    if (isRepeating) open[open.length - 1] = true;
  }
  return false;
}

function isEndless(token: string): boolean {
  if (token === "*" || token === "+") return true;
  const [, least, comma, most] = /^\{(\d+)(,?)(\d*)\}$/.exec(token) ?? [];
  if (least === undefined) return false;
  return comma === "," && most === "" ? true : Number(most === "" || most === undefined ? least : most) > many;
}
