import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { type Seen, scriptFor, type Target } from '../../../../src/preview/isolate/probe/script.ts';

const work = mkdtempSync(join(tmpdir(), 'todo-deploy-probe-'));
let server: Server;
let open: Target;
const closed: Target = { what: 'the node', host: '127.0.0.1', port: '1' };
beforeAll(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  open = { what: 'the API server', host: '127.0.0.1', port: String((server.address() as AddressInfo).port) };
});
afterAll(() => {
  server.close();
  rmSync(work, { recursive: true, force: true });
});

/** As the container runs it, but for where a container's last message is. */
async function run(targets: readonly Target[], name = 'localhost'): Promise<Seen> {
  const file = join(work, 'message');
  const script = scriptFor({ closed: targets, name, withinMs: 1_500 });
  expect(script).toContain('/dev/termination-log');
  await execa('node', ['-e', script.replace('/dev/termination-log', file)]);
  return JSON.parse(readFileSync(file, 'utf8'));
}

describe('what the pod of a probe runs', () => {
  test('says what took a connection, however often it asks', async () =>
    expect(await run([open, closed])).toEqual({ dns: true, tried: [open, closed], open: [open] }));

  test('nothing did, and DNS answers', async () => expect(await run([closed])).toEqual({ dns: true, tried: [closed], open: [] }));

  test('one that was open for a moment alone is closed', async () => {
    const moment = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => moment.once('listening', resolve));
    const target = { ...open, port: String((moment.address() as AddressInfo).port) };
    moment.once('connection', () => moment.close());
    expect(await run([target])).toMatchObject({ dns: true, open: [] });
  });

  test('has nothing in it that Kubernetes would take for a variable', () =>
    expect(scriptFor({ closed: [], name: '', withinMs: 1 })).not.toContain('$('));
});
