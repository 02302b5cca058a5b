// SIGINT or SIGTERM: end in order. A second one: at once.

/** Resolves at the first signal; from then on the next one ends the process (exit code 130). */
export function untilTerminated(): Promise<void> {
  return new Promise((resolve) => {
    let isEnding = false;
    const onSignal = (): void => {
      if (isEnding) process.exit(130);
      isEnding = true;
      resolve();
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
  });
}
