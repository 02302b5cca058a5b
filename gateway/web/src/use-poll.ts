import { useCallback, useEffect, useState } from "preact/hooks";
import { callApi } from "./call-api.ts";

export type Polled<T> = { data: T | null; error: string | null; refresh: () => void };

/** Asks now and every `everyMs`, while the page is seen. The last answer stays when a later call fails. */
export function usePoll<T>(path: string, everyMs = 3_000): Polled<T> {
  const [data, setData] = useState<T | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isGone = false;
    let timer = 0;
    const ask = async (): Promise<void> => {
      if (!document.hidden) {
        await callApi<T>(path).then(
          (reply) => {
            if (!isGone) {
              setData(reply);
              setError(null);
            }
          },
          (failure: Error) => {
            if (!isGone) setError(failure.message);
          },
        );
      }
      if (!isGone) timer = window.setTimeout(() => void ask(), everyMs);
    };
    void ask();
    return () => {
      isGone = true;
      window.clearTimeout(timer);
    };
  }, [path, everyMs, round]);
  const refresh = useCallback(() => setRound((n) => n + 1), []);
  return { data, error, refresh };
}
