// An HTTP server of vibration sensors: GET /sensors/<unit> → one JSON document. Anything else is 404 or 405.
import { createServer } from "node:http";
import { listen } from "../wire/listen.ts";
import type { VibrationSensor } from "./vibration-sensor.ts";

export type SensorServer = { readonly port: number; close(): Promise<void> };

/** @param sensors by unit @param port 0: any free one @throws Fault port_in_use, port_forbidden or cannot_listen */
export async function startSensorServer(sensors: ReadonlyMap<number, VibrationSensor>, port: number): Promise<SensorServer> {
  const server = createServer((request, response) => {
    const unit = /^\/sensors\/(\d{1,3})$/.exec(request.url ?? "")?.[1];
    const sensor = unit === undefined ? undefined : sensors.get(Number(unit));
    if (request.method !== "GET") response.writeHead(405).end();
    else if (sensor === undefined) response.writeHead(404).end();
    else response.setHeader("content-type", "application/json").end(JSON.stringify(sensor.read()));
  });
  return {
    port: await listen(server, port, "127.0.0.1"),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
