// A file of request headers, a `Name: value` a line: the way a token or a password reaches an HTTP device. Values are never shown nor logged.
import { readFile } from "node:fs/promises";

/** Headers that say how the request is carried are ours alone. */
const ours = /^(host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|content-length|accept-encoding)$/i;
/** RFC 9110, 5.6.2 (a name is a token) and 5.5 (a value is visible characters and blanks). */
const header = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e]*?)[ \t]*$/;

const maxHeaders = 32;

export type RequestHeaders = Readonly<Record<string, string>>;

/** Blank lines and lines that begin with # are skipped. @returns the headers, or what is wrong, without a value in it. */
export function parseHeaders(text: string): RequestHeaders | string {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const match = header.exec(line);
    if (match === null) return `line ${i + 1} is not "Name: value"`;
    const name = (match[1] as string).toLowerCase();
    if (ours.test(name)) return `line ${i + 1}: ${name} cannot be set here`;
    if (name in headers) return `line ${i + 1}: ${name} stands here twice`;
    headers[name] = match[2] as string;
  }
  return Object.keys(headers).length > maxHeaders ? `more than ${maxHeaders} headers` : headers;
}

/** @throws Error where the file cannot be read or has a mistake; the message holds no value. */
export async function readHeadersFile(file: string): Promise<RequestHeaders> {
  const headers = parseHeaders(await readFile(file, "utf8"));
  if (typeof headers === "string") throw new Error(`${file}: ${headers}`);
  return headers;
}
