// Questions to a person at a terminal, on stderr, so that stdout stays a program's. Ctrl-C or Ctrl-D is an answer, too: it ends the asking.
import { createInterface, type Interface } from "node:readline/promises";
import { paintFor } from "./paint.ts";

/** The person wants no more. */
export class Stopped extends Error {}

export type Questions = {
  /** Asks until `wrong` has nothing to say. An empty answer is the fallback, where there is one. */
  ask(question: string, options?: { fallback?: string; wrong?: (answer: string) => string | null }): Promise<string>;
  /** One of several, by its number or its beginning; the first is the fallback. */
  choose(question: string, choices: readonly string[]): Promise<string>;
  say(text: string): void;
  close(): void;
};

export function openQuestions(input = process.stdin, output = process.stderr): Questions {
  const lines = createInterface({ input, output });
  const stop = new AbortController();
  lines.on("SIGINT", () => stop.abort());
  lines.on("close", () => stop.abort());
  const paint = paintFor(output);
  const say = (text: string): void => void output.write(`${text}\n`);

  const ask: Questions["ask"] = async (question, { fallback, wrong } = {}) => {
    for (;;) {
      const prompt = `${paint.bold(question)}${fallback === undefined ? "" : paint.dim(` [${fallback}]`)}: `;
      const answer = (await answerOf(lines, prompt, stop.signal)).trim() || (fallback ?? "");
      const why = answer === "" ? "needs an answer" : (wrong?.(answer) ?? null);
      if (why === null) return answer;
      say(paint.bad(`  ${why}`));
    }
  };

  return {
    ask,
    say,
    async choose(question, choices) {
      for (const [i, choice] of choices.entries()) say(`  ${paint.dim(`${i + 1}`.padStart(2))} ${choice}`);
      const pick = (answer: string): string | undefined =>
        /^\d+$/.test(answer) ? choices[Number(answer) - 1] : choices.find((choice) => choice.startsWith(answer));
      const wrong = (answer: string): string | null => (pick(answer) === undefined ? `a number from 1 to ${choices.length}, please` : null);
      return pick(await ask(question, { fallback: "1", wrong })) as string;
    },
    close: () => lines.close(),
  };
}

async function answerOf(lines: Interface, prompt: string, signal: AbortSignal): Promise<string> {
  try {
    return await lines.question(prompt, { signal });
  } catch (error) {
    if (signal.aborted) throw new Stopped("stopped", { cause: error });
    throw error;
  }
}
