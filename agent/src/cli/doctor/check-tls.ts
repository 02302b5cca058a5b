// The broker's certificate: whether this box trusts it, for this name, now, and for how long it will.
import { isIP } from "node:net";
import { connect, type PeerCertificate } from "node:tls";
import { counted } from "@millwright/kit/counted";
import { troubleText } from "../devices/device-failure.ts";
import { reasonOf } from "./check-network.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

const handshakeMs = 5_000;
const dayMs = 86_400_000;
const fewDays = 21;

export type Certificate = {
  readonly validFromMs: number;
  readonly validToMs: number;
  readonly issuer: string;
  /** Why this box does not trust it; null where it does. */
  readonly distrust: string | null;
};

export async function checkTls(host: string, port: number): Promise<Finding[]> {
  try {
    return [judge(await certificateOf(host, port), Date.now(), host)];
  } catch (error) {
    return [
      fail(
        "broker's TLS",
        `${host}:${port}: ${troubleText(reasonOf(error))}`,
        "Is this the broker's TLS port (usually 8883)? For a port without TLS write mqtt:// in gateway.url.",
      ),
    ];
  }
}

/** Pure. A certificate that is not valid yet says more of this box's clock than of the certificate. */
export function judge({ validFromMs, validToMs, issuer, distrust }: Certificate, nowMs: number, host: string): Finding {
  const check = "broker's TLS";
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  if (nowMs < validFromMs)
    return fail(
      check,
      `the certificate is valid from ${day(validFromMs)}, and this box says it is ${day(nowMs)}`,
      "Set the clock of this box: sudo timedatectl set-ntp true.",
    );
  if (nowMs > validToMs)
    return fail(
      check,
      `the certificate ended on ${day(validToMs)}`,
      "Renew it at the broker. Where that date is still to come, set the clock of this box.",
    );
  if (distrust !== null)
    return fail(
      check,
      `the certificate of ${host} is not trusted: ${distrust} (issued by ${issuer})`,
      "Where the plant has an authority of its own, tell Node: NODE_EXTRA_CA_CERTS=/etc/millwright/ca.pem in the service's environment.",
    );
  const days = Math.floor((validToMs - nowMs) / dayMs);
  if (days < fewDays)
    return warn(check, `the certificate is good, but only for ${counted(days, "more day")}`, "Have it renewed at the broker.");
  return ok(check, `the certificate is trusted, and good for ${counted(days, "day")}`);
}

function certificateOf(host: string, port: number): Promise<Certificate> {
  return new Promise((resolve, reject) => {
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket = connect({ host, port, ...name, rejectUnauthorized: false, timeout: handshakeMs });
    const end = (settle: () => void): void => {
      socket.destroy();
      settle();
    };
    socket.once("secureConnect", () => {
      const certificate = socket.getPeerCertificate();
      const distrust = socket.authorized ? null : String(socket.authorizationError.message ?? socket.authorizationError);
      end(() => resolve(read(certificate, distrust)));
    });
    socket.once("error", (error) => end(() => reject(error)));
    socket.once("timeout", () => end(() => reject(new Error(`no TLS handshake within ${handshakeMs / 1_000} s`))));
  });
}

const read = ({ valid_from, valid_to, issuer }: PeerCertificate, distrust: string | null): Certificate => ({
  validFromMs: Date.parse(valid_from),
  validToMs: Date.parse(valid_to),
  issuer: String(issuer.CN ?? issuer.O ?? "unknown"),
  distrust,
});
