// Which page the address names: #/ tickets, #/done, #/machines, #/ticket/T-1.
import { useEffect, useState } from "preact/hooks";
import { MachineList } from "./machine-list.tsx";
import { TicketList } from "./ticket-list.tsx";
import { TicketPage } from "./ticket-page.tsx";

export function App() {
  const path = useHashPath();
  const ticket = /^\/ticket\/([^/]+)$/.exec(path)?.[1];
  return (
    <>
      <header class="bar">
        <a class="brand" href="#/">
          Millwright
        </a>
        <nav aria-label="Pages">
          <Tab to="/" here={path} text="Open" />
          <Tab to="/done" here={path} text="Done" />
          <Tab to="/machines" here={path} text="Machines" />
        </nav>
      </header>
      <main>
        {ticket !== undefined ? (
          <TicketPage key={ticket} id={ticket} />
        ) : path === "/machines" ? (
          <MachineList />
        ) : (
          <TicketList key={path} status={path === "/done" ? "done" : "open"} />
        )}
      </main>
    </>
  );
}

function Tab({ to, here, text }: { to: string; here: string; text: string }) {
  return (
    <a href={`#${to}`} aria-current={to === here ? "page" : undefined}>
      {text}
    </a>
  );
}

function useHashPath(): string {
  const read = (): string => location.hash.replace(/^#/, "") || "/";
  const [path, setPath] = useState(read);
  useEffect(() => {
    const onChange = (): void => {
      setPath(read());
      window.scrollTo(0, 0);
    };
    window.addEventListener("hashchange", onChange);
    return () => window.removeEventListener("hashchange", onChange);
  }, []);
  return path;
}
