// A Modbus TCP device that costs next to nothing: register n holds n. Prints its port.
import { type AddressInfo, createServer } from "node:net";

const requestBytes = 12;

const server = createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => {});
  socket.on("data", (chunk: Buffer) => {
    const replies: Buffer[] = [];
    for (let at = 0; at + requestBytes <= chunk.length; at += requestBytes) replies.push(replyTo(chunk.subarray(at, at + requestBytes)));
    socket.write(replies.length === 1 ? (replies[0] as Buffer) : Buffer.concat(replies));
  });
});

function replyTo(request: Buffer): Buffer {
  const address = request.readUInt16BE(8);
  const count = request.readUInt16BE(10);
  const reply = Buffer.allocUnsafe(9 + 2 * count);
  request.copy(reply, 0, 0, 8);
  reply.writeUInt16BE(3 + 2 * count, 4);
  reply[8] = 2 * count;
  for (let i = 0; i < count; i++) reply.writeUInt16BE((address + i) & 0xffff, 9 + 2 * i);
  return reply;
}

server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
