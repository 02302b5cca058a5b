// What the commands that ask a running gateway share: where it is, the call with its limits, and one line where it does not answer.
import { exitCode } from "@millwright/kit/command-line";
import { messageOf } from "@millwright/kit/fault";
import { Agent, request } from "undici";

const deadlineMs = 5_000;
const maxReplyBytes = 8 * 1024 * 1024;

export const urlOption = {
  url: {
    type: "string",
    value: "URL",
    default: "http://127.0.0.1:8080",
    help: "where the gateway serves its pages (http://127.0.0.1:8080)",
  },
} as const;

/** Asks for `path` and prints what `textOf` makes of the reply. @param command for messages @returns the exit code */
export async function askGateway<Reply>(command: string, base: string, path: string, textOf: (reply: Reply) => string): Promise<number> {
  if (!/^https?:\/\//.test(base) || !URL.canParse(base)) {
    process.stderr.write(
      `millwright-gateway ${command}: --url must be the address of the pages, e.g. http://127.0.0.1:8080, not "${base}"\n`,
    );
    return exitCode.usage;
  }
  const url = new URL(path, base);
  try {
    process.stdout.write(textOf(await fetchJson<Reply>(url)));
    return exitCode.ok;
  } catch (error) {
    process.stderr.write(
      `millwright-gateway ${command}: no answer from ${url.origin} (${messageOf(error)}). Is the gateway running there? --url says where.\n`,
    );
    return exitCode.failed;
  }
}

async function fetchJson<Reply>(url: URL): Promise<Reply> {
  const dispatcher = new Agent({
    connect: { timeout: deadlineMs },
    headersTimeout: deadlineMs,
    bodyTimeout: deadlineMs,
    maxResponseSize: maxReplyBytes,
  });
  try {
    const { statusCode, body } = await request(url, { dispatcher, signal: AbortSignal.timeout(deadlineMs) });
    if (statusCode !== 200) throw new Error(`HTTP ${statusCode}`);
    return (await body.json()) as Reply;
  } finally {
    await dispatcher.close();
  }
}
