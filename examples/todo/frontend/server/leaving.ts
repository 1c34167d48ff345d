import { subscribe } from 'node:diagnostics_channel';
import type { Server, ServerResponse } from 'node:http';

/**
 * On SIGTERM the server goes on for DRAIN seconds and closes each connection with its next answer, then finishes what is in
 * flight. A caller that keeps its connections sends no request into one that is just being closed. Needs
 * NEXT_MANUAL_SIG_HANDLE, or Next.js closes at once.
 */
export function leavePolitely(drainSeconds = Number(process.env.DRAIN || 2)): void {
  const servers = new Set<Server>();
  let leaving = false;
  subscribe('http.server.request.start', (message) => {
    const { response, server } = message as { response: ServerResponse; server: Server };
    servers.add(server);
    if (leaving) response.setHeader('Connection', 'close');
  });
  process.on('SIGTERM', () => {
    if (leaving) return;
    leaving = true;
    setTimeout(async () => {
      await Promise.all([...servers].map((server) => new Promise((resolve) => server.close(resolve))));
      process.exit(0);
    }, drainSeconds * 1000);
  });
}
