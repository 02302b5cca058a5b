import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { Aedes } from "aedes";
import { HostileServer } from "../registers/test-support/hostile-server.ts";
import { noSocat } from "../registers/test-support/pty-line.ts";
import { portHolders } from "./devices/port-holders.ts";
import { checkBroker } from "./doctor/check-broker.ts";
import { checkClock } from "./doctor/check-clock.ts";
import { checkDisk, mayNotWrite } from "./doctor/check-disk.ts";
import { checkNode } from "./doctor/check-runtime.ts";
import { checkSerial, mayNotOpen } from "./doctor/check-serial.ts";
import { checkTls, judge } from "./doctor/check-tls.ts";
import type { Finding, Verdict } from "./doctor/finding.ts";
import { serialPorts } from "./doctor/serial-ports.ts";
import { benchFolder } from "./test-support/bench-folder.ts";
import { runCli } from "./test-support/cli.ts";

const dir = mkdtempSync(join(tmpdir(), "millwright-doctor-"));
after(() => rmSync(dir, { recursive: true }));

type Document = { ok: boolean; findings: Finding[] };
const verdictOf = ({ findings }: Document, check: string): Verdict | undefined =>
  findings.find((finding) => finding.check === check)?.verdict;
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

test("without a configuration it looks at the box; every finding is one of four verdicts, and what failed has a next step", async () => {
  const { status, stdout } = await runCli(["doctor", "--json"], { cwd: dir });
  const document = JSON.parse(stdout) as Document;
  assert.equal(status, document.ok ? 0 : 1);
  for (const check of ["node", "processor", "model runtime", "serial runtime", "data_dir"])
    assert.equal(verdictOf(document, check), "ok", stdout);
  for (const { verdict, next } of document.findings) assert.equal(next === null, verdict === "ok" || verdict === "skip");
  const text = await runCli(["doctor"], { cwd: dir });
  assert.match(text.stdout, /^ok {4}node +Node \d+/m);
  assert.ok(text.stdout.split("\n").every((line) => line.length <= 80));
});

test("with one: buses and broker are tried; the broker with its log-in, under another client id, and nothing is published", async () => {
  const server = await HostileServer.start();
  const broker = await Aedes.createBroker();
  broker.authenticate = (_client, username, password, done) => done(null, username === "box-1" && String(password) === "secret");
  const clients: string[] = [];
  let published = 0;
  broker.on("client", ({ id }) => clients.push(id));
  broker.on("publish", (_packet, client) => {
    if (client !== null) published++;
  });
  const mqtt = createServer(broker.handle).listen(0, "127.0.0.1");
  await once(mqtt, "listening");
  const bench = benchFolder({ one: server.port, two: 1 }, { gateway: `mqtt://127.0.0.1:${portOf(mqtt)}` });
  const secret = join(bench.dir, "gateway.secret");
  const config = readFileSync(bench.config, "utf8").replace(
    /gateway: \{ (.*) \}/,
    "gateway: { $1, username: box-1, password_file: gateway.secret }",
  );
  writeFileSync(bench.config, config);
  const doctor = async (password: string): Promise<Document> => {
    writeFileSync(secret, password, { mode: 0o600 });
    return JSON.parse((await runCli(["doctor", "--config", bench.config, "--json"])).stdout) as Document;
  };
  const good = await doctor("secret\n");
  assert.deepEqual(
    ["configuration", "bus one", "bus two", "broker", "broker's log-in"].map((check) => verdictOf(good, check)),
    ["ok", "ok", "fail", "ok", "ok"],
  );
  assert.equal(good.ok, false);
  const bad = await doctor("wrong");
  const logIn = bad.findings.find(({ check }) => check === "broker's log-in");
  assert.equal(logIn?.verdict, "fail");
  assert.doesNotMatch(JSON.stringify(bad), /wrong/, "no password is shown");
  assert.ok(clients.length > 0 && clients.every((id) => /^millwright-doctor-/.test(id)));
  assert.equal(published, 0);
  assert.equal(server.sockets.size, 0, "no connection is left");
  await server.stop();
  await new Promise<void>((resolve) => broker.close(() => resolve()));
  mqtt.close();
  bench.remove();
});

test("mistakes of the configuration are named; what is behind it is not tried", async () => {
  const file = join(dir, "broken.yaml");
  writeFileSync(file, "version: 2\n");
  const { status, stdout } = await runCli(["doctor", "--config", file, "--json"]);
  const document = JSON.parse(stdout) as Document;
  assert.equal(status, 1);
  assert.match(document.findings.find(({ check }) => check === "configuration")?.found ?? "", /broken\.yaml:1:1/);
  assert.equal(verdictOf(document, "broker"), undefined);
});

test("a configuration that is named and not there: exit code 2, as everywhere", async () => {
  const { status, stdout, stderr } = await runCli(["doctor", "--config", join(dir, "none.yaml")]);
  assert.deepEqual([status, stdout], [2, ""]);
  assert.match(stderr, /none\.yaml does not exist\. Give --config the path of a file that does\./);
});

test("the disk that is looked at is that of the configuration's data folder, also where it has mistakes; none where it cannot be told", async () => {
  const file = join(dir, "elsewhere.yaml");
  const dataDirOf = async (text: string): Promise<Finding | undefined> => {
    writeFileSync(file, text);
    const { stdout } = await runCli(["doctor", "--config", file, "--json"], { cwd: dir });
    return (JSON.parse(stdout) as Document).findings.find(({ check }) => check === "data_dir");
  };
  const named = await dataDirOf("version: 2\ndata_dir: ./of-the-agent\n");
  assert.ok(named?.found.startsWith(`${join(dir, "of-the-agent")} can be written`));
  for (const text of ["version: 1\ndata_dir: ./of-the-agent\n  site: x\n", "version: 1\ndata_dir: 5\n"]) {
    const unknown = await dataDirOf(text);
    assert.deepEqual([unknown?.verdict, unknown?.found.includes(dir)], ["skip", false]);
  }
});

test("a broker that is none, one that is away, and a name nobody knows", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const at = (url: string) => checkBroker({ url, username: null, passwordFile: null }, null);
  const [away] = await at("mqtt://127.0.0.1:1");
  assert.match(away?.found ?? "", /nothing listens there/);
  const [name] = await at("mqtt://no-such-broker.invalid:1883");
  assert.equal(name?.verdict, "fail");
  const found = await at(`mqtt://127.0.0.1:${portOf(silent)}`);
  assert.deepEqual(
    found.map(({ verdict }) => verdict),
    ["ok", "fail"],
  );
  assert.match(found[1]?.found ?? "", /is it an MQTT broker\?/);
  silent.close();
});

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

test("TLS: a certificate nobody vouches for is told as such", { skip: hasOpenssl ? false : "openssl is not installed" }, async () => {
  const [key, certificate] = [join(dir, "key.pem"), join(dir, "certificate.pem")];
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "90",
      "-subj",
      "/CN=localhost",
      "-keyout",
      key,
      "-out",
      certificate,
    ],
    { stdio: "ignore" },
  );
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (socket) =>
    socket.on("error", () => {}),
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  const [found] = await checkTls("127.0.0.1", portOf(server));
  server.close();
  assert.equal(found?.verdict, "fail");
  assert.match(found?.found ?? "", /not trusted: .*self.signed/i);
});

test("TLS: not yet valid is the clock's fault, ended is the certificate's, soon to end is a warning", () => {
  const day = 86_400_000;
  const certificate = { validFromMs: 100 * day, validToMs: 200 * day, issuer: "plant", distrust: null };
  const at = (days: number): Finding => judge(certificate, days * day, "gateway");
  assert.match(at(10).next ?? "", /clock/);
  assert.deepEqual(
    [at(10), at(150), at(190), at(201)].map(({ verdict }) => verdict),
    ["fail", "ok", "warn", "fail"],
  );
});

test("the clock: a year that cannot be fails, one that nobody synchronises is a warning; where nobody knows, it is not called well", async () => {
  const verdict = async (isSynchronised: boolean | null) => (await checkClock(new Date(), () => Promise.resolve(isSynchronised))).verdict;
  assert.deepEqual([await verdict(true), await verdict(null), await verdict(false)], ["ok", "skip", "warn"]);
  assert.equal((await checkClock(new Date("2200-01-01"), () => Promise.resolve(true))).verdict, "fail");
});

test("an old Node and a 32-bit processor fail; a folder that is a file, and one that is too small", () => {
  assert.deepEqual(
    checkNode({ version: "20.19.0", arch: "arm" }).map(({ verdict }) => verdict),
    ["fail", "fail"],
  );
  writeFileSync(join(dir, "file"), "");
  assert.equal(checkDisk({ dataDir: join(dir, "file"), maxBytes: 1 })[0]?.verdict, "fail");
  const findings = checkDisk({ dataDir: join(dir, "not", "yet"), maxBytes: 1e18 });
  assert.deepEqual(findings.map(({ check, verdict }) => [check, verdict]).slice(0, 2), [
    ["data_dir", "ok"],
    ["disk space", "warn"],
  ]);
});

test("what may not be opened or written: nobody is sent into root's group, and no folder above the agent's own changes hands", () => {
  const next = (gid: number, mode: number, groups: number[]) => mayNotOpen("/dev/ttyUSB0", { gid, mode }, groups, "joe").next;
  assert.match(next(4_711, 0o20660, []), /^sudo usermod -aG 4711 joe, then/);
  for (const [gid, mode, groups] of [
    [0, 0o20660, []],
    [4_711, 0o20600, []],
    [4_711, 0o20620, [4_711]],
  ] as const)
    assert.match(next(gid, mode, [...groups]), /^sudo chgrp dialout .*udev rule .*Then sudo usermod -aG dialout joe, then/);
  assert.match(mayNotWrite("/var/lib", "/var/lib/millwright", "joe"), /: sudo install -d -o joe \/var\/lib\/millwright$/);
  assert.match(mayNotWrite("/var/lib/millwright", "/var/lib/millwright", "joe"), /: sudo chown -R joe \/var\/lib\/millwright$/);
});

test("serial ports come from the file system: by-id names first, and no ttyS without a chip", () => {
  const [dev, sys] = [join(dir, "dev"), join(dir, "sys")];
  mkdirSync(join(dev, "serial/by-id"), { recursive: true });
  for (const name of ["ttyS0", "ttyS1", "ttyUSB10", "ttyUSB9", "ttyACM0", "tty1", "null"]) writeFileSync(join(dev, name), "");
  for (const [name, type] of [
    ["ttyS0", "4"],
    ["ttyS1", "0"],
  ] as const) {
    mkdirSync(join(sys, "class/tty", name), { recursive: true });
    writeFileSync(join(sys, "class/tty", name, "type"), `${type}\n`);
  }
  symlinkSync("../../ttyUSB10", join(dev, "serial/by-id/usb-FTDI_A"));
  symlinkSync("../../ttyUSB77", join(dev, "serial/by-id/usb-gone"));
  assert.deepEqual(
    serialPorts({ dev, sys }).map(({ path }) => path.slice(dev.length + 1)),
    ["ttyUSB10", "ttyACM0", "ttyS0", "ttyUSB9"],
  );
  assert.equal(serialPorts({ dev, sys })[0]?.byId, join(dev, "serial/by-id/usb-FTDI_A"));
  assert.deepEqual(serialPorts({ dev: join(dir, "nothing") }), []);
});

test("a port that is not there, one that is no port, and one that another program holds", async () => {
  const line = (path: string) => ({
    name: "line",
    timeoutMs: 1,
    retries: 0,
    kind: "modbus-rtu" as const,
    line: { path, baud: 9_600, dataBits: 8 as const, parity: "even" as const, stopBits: 1 as const, sendEnable: "driver" as const },
  });
  const ports = [{ path: "/dev/ttyUSB0", byId: "/dev/serial/by-id/usb-FTDI" }];
  const [, missing] = checkSerial([line("/dev/ttyUSB7")], null, ports);
  assert.equal(missing?.verdict, "fail");
  assert.match(missing?.next ?? "", /use what is there: \/dev\/serial\/by-id\/usb-FTDI/);
  writeFileSync(join(dir, "plain"), "");
  assert.match(checkSerial([line(join(dir, "plain"))], null, ports)[1]?.found ?? "", /not a serial port/);
  const child = spawn(
    process.execPath,
    ["-e", "require('node:fs').openSync(process.argv[1]); console.log('open'); setInterval(() => {}, 1000)", join(dir, "plain")],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  await once(child.stdout, "data");
  symlinkSync(join(dir, "plain"), join(dir, "by-id"));
  assert.deepEqual(
    portHolders(join(dir, "by-id")).map(({ pid }) => pid),
    [child.pid],
  );
  child.kill();
  await once(child, "close");
  assert.deepEqual(portHolders(join(dir, "plain")), []);
});

test("a pseudo terminal is not held by who had it made, and still by any other", { skip: noSocat }, async () => {
  const path = join(dir, "pty");
  const hold = 'exec 3<>"$0"; echo open; read _';
  const makeAndHold = `socat "pty,raw,echo=0,link=$0" pty,raw & while ! [ -e "$0" ]; do sleep 0.01; done; ${hold}; kill $!`;
  const start = (script: string) => spawn("sh", ["-c", script, path], { stdio: ["pipe", "pipe", "ignore"] });
  const simulator = start(makeAndHold);
  await once(simulator.stdout, "data");
  assert.deepEqual(portHolders(path), []);
  const other = start(hold);
  await once(other.stdout, "data");
  assert.deepEqual(
    portHolders(path).map(({ pid }) => pid),
    [other.pid],
  );
  for (const child of [other, simulator]) {
    child.stdin.end("\n");
    await once(child, "close");
  }
});
