// Where a bus is, as a person writes it. Pure.
import type { ResolvedBus } from "./resolved-config.ts";

/** `10.0.0.7:502`, `/dev/ttyUSB0 19200 8E1`, `http://10.0.0.9`. */
export function busAddress(bus: ResolvedBus): string {
  switch (bus.kind) {
    case "modbus-tcp":
      return `${bus.host}:${bus.port}`;
    case "rtu-over-tcp":
      return `${bus.host}:${bus.port} (RTU over TCP)`;
    case "http-json":
      return bus.url;
    default: {
      const { path, baud, dataBits, parity, stopBits } = bus.line;
      return `${path} ${baud} ${dataBits}${parity.charAt(0).toUpperCase()}${stopBits}`;
    }
  }
}
