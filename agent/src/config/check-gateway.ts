// The way to the gateway: a URL without a password in it, and a password file that nobody else can read.
import type { AgentConfig } from "@millwright/contract/agent-config";
import { wrongSecretFile } from "./check-secret-file.ts";
import type { ConfigReport } from "./config-report.ts";

/** @param pathOf resolves a path of the file to an absolute one. */
export function checkGateway(gateway: AgentConfig["gateway"], pathOf: (path: string) => string, report: ConfigReport): void {
  const { url, username, password_file } = gateway;
  const path = ["gateway"];
  if (url.includes("@")) report.error([...path, "url"], "must not hold a name or a password. Use username and password_file.");
  else if (!URL.canParse(url))
    report.error([...path, "url"], `"${url}" is not an address. Write mqtt://host:port, with a port from 1 to 65535.`);
  if (password_file === undefined) return;
  if (username === undefined) report.error([...path, "password_file"], "needs a username beside it. Add username.");
  const wrong = wrongSecretFile(pathOf(password_file), "the password");
  if (wrong !== null) report.error([...path, "password_file"], `"${password_file}" ${wrong}`);
}
