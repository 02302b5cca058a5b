import type { AgentsReply } from "./agents-reply.ts";

/** For a plant in which no agent has connected yet: how to connect the first one. */
export function FirstAgent({ broker: { kind, url } }: Pick<AgentsReply, "broker">) {
  return (
    <>
      <p>No agent has connected yet. On the box beside your machines:</p>
      <ol class="steps">
        <li>
          <code>npx millwright-agent init</code> asks what is connected and writes agent.yaml. Where it asks for the gateway, answer{" "}
          <code>{url}</code>.
        </li>
        <li>
          <code>npx millwright-agent doctor</code> says whether the box reaches that address and its devices.
        </li>
        <li>
          <code>npx millwright-agent run</code> begins. The machines appear here at once.
        </li>
      </ol>
      <p class="soft">
        {kind === "embedded"
          ? "This broker is inside the gateway and can be reached from this computer only. For a box elsewhere, run a broker of your own and name it in gateway.yaml (broker: { kind: external, url: mqtt://… })."
          : "Use the broker's name or address as the box sees it; where the broker asks for a name and a password, they go into agent.yaml (username, password_file)."}
      </p>
    </>
  );
}
