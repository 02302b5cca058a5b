// What can be wrong with the outbox, and what a technician reads then.
import { type FaultTable, faultsOf } from "@millwright/kit/fault";

export const outboxFaults = {
  outbox_in_use: {
    kind: "config",
    line: "The outbox is in use by another program",
    causes: "A second agent runs with the same data_dir",
    next: "Stop the other agent, or give each agent its own data_dir",
  },
  outbox_newer: {
    kind: "config",
    line: "The outbox was written by a newer Millwright",
    causes: "The agent was replaced by an older version",
    next: "Install the newer version again, or start with an empty data_dir (what waits in the old one is then not sent)",
  },
  outbox_cannot_open: {
    kind: "config",
    line: "The outbox cannot be opened",
    causes: "The folder cannot be written, or the disk is read-only",
    next: "Check owner and permissions of data_dir, and whether the disk was mounted read-only after an error",
  },
  outbox_damaged: {
    kind: "retry",
    line: "The outbox is damaged",
    causes: "A failing disk or SD card, or a write the disk confirmed and lost",
    next: "The agent moves the file aside (outbox.db.damaged-<time>) at its next start and goes on with a new one; replace the card and send us the file",
  },
  outbox_write_failed: {
    kind: "retry",
    line: "The outbox could not write",
    causes: "The disk is full, or it reported an error",
    next: "Free space on the disk; check the kernel log for I/O errors",
  },
  outbox_behind: {
    kind: "retry",
    line: "The disk is slower than the data",
    causes: "A worn SD card, or another program that writes a lot",
    next: "Read less often, or use a faster disk; records refused here were never made durable",
  },
  outbox_stopped: {
    kind: "bug",
    line: "The outbox stopped by itself",
    causes: "A mistake in Millwright, or the box ran out of memory",
    next: "Restart the agent and send us its log",
  },
} as const satisfies FaultTable;

export const outboxFault = faultsOf(outboxFaults);
