import { modbusRtu, rtuOverTcp } from "./modbus-rtu.ts";
import { modbusTcp } from "./modbus-tcp.ts";
import { type Answer, registerLinkSuite } from "./register-link.suite.ts";
import { exceptionTo, HostileServer, replyTo } from "./test-support/hostile-server.ts";
import { noSocat, PtyLine } from "./test-support/pty-line.ts";
import { RtuSlave, rtuException, rtuReply } from "./test-support/rtu-slave.ts";

registerLinkSuite(
  "modbus-tcp",
  async (answer) => {
    const rig = { answer, open: modbusTcp({ host: "127.0.0.1", port: 0 }), remove: () => server.stop() };
    const server = await HostileServer.start((asked, socket) => {
      // Asked and answered one at a time, so the transaction is that of the question.
      const { transaction } = asked;
      void rig.answer(asked, {
        reply: (question, wrong) => replyTo({ transaction, ...question }, wrong),
        exception: (question, exception) => exceptionTo({ transaction, ...question }, exception),
        send: (bytes) => void socket.write(bytes),
        cut: () => socket.destroy(),
      });
    });
    rig.open = modbusTcp({ host: "127.0.0.1", port: server.port });
    return rig;
  },
  { settleMs: 0 },
);

async function rtuRig(first: Answer): Promise<{ slave: RtuSlave; rig: { answer: Answer } }> {
  const rig = { answer: first };
  const slave = await RtuSlave.start(
    (asked, socket) =>
      void rig.answer(asked, {
        reply: rtuReply,
        exception: rtuException,
        send: (bytes) => void socket.write(bytes),
        cut: () => socket.destroy(),
      }),
  );
  return { slave, rig };
}

/** The drain of a time-out of 60 ms. */
const settleMs = 2.5 * 60;

registerLinkSuite(
  "RTU over TCP",
  async (answer) => {
    const { slave, rig } = await rtuRig(answer);
    return Object.assign(rig, { open: rtuOverTcp({ host: "127.0.0.1", port: slave.port }), remove: () => slave.stop() });
  },
  { settleMs },
);

// A cut of the slave's connection ends socat, and with it the port; whoever opens it next plugs it in again.
registerLinkSuite(
  "RTU on a serial port",
  async (answer) => {
    const { slave, rig } = await rtuRig(answer);
    const pty = await PtyLine.plug(slave.port);
    const open = modbusRtu(pty.line);
    return Object.assign(rig, {
      open: async (options: Parameters<typeof open>[0]) => {
        if (!pty.isPlugged) await pty.plug();
        return open(options);
      },
      remove: async () => {
        await pty.remove();
        await slave.stop();
      },
    });
  },
  { settleMs, skip: noSocat },
);
