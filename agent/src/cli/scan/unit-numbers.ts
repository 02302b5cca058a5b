// "1-32,100" → unit numbers. Pure.
import { UsageError } from "@millwright/kit/command-line";

/** In the order given, each once. 0 is nobody on a line (everyone listens and nobody answers), so it is only for endpoints. @throws UsageError */
export function unitNumbers(text: string, least: 0 | 1): number[] {
  const units = text.split(",").flatMap((part) => {
    const [, from, to = from] = /^\s*(\d{1,3})\s*(?:-\s*(\d{1,3}))?\s*$/.exec(part) ?? [];
    const [low, high] = [Number(from), Number(to)];
    if (!(low >= least && high <= (least === 0 ? 255 : 247) && low <= high))
      throw new UsageError(`--units must be numbers from ${least} to ${least === 0 ? 255 : 247}, e.g. 1-32 or 1,5,100-120, not "${text}"`);
    return Array.from({ length: high - low + 1 }, (_, i) => low + i);
  });
  return [...new Set(units)];
}
