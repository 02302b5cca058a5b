// gateway.yaml: the one central program. Everything has a default, so that no file is needed to begin.
import * as v from "valibot";

const Port = v.pipe(
  v.number(),
  v.integer("must be a whole number"),
  v.minValue(0, "must be from 0 to 65535"),
  v.maxValue(65_535, "must be from 0 to 65535"),
);

export const GatewayConfig = v.strictObject({
  version: v.literal(1),
  /** Everything the gateway keeps; relative to this file. */
  data_dir: v.optional(v.string(), "./millwright-gateway-data"),
  /** Pages and API. There are no roles yet, so it listens on this machine only. Port 0: any free one. */
  http: v.optional(v.strictObject({ port: v.optional(Port, 8080) }), {}),
  /** `embedded` starts a broker inside; or the URL of yours. */
  broker: v.optional(
    v.variant("kind", [
      v.strictObject({
        kind: v.literal("embedded"),
        host: v.optional(v.picklist(["127.0.0.1", "::1"]), "127.0.0.1"),
        port: v.optional(Port, 1883),
      }),
      v.strictObject({
        kind: v.literal("external"),
        url: v.pipe(v.string(), v.regex(/^mqtts?:\/\/[^\s/]+$/, "must be mqtt://host:port or mqtts://host:port")),
        username: v.optional(v.string()),
        /** A file that holds the password, mode 0600; never the password itself. */
        password_file: v.optional(v.string()),
      }),
    ]),
    { kind: "embedded" },
  ),
  /** How long rows of telemetry are kept, in days. Predictions, events and tickets stay. */
  telemetry_days: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3_650)), 90),
  /** Share of a model's tickets that should have a fault behind them. Where verdicts say that it is fewer, learning again is proposed. */
  ticket_goal: v.optional(v.pipe(v.number(), v.minValue(0.05, "must be 0.05 to 0.95"), v.maxValue(0.95, "must be 0.05 to 0.95")), 0.5),
});
export type GatewayConfig = v.InferOutput<typeof GatewayConfig>;
export type GatewayConfigInput = v.InferInput<typeof GatewayConfig>;
