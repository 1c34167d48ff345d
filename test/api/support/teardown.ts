import { once } from 'node:events';
import { requireWithinRole } from './audit.ts';

/** The server ends with its standard input. Errors: where a run of the product did more than its Role allows. */
export default async function teardown(): Promise<void> {
  const child = globalThis.apiServer;
  if (!child || child.exitCode !== null) return;
  const { audit } = JSON.parse(process.env.TODO_DEPLOY_TEST_API ?? '{}');
  try {
    requireWithinRole(audit);
  } finally {
    const ended = once(child, 'exit');
    child.stdin?.end();
    await ended;
  }
}
