import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHeaders } from "./request-headers.ts";

test("names and values; comments and blank lines are skipped", () => {
  const headers = parseHeaders("# token of 2026\n\nAuthorization: Basic dXNlcjpwdw==\r\nX-Api-Key:\tabc:def  \n");
  assert.deepEqual({ ...(headers as object) }, { authorization: "Basic dXNlcjpwdw==", "x-api-key": "abc:def" });
});

test("what is wrong is said by line, and never with a value", () => {
  const wrong: [string, string][] = [
    ["s3cret", 'line 1 is not "Name: value"'],
    ["A: 1\nBad Name: s3cret", 'line 2 is not "Name: value"'],
    ["A: s3cret\u0007", 'line 1 is not "Name: value"'],
    ["Host: s3cret", "line 1: host cannot be set here"],
    ["A: 1\na: s3cret", "line 2: a stands here twice"],
    [Array.from({ length: 33 }, (_, i) => `A${i}: s3cret`).join("\n"), "more than 32 headers"],
  ];
  for (const [text, message] of wrong) assert.equal(parseHeaders(text), message);
});
