// Ending a program in order: the first SIGINT or SIGTERM (or the end of the program that started it) runs its handler, a second one ends it at once.

/** Calls `handler` once, and exits with its code when it is done. A program started with an IPC channel also ends when its parent is gone. */
export function onShutdown(handler: (reason: string) => Promise<number>): void {
  let isEnding = false;
  const end = (reason: string): void => {
    if (isEnding) process.exit(130);
    isEnding = true;
    handler(reason).then(
      (code) => process.exit(code),
      (error: unknown) => {
        process.stderr.write(`while ending: ${error instanceof Error ? error.stack : String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", () => end("SIGINT"));
  process.on("SIGTERM", () => end("SIGTERM"));
  if (process.channel !== undefined && process.channel !== null) {
    process.on("disconnect", () => end("the parent ended"));
    process.channel.unref();
  }
}
