import type { Server } from "node:net";
import { simFault } from "../faults.ts";

/** Listens. @returns the port, which is another one where 0 was asked. @throws Fault port_in_use, port_forbidden or cannot_listen */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE")
        reject(simFault("port_in_use", `port ${port} is in use; stop the other program or choose another port`, error));
      else if (error.code === "EACCES")
        reject(simFault("port_forbidden", `port ${port} needs more rights (below 1024); choose another, e.g. 1502`, error));
      else reject(simFault("cannot_listen", `cannot listen on ${host}:${port}: ${error.message}`, error));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
