// The agent's fault table: code → the line a technician reads, likely causes, next step. docs/faults.md is generated from it.
import { type FaultTable, faultsOf } from "@millwright/kit/fault";

export const faultTable = {
  config_invalid: {
    kind: "config",
    line: "The configuration has mistakes.",
    causes: "A typing slip, a renamed template or bus, a number outside what the device has.",
    next: "Run `millwright-agent check --config FILE`; each line names file, line and column and says what to do.",
  },
  config_exists: {
    kind: "config",
    line: "There is a configuration already, and it is never written over.",
    causes: "`init` was run before, or in the wrong folder.",
    next: "Give another name with `--out FILE`, or move the old file away.",
  },
  bus_unreachable: {
    kind: "retry",
    line: "No connection to the device.",
    causes:
      "Device or switch without power, cable out, wrong address in `tcp:`, `rtu_tcp:` or `http:`, a firewall, or the device already serves as many connections as it can. On a serial port: adapter pulled, no permission, or another program uses it.",
    next: "Ping the address from the box, or look into /dev/serial/by-id. The agent keeps trying by itself; nothing needs a restart.",
  },
  bus_connection_lost: {
    kind: "retry",
    line: "The connection to the device broke while it was being read.",
    causes: "The device restarted, the cable moved, or the device closes connections that another program also uses.",
    next: "Nothing, where it happens once. Where it repeats, look at the cable and at other programs that poll this device.",
  },
  bus_timeout: {
    kind: "retry",
    line: "The device did not answer in time.",
    causes: "Wrong unit number, device off behind its converter, `timeout:` shorter than the device needs, a bad line.",
    next: "Check unit number and power. If the device is merely slow, give the bus a longer `timeout`.",
  },
  bus_exception: {
    kind: "config",
    line: "The device refused the request.",
    causes:
      "Exception 1: it does not know this function; 2: it has no such register; 3: it allows fewer registers at once; 4: it has a failure; 10 or 11: the unit behind the converter does not answer. HTTP status 401 or 403: it wants to know who asks; 404: there is no such path; 5xx: it has a failure.",
    next: "Compare `table`, `register`, `base` and `max_block` of the template with the manual; for HTTP its `path`, and the bus's `headers_file`.",
  },
  bus_malformed_reply: {
    kind: "data",
    line: "The device's reply was not a valid answer and was thrown away.",
    causes:
      "A converter that mixes up answers, two programs on one port, a faulty network part or line, or something that is not the device the template is for. Over HTTP: a page instead of JSON, more than 1 MiB, or a document that names something twice.",
    next: "Make sure that this agent is the only program on the port, and that address, baud rate and template are this device's; over HTTP open the template's `path` in a browser. No value was taken from the reply.",
  },
  bus_queue_full: {
    kind: "retry",
    line: "More was asked of this bus than it can carry; the newest request was not sent.",
    causes: "Periods too short for the number of devices, or many devices that time out.",
    next: "Give the reads of this bus a longer `every`, or shorten the `timeout`.",
  },
  bus_unit_down: {
    kind: "retry",
    line: "This unit has not answered several times; it is only tried now and then, so that the others keep their rate.",
    causes: "Unit without power, wrong unit number, broken line behind it.",
    next: "Check the unit. It is read again by itself when it answers.",
  },
  bus_in_use: {
    kind: "config",
    line: "Another program talks on this serial line.",
    causes: "The agent runs, or a vendor's configuration tool has the port open.",
    next: "Stop the other program; only one may talk on a line. What the running agent reads shows `millwright-agent status`.",
  },
  bus_closed: {
    kind: "retry",
    line: "The bus was closed while the agent stopped.",
    causes: "The agent is stopping.",
    next: "Nothing.",
  },
  model_refused: {
    kind: "data",
    line: "The model may not be used; predictions are unavailable until there is one that may. Limits still alarm.",
    causes:
      "A file of the bundle is missing, damaged or was changed; nobody in trusted_keys has signed it; its graph uses what is not allowed, computes something else than its golden vectors, or takes too long or too much memory; it was made for other points; or it is older than one this machine had already.",
    next: "Ask `millwright-models verify DIR`. Put the bundle back from its source, name its signer in trusted_keys, say older_model: accept where going back is meant, or let the machine learn again.",
  },
  model_failed: {
    kind: "retry",
    line: "The model gave no figure for a row; that prediction is unavailable.",
    causes: "The box is overloaded, or the model's process ended.",
    next: "Nothing, where it happens once: the model was started again. Where it repeats, look at the box's load and memory.",
  },
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
    kind: "bug",
    line: "The outbox is damaged",
    causes: "A failing disk or SD card, or a write the disk confirmed and lost",
    next: "The agent ends; at its next start it moves the file aside (outbox.db.damaged-<time>) and goes on with a new one. Replace the card and send us the file",
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
    next: "The agent ends, so that what supervises it starts it again; send us its log",
  },
} as const satisfies FaultTable;

export type AgentFaultCode = keyof typeof faultTable & string;

/** Makes a Fault of the agent's table. */
export const agentFault = faultsOf(faultTable);
