// What can be wrong with the gateway itself: code → the line a technician reads, likely causes, next step.
import { type FaultTable, faultsOf } from "@millwright/kit/fault";

export const faultTable = {
  config_invalid: {
    kind: "config",
    line: "The gateway's configuration has a mistake.",
    causes: "A key, value or path in gateway.yaml.",
    next: "Correct the line that is named, then start again.",
  },
  http_port_busy: {
    kind: "config",
    line: "The port for the web pages is taken.",
    causes: "Another program, or another gateway, listens on it.",
    next: "Stop that program, or set http.port to another port (0: any free one).",
  },
  broker_port_busy: {
    kind: "config",
    line: "The port for the embedded broker is taken.",
    causes: "Another broker (mosquitto?) or another gateway listens on it.",
    next: "Stop it, use it (broker.kind: external), or set broker.port to another port.",
  },
  store_unusable: {
    kind: "config",
    line: "The gateway's store cannot be opened.",
    causes: "No right to write in data_dir, a full disk, or a damaged file.",
    next: "Check owner and free space of data_dir; restore the last backup where the file is damaged.",
  },
  store_in_use: {
    kind: "config",
    line: "Another gateway is running on this store.",
    causes: "A second gateway was started with the same data_dir, or the service is running already.",
    next: "Use the one that runs, or stop it first; a second gateway needs a data_dir of its own.",
  },
  store_lost: {
    kind: "bug",
    line: "The gateway's store ended by itself; nothing could be stored any more.",
    causes: "The machine ran out of memory, or a mistake in Millwright.",
    next: "The gateway ends, so that what supervises it starts it again; nothing was lost, agents send again. Send us its log.",
  },
  store_newer: {
    kind: "config",
    line: "The gateway's store was written by a newer Millwright.",
    causes: "The program was replaced by an older one.",
    next: "Install the newer version again, or restore the backup made before it.",
  },
  store_busy: {
    kind: "retry",
    line: "The store refused a transaction; nothing was lost, agents send again.",
    causes: "A full or slow disk.",
    next: "Free space on the disk of data_dir.",
  },
  broker_unreachable: {
    kind: "retry",
    line: "The gateway has no connection to its broker.",
    causes: "The broker is down, or its address or password is wrong.",
    next: "Start the broker; check broker.url and broker.password_file.",
  },
  page_missing: {
    kind: "config",
    line: "The web pages were not built.",
    causes: "The first start without vite.",
    next: "Run npm ci, then start again.",
  },
} as const satisfies FaultTable;

/** Makes a Fault by its code. */
export const fault = faultsOf(faultTable);
