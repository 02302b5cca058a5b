import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import * as v from "valibot";
import { VibrationStandard, vibrationStandards } from "./vibration-standard.ts";

const files = readdirSync(new URL("../standards/", import.meta.url)).filter((file) => file.endsWith(".json"));

test("every file is known, by its own name", () => {
  assert.deepEqual(vibrationStandards.map(({ standard }) => `${standard}.json`).sort(), files.sort());
});

for (const { standard, asks, zones, trust, sources, not_for } of vibrationStandards) {
  test(`${standard}: one entry for each combination of answers, each with its own name`, () => {
    const keys = Object.keys(asks);
    const combinations = Object.entries(asks).reduce<string[][]>(
      (all, [, answers]) => all.flatMap((one) => Object.keys(answers).map((a) => [...one, a])),
      [[]],
    );
    const given = zones.map(({ of }) => keys.map((key) => of[key] ?? "?").join("/"));
    assert.deepEqual(given.sort(), combinations.map((one) => one.join("/")).sort());
    assert.ok(zones.every(({ of }) => Object.keys(of).length === keys.length));
    assert.equal(new Set(zones.map(({ name }) => name)).size, zones.length);
  });

  test(`${standard}: says what was read, twice where it says two sources; every displacement has a trust`, () => {
    assert.ok(sources.every(({ says, url }) => says.length > 20 && url !== undefined));
    if (trust.velocity_mm_s === "two_sources")
      assert.ok(sources.filter(({ says }) => /boundar|figures/.test(says) && !/no boundaries/.test(says)).length >= 2);
    assert.equal(
      zones.some(({ displacement_um }) => displacement_um !== undefined),
      trust.displacement_um !== undefined,
    );
    if (not_for !== undefined) assert.ok(vibrationStandards.some((other) => other.standard === not_for.instead));
  });
}

test("boundaries that do not rise are refused", () => {
  const [first] = vibrationStandards;
  const zones = [{ ...first?.zones[0], velocity_mm_s: [2.8, 1.4, 4.5] }];
  assert.equal(v.safeParse(VibrationStandard, { ...first, zones }).success, false);
});

test("the figures, as the sources print them", () => {
  const of = (standard: string, name: string) =>
    vibrationStandards.find((one) => one.standard === standard)?.zones.find((zone) => zone.name === name)?.velocity_mm_s;
  assert.deepEqual(of("iso-20816-3", "group 1, rigid"), [2.3, 4.5, 7.1]);
  assert.deepEqual(of("iso-20816-3", "group 1, flexible"), [3.5, 7.1, 11]);
  assert.deepEqual(of("iso-20816-3", "group 2, rigid"), [1.4, 2.8, 4.5]);
  assert.deepEqual(of("iso-20816-3", "group 2, flexible"), [2.3, 4.5, 7.1]);
  assert.deepEqual(of("iso-10816-7", "category II, up to 200 kW"), [3.2, 5.1, 8.5]);
  assert.deepEqual(of("iso-10816-1", "class I"), [0.71, 1.8, 4.5]);
});
