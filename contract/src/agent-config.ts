// agent.yaml: what one agent reads, which machines that makes, and where predictions go.
// All durations are machine time, except those named `timeout` and those of the network, which are real.
import * as v from "valibot";
import { PublicKey } from "./bundle-signature.ts";
import { duration } from "./duration.ts";
import { Band } from "./json-template.ts";
import { Finite, MachineClass, MachineName, PointName, Site, TopicLevel } from "./names.ts";
import { PointLimits } from "./template-point.ts";

const BusName = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9_-]{0,31}$/, "must begin with a small letter and hold small letters, digits, _ or -"),
);

const Endpoint = v.pipe(v.string(), v.regex(/^[^\s:]+:\d{1,5}$/, "must be host:port, e.g. 192.168.1.7:502"));

export const baudRates = [300, 600, 1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200, 230_400] as const;

/** Exactly one of `tcp`, `rtu_tcp`, `port` and `http` says what kind of bus it is. */
export const BusConfig = v.strictObject({
  /** host:port of a Modbus TCP endpoint. */
  tcp: v.optional(Endpoint),
  /** host:port of a serial server that passes Modbus RTU frames through as they are. */
  rtu_tcp: v.optional(Endpoint),
  /** A serial port, e.g. /dev/serial/by-id/usb-FTDI_…; its name below by-id stays the same after a reboot. */
  port: v.optional(v.pipe(v.string(), v.regex(/^\/\S+$/, "must be the path of a serial port from / on, e.g. /dev/serial/by-id/usb-…"))),
  /** Begin of the addresses of a device that answers HTTP with JSON. */
  http: v.optional(v.pipe(v.string(), v.regex(/^https?:\/\/[^\s/?#]+\/?$/, "must be http://host or http://host:port"))),
  /** A file, mode 0600, whose lines `Name: value` go with every HTTP request, e.g. `Authorization: Bearer …`; relative to this file. */
  headers_file: v.optional(v.string()),
  /** What is spoken on a serial port. */
  protocol: v.optional(v.picklist(["modbus-rtu", "text"])),
  /** Settings of a serial line (19200 8E1 where absent, the standard's default). */
  baud: v.optional(v.picklist(baudRates)),
  data_bits: v.optional(v.picklist([7, 8])),
  parity: v.optional(v.picklist(["none", "even", "odd"])),
  stop_bits: v.optional(v.picklist([1, 2])),
  /** Who switches an RS-485 transceiver to sending: the driver or adapter by itself (as most do), or we, with RTS. */
  send_enable: v.optional(v.picklist(["driver", "rts"])),
  /** How long one request may take (real time). */
  timeout: v.optional(duration({ min: "1ms", max: "60s" }), "500ms"),
  /** Sent again within the same cycle after a time-out, at most so many times. */
  retries: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(5)), 1),
});
export type BusConfig = v.InferOutput<typeof BusConfig>;

/** What is known of the bearing beside a vibration sensor, from its data sheet; diameters in the same unit. */
export const BearingConfig = v.pipe(
  v.strictObject({
    /** Rolling elements of one row. */
    rollers: v.pipe(v.number(), v.integer(), v.minValue(3), v.maxValue(200)),
    roller_mm: v.pipe(Finite, v.gtValue(0, "must be more than 0")),
    /** Diameter of the circle on which the rolling elements' centres lie. */
    pitch_mm: v.pipe(Finite, v.gtValue(0, "must be more than 0")),
    contact_deg: v.optional(v.pipe(Finite, v.minValue(0), v.ltValue(90, "must be less than 90")), 0),
  }),
  v.check(({ roller_mm, pitch_mm }) => roller_mm < pitch_mm, "needs a roller_mm that is smaller than its pitch_mm"),
);

/** What stands around a sensor that gives waveforms. */
export const WaveformConfig = v.strictObject({
  bearing: v.optional(BearingConfig),
  /** How fast the shaft turns: rpm, or the point of this machine that says so (in rpm or Hz). */
  speed: v.optional(v.union([v.pipe(Finite, v.gtValue(0, "must be more than 0")), PointName])),
  /** Of the mains, where the motor hangs on them directly. */
  mains_hz: v.optional(v.pipe(Finite, v.minValue(10), v.maxValue(1_000))),
  direction: v.optional(v.picklist(["radial", "axial"]), "radial"),
  /** Band whose envelope shows the bearing; 10 to 40 % of the sampling rate where absent. */
  envelope_hz: v.optional(Band),
});
export type WaveformConfig = v.InferOutput<typeof WaveformConfig>;

export const ReadConfig = v.strictObject({
  bus: BusName,
  /** Modbus unit; on other buses what stands for `{unit}` in the template's path. */
  unit: v.optional(
    v.pipe(
      v.number(),
      v.integer("must be a whole number"),
      v.minValue(0, "must be from 0 to 255"),
      v.maxValue(255, "must be from 0 to 255"),
    ),
  ),
  template: v.string(),
  every: duration({ min: "10ms", max: "24h" }),
  /** Only these points of the template; all where absent. */
  only: v.optional(v.pipe(v.array(PointName), v.minLength(1))),
  /** By the template's points of type waveform. */
  waveforms: v.optional(v.record(PointName, WaveformConfig)),
});
export type ReadConfig = v.InferOutput<typeof ReadConfig>;

/** The expression alone, or with its unit and what it can be. */
export const DerivedPoint = v.union([
  v.string(),
  v.strictObject({ expression: v.string(), unit: v.optional(v.string(), "1"), range: v.optional(v.strictTuple([Finite, Finite])) }),
]);
export type DerivedPoint = v.InferOutput<typeof DerivedPoint>;

const maxHorizons = 8;
const isRising = (horizons: number[]): boolean => horizons.every((one, n) => n === 0 || one > (horizons[n - 1] as number));
const risingHint = "must rise from one to the next";

const PrognosisEntries = v.strictObject({
  /** The folder of a signed bundle of kind `prognosis-trees`. Or … */
  bundle: v.optional(v.string()),
  /** … a point with an upper limit, or `score`: the machine's own wear is extrapolated to that limit. Uncalibrated. */
  wear_of: v.optional(PointName),
  /** A point that says the load (with wear_of): wear runs load^exponent times as fast, and the forecast is for the load of now. */
  load: v.optional(PointName),
  /** 3: ball bearings, ISO 281. */
  load_exponent: v.optional(v.pipe(Finite, v.minValue(0), v.maxValue(12)), 3),
  /** Name of a signal in the bundle → this machine's point, where they differ. */
  points: v.optional(v.record(v.string(), PointName), {}),
  /** How far ahead, in running time (24h, 7d and 30d where absent); not for bundles that count cycles. */
  horizons: v.optional(
    v.pipe(v.array(duration({ min: "30m", max: "365d" })), v.minLength(1), v.maxLength(maxHorizons), v.check(isRising, risingHint)),
  ),
  /** The same for bundles that count cycles (those the bundle was trained for where absent). */
  horizons_cycles: v.optional(
    v.pipe(
      v.array(v.pipe(Finite, v.minValue(1, "must be 1 or more"))),
      v.minLength(1),
      v.maxLength(maxHorizons),
      v.check(isRising, risingHint),
    ),
  ),
});
/** How long the machine lives, and how likely it fails within some horizons. */
export const PrognosisConfig = v.pipe(
  PrognosisEntries,
  v.check(({ bundle, wear_of }) => (bundle === undefined) !== (wear_of === undefined), "needs bundle or wear_of, one of them"),
  v.check(({ wear_of, load }) => wear_of !== undefined || load === undefined, "must have load beside wear_of alone"),
  v.check(
    ({ wear_of, horizons_cycles, points }) => wear_of === undefined || (horizons_cycles === undefined && Object.keys(points).length === 0),
    "must have horizons alone beside wear_of: points and horizons_cycles belong to a bundle",
  ),
);
export type PrognosisConfig = v.InferOutput<typeof PrognosisConfig>;
/** Points of a machine that are judged by a vibration standard. What the standard asks for stands beside: contract/standards/README.md says what that is. */
export const VibrationZones = v.objectWithRest(
  {
    /** E.g. iso-20816-3. */
    standard: v.string(),
    /** RMS velocities. */
    points: v.pipe(v.array(PointName), v.minLength(1, "needs at least one point")),
  },
  /** E.g. `group: 2`, `support: rigid`. */
  v.union([v.string(), v.number()]),
);
export type VibrationZones = v.InferOutput<typeof VibrationZones>;

/** The vibration of one bearing, watched for slow growth against its own first 150 snapshots. */
export const WearConfig = v.strictObject({
  /** How strong it vibrates, e.g. its RMS and HF-RMS: positive figures, at best of one sensor. */
  points: v.pipe(v.array(PointName), v.minLength(1, "needs at least one point"), v.maxLength(8)),
  /** The same in its middle bands, 1–3 and 3–6 kHz: they tell how far the wear has gone. */
  bands: v.optional(v.pipe(v.array(PointName), v.maxLength(8)), []),
  /** Between two snapshots; what is read more often is averaged. */
  every: v.optional(duration({ min: "1s", max: "24h" }), "1h"),
});
export type WearConfig = v.InferOutput<typeof WearConfig>;

const maxNovelty = 4;
/** Single registers that are watched for values they never had. */
export const NoveltyConfig = v.union([
  v.pipe(
    v.array(PointName),
    v.minLength(1, "needs at least one point"),
    v.maxLength(maxNovelty, `must name ${maxNovelty} points at most: each takes 1 MB, and they share one budget of false alarms`),
  ),
  PointName,
]);
export type NoveltyConfig = v.InferOutput<typeof NoveltyConfig>;

/** Name of a running state; it becomes part of the id of a bundle. */
export const StateName = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9_]{0,31}$/, "must begin with a small letter and hold at most 32 small letters, digits or _"),
);

export const MachineConfig = v.strictObject({
  class: MachineClass,
  /** Place of this machine, where it is not the agent's. */
  site: v.optional(Site),
  /** `auto`: learn this machine's normal on the box. Or the folder of a bundle. */
  model: v.optional(v.string(), "auto"),
  /** Remaining life and risk of failure, beside `model`. */
  prognosis: v.optional(PrognosisConfig),
  /** What to do with a bundle that is older than one of the same id this machine had already. */
  older_model: v.optional(v.picklist(["refuse", "accept"]), "refuse"),
  /** A model older than this is called old by the nightly report, and learning it again is proposed; no age is too old where absent. */
  model_old_after: v.optional(duration({ min: "1d", max: "3650d" })),
  /** One row for the model so often; with an update counter in the template, one row per update, and this is its nominal period. */
  every: duration({ min: "10ms", max: "24h" }),
  learn: v.optional(
    v.strictObject({
      /** Healthy rows to learn from; of each state, where there are states. */
      rows: v.optional(v.pipe(v.number(), v.integer(), v.minValue(200, "must be 200 or more"), v.maxValue(100_000)), 600),
    }),
    {},
  ),
  reads: v.pipe(v.array(ReadConfig), v.minLength(1, "needs at least one read")),
  /** Points computed from others, each an expression in CEL, e.g. `discharge_pressure - suction_pressure`. */
  derived: v.optional(v.record(PointName, DerivedPoint), {}),
  /** When this machine runs, an expression in CEL over its points, e.g. `speed > 100`. While it does not, it is neither judged nor learned. */
  running_when: v.optional(v.string()),
  /**
   * Running states with a normal of their own each (idle, half, full load): name → an expression as in running_when. The first that holds counts; a
   * row in which none holds is neither judged nor learned.
   */
  states: v.optional(
    v.pipe(v.record(StateName, v.string()), v.minEntries(1, "needs at least one state"), v.maxEntries(16, "must have at most 16 states")),
  ),
  /** After a start, or a change of state, it is not judged or learned for so long, either. */
  settle: v.optional(duration({ min: "0s", max: "1h" }), "0s"),
  /** Limits for this machine; they replace the template's, point by point. */
  limits: v.optional(v.record(PointName, PointLimits), {}),
  /** Zones A to D of a vibration standard: C is a warning, D is critical, from the first row on. A list where parts of it belong to several (a pump and its motor). */
  vibration_zones: v.optional(v.union([v.array(VibrationZones), VibrationZones])),
  /** Wear of bearings by their own vibration; `waveforms`: every waveform of the machine is watched, by its RMS and HF-RMS. */
  wear: v.optional(v.union([v.literal("waveforms"), v.array(WearConfig), WearConfig])),
  /** Points to be watched each by itself, by its value and its time of day: for registers that are slow, or alone. */
  novelty: v.optional(NoveltyConfig),
});
export type MachineConfig = v.InferOutput<typeof MachineConfig>;

export const AgentConfig = v.strictObject({
  version: v.literal(1),
  tenant: v.optional(TopicLevel, "default"),
  agent: TopicLevel,
  site: Site,
  gateway: v.strictObject({
    url: v.pipe(v.string(), v.regex(/^mqtts?:\/\/[^\s/]+$/, "must be mqtt://host:port or mqtts://host:port")),
    username: v.optional(v.string()),
    /** A file that holds the password, mode 0600; never the password itself. */
    password_file: v.optional(v.string()),
  }),
  /** Everything the agent keeps; relative to this file. */
  data_dir: v.optional(v.string(), "./millwright-data"),
  /** Folders with templates of your own, searched before the built-in ones; relative to this file. */
  templates: v.optional(v.array(v.string()), []),
  /** Name → public key of those whose bundles (`model: FOLDER`) this box may run, beside its own; `millwright-models keygen` makes one. */
  trusted_keys: v.optional(v.record(BusName, PublicKey), {}),
  buses: v.record(BusName, BusConfig),
  machines: v.record(MachineName, MachineConfig),
  buffer: v.optional(
    v.strictObject({
      /** Bytes the outbox may take on disk before telemetry is dropped, oldest first. */
      max: v.optional(v.pipe(v.string(), v.regex(/^\d+(MB|GB)$/, "must be a size such as 200MB or 2GB")), "2GB"),
      /** How long records the gateway has confirmed are kept, to be sent again after it was restored from a backup. */
      keep: v.optional(duration({ min: "0s", max: "365d" }), "7d"),
    }),
    {},
  ),
});
export type AgentConfig = v.InferOutput<typeof AgentConfig>;
export type AgentConfigInput = v.InferInput<typeof AgentConfig>;
