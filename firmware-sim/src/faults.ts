// What can be wrong with the simulator itself: code → the line a person reads, likely causes, next step.
import { type FaultTable, faultsOf } from "@millwright/kit/fault";

export const faultTable = {
  port_in_use: {
    kind: "config",
    line: "The port is in use.",
    causes: "Another simulator, or another program, listens there.",
    next: "Stop the other program, or give --port with another number (0: any free one).",
  },
  port_forbidden: {
    kind: "config",
    line: "This user may not listen on that port.",
    causes: "Ports below 1024 need more rights.",
    next: "Give --port 1502, or any number above 1023.",
  },
  cannot_listen: {
    kind: "config",
    line: "The simulator cannot listen.",
    causes: "The address is not one of this machine.",
    next: "Check the network settings.",
  },
  cannot_write: {
    kind: "config",
    line: "The template cannot be written.",
    causes: "The folder of --emit may not be written by this user.",
    next: "Give a folder that may.",
  },
  no_socat: {
    kind: "config",
    line: "socat is missing.",
    causes: "A simulated serial port is made by socat, which is not installed.",
    next: "Install it: sudo apt install socat. Lines with rtu_tcp need none.",
  },
  cannot_make_pty: {
    kind: "config",
    line: "The simulated serial port cannot be made.",
    causes: "A file lies under that path, or its folder may not be written by this user.",
    next: "Choose another path for the line's pty.",
  },
  control_in_use: {
    kind: "config",
    line: "The control socket is in use.",
    causes: "Another simulator was started with the same --control and still runs.",
    next: "End it, or give --control another path.",
  },
  no_control: {
    kind: "config",
    line: "No simulator can be reached at the control socket.",
    causes: "No simulator runs with that --control path, or the path cannot be made.",
    next: "Start millwright-sim plant with the same --control.",
  },
} as const satisfies FaultTable;

/** Makes a Fault by its code. */
export const simFault = faultsOf(faultTable);
