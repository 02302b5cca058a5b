// Questions to a person at a terminal, on stderr, so that stdout stays a program's.
import { createInterface } from "node:readline";
import { paintFor } from "./paint.ts";
import { TypedLines } from "./typed-lines.ts";

export type Questions = {
  /** @throws Stopped. Asks until `wrong` has nothing to say. An empty answer is the fallback, where there is one. */
  ask(question: string, options?: { fallback?: string; wrong?: (answer: string) => string | null }): Promise<string>;
  /** One of several, by its number or its beginning; the first is the fallback. */
  choose(question: string, choices: readonly string[]): Promise<string>;
  say(text: string): void;
  close(): void;
};

export function openQuestions(input = process.stdin, output = process.stderr): Questions {
  const lines = createInterface({ input, output });
  const typed = new TypedLines(lines, output);
  const paint = paintFor(output);
  const say = (text: string): void => void output.write(`${text}\n`);

  const ask: Questions["ask"] = async (question, { fallback, wrong } = {}) => {
    for (;;) {
      const prompt = `${paint.bold(question)}${fallback === undefined ? "" : paint.dim(` [${fallback}]`)}: `;
      const answer = (await typed.next(prompt)).trim() || (fallback ?? "");
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
