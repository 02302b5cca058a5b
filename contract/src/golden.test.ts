// Golden messages: what one version of Millwright sent, every later version still parses, and takes as it stands.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import * as v from "valibot";
import { Command, Desired, Receipt } from "./down-message.ts";
import { StateMessage, UpEnvelope, UpMessage } from "./up-message.ts";

const folder = new URL("../golden/", import.meta.url);
const schemas: [prefix: string, schema: v.GenericSchema][] = [
  ["up-", UpMessage],
  ["state-", StateMessage],
  ["down-receipt", Receipt],
  ["down-command", Command],
  ["down-desired", Desired],
];

for (const file of readdirSync(folder)) {
  const message: unknown = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
  const schema = schemas.find(([prefix]) => file.startsWith(prefix))?.[1];

  test(`${file} parses and is unchanged by parsing`, () => {
    assert.ok(schema, `no schema for ${file}`);
    assert.deepEqual(v.parse(schema, message), message);
  });

  test(`${file} with an unknown key is refused`, () => {
    assert.ok(schema);
    assert.equal(v.safeParse(schema, { ...(message as object), surprise: 1 }).success, false);
  });
}

test("a record of another lane is refused by the whole-message schema, and seen by the envelope alone", () => {
  const telemetry = JSON.parse(readFileSync(new URL("up-telemetry.json", folder), "utf8")) as { lane: string };
  const wrong = { ...telemetry, lane: "event" };
  assert.equal(v.safeParse(UpMessage, wrong).success, false);
  assert.equal(v.safeParse(UpEnvelope, wrong).success, true);
});
