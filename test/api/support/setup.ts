import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

declare global {
  var apiServer: ChildProcess | undefined;
}

/** One API server for all files of this level; the workers read where it is from the environment. */
export default async function setup(): Promise<void> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('server.ts', import.meta.url))], { stdio: ['pipe', 'pipe', 'inherit'] });
  globalThis.apiServer = child;
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The API server did not start (exit code ${code})`);
  });
  ended.catch(() => undefined);
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
  process.env.TODO_DEPLOY_TEST_API = line;
}
