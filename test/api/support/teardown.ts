import { once } from 'node:events';

/** The server ends with its standard input. */
export default async function teardown(): Promise<void> {
  const child = globalThis.apiServer;
  if (!child || child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.stdin?.end();
  await ended;
}
