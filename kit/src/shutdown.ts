// Ending a program in order: the first SIGINT or SIGTERM (or the end of the program that started it, or of who reads its output) is the word; a second
// signal ends it at once.

/** Resolves once, with the reason. A program that was started with an IPC channel also gets the word when its parent is gone. */
export function untilShutdown(): Promise<string> {
  return new Promise((resolve) => {
    let isEnding = false;
    const end = (reason: string): void => {
      if (isEnding) process.exit(130);
      isEnding = true;
      resolve(reason);
    };
    process.on("SIGINT", () => end("SIGINT"));
    process.on("SIGTERM", () => end("SIGTERM"));
    // The other end of the pipe has seen enough (`watch … | head`).
    process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
      if (code === "EPIPE") resolve("nobody reads its output");
    });
    if (process.channel === undefined || process.channel === null) return;
    process.on("disconnect", () => end("the parent ended"));
    process.channel.unref();
  });
}
