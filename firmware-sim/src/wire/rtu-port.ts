// The master's side of an RTU line: a pty, or a TCP port that passes raw RTU frames.

export type RtuPortListener = {
  /** Bytes of the master. */
  onBytes(chunk: Buffer): void;
};

export type RtuPort = {
  /** Where the master finds it: a path, or a TCP port. */
  readonly at: { readonly pty: string } | { readonly port: number };
  write(bytes: Buffer): void;
  /** Drops every connection, or takes the pty away for `awayMs`. */
  cut(awayMs: number): void;
  close(): Promise<void>;
};
