const notHeard = "The gateway does not answer. What you see may be old; trying again.";
// Only what is asked is asked again by itself: what is sent may have arrived or not.
const notSent = "The gateway does not answer: this is not sent, or nobody knows whether it arrived. Send it again when it answers.";

/** One call of the gateway's API. Rejects with the gateway's own words, or with what to do when it does not answer. */
export async function callApi<T>(path: string, body?: unknown): Promise<T> {
  const init: RequestInit =
    body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(path, { ...init, signal: AbortSignal.timeout(8_000) }).catch(() => {
    throw new Error(body === undefined ? notHeard : notSent);
  });
  const reply = (await response.json().catch(() => ({}))) as { message?: string };
  if (!response.ok) throw new Error(reply.message ?? `The gateway answered with HTTP ${response.status}.`);
  return reply as T;
}
