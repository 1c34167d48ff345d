import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { request } from 'undici';
import { type ClusterEnvironment, clusterEnvironment, ROOT } from '../../../demo/environment.ts';
import { NodeProcessRunner } from '../../../src/tools/process.ts';
import { type ActionResult, runAction } from '../../support/action.ts';
import { expectGreen, PairApp } from '../deploy-support.ts';

// Two real builds of Next.js, where they are not in the builder's cache.
jest.setTimeout(600_000);

let cluster: ClusterEnvironment;
let app: PairApp;
let host: string;
let work: string;
/** Of an empty one at each run: the first build finds no previous image. */
let registry: string;

beforeAll(async () => {
  cluster = clusterEnvironment();
  app = await PairApp.create('nextjs-test', cluster, [], new NodeProcessRunner({ env: process.env }));
  host = 'nextjs.example.test';
  work = mkdtempSync(join(tmpdir(), 'todo-deploy-nextjs-'));
  registry = `${cluster.registry.host}/nextjs-${Date.now().toString(36)}`;
  cpSync(join(ROOT, 'test/apps/next'), work, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) cpSync(join(ROOT, 'examples/todo/frontend', name), join(work, name));
  writeFileSync(join(work, 'Dockerfile'), documented('dockerfile'));
});
afterAll(() => {
  app.kubectl('delete', 'namespace', app.namespace, '--wait=false');
  rmSync(work, { recursive: true, force: true });
});

/** The lines to copy. */
function documented(language: string): string {
  const text = readFileSync(join(ROOT, 'docs/nextjs.md'), 'utf8');
  return new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(text)?.[1] ?? '';
}

const build = async (version: string): Promise<ActionResult> =>
  expectGreen(
    await runAction({
      action: 'actions/build-push',
      cwd: work,
      inputs: {
        registry,
        builder: cluster.buildkit.address,
        images: 'web: {context: ., previous: main}',
        version,
        'build-args': `VERSION=${version}`,
      },
      env: { ...cluster.env, GITHUB_ACTIONS: 'true', GITHUB_REF: 'refs/heads/main', GITHUB_EVENT_NAME: 'push' },
    }),
  );

async function release(version: string, inputs: Record<string, string> = {}): Promise<void> {
  const { outputs } = await build(version);
  const values = {
    image: { repository: `${registry}/web` },
    env: { PORT: '8080' },
    frontDoor: { className: cluster.ingress.className, host },
  };
  const images = (outputs.images ?? '').replace('web=', `${registry}/web@`);
  expectGreen(await app.deploySmall('next', version, values, { images, ...inputs }));
}

async function get(path: string): Promise<{ status: number; type: string; body: string }> {
  const { statusCode, headers, body } = await request(new URL(path, cluster.ingress.http[0]), { headers: { host } });
  return { status: statusCode, type: String(headers['content-type']), body: await body.text() };
}

/** The script files that a page asks for, and those that these ask for later. */
async function scriptsOf(page: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const named = (text: string) => [...text.matchAll(/(?:\/_next\/)?(static\/[\w./~-]+\.js)/g)].map((match) => `/_next/${match[1]}`);
  for (const open = named(page); open.length > 0; ) {
    const path = open.pop() ?? '';
    if (found.has(path)) continue;
    const { status, body } = await get(path);
    if (status !== 200) continue;
    found.set(path, body);
    open.push(...named(body));
  }
  return found;
}

describe('a page of Next.js that was opened before a switch', () => {
  test('finds its script files after it, though the old color is at zero', async () => {
    await release('v1');
    const opened = await get('/');
    expect([opened.status, opened.body.includes('open the first edition')]).toEqual([200, true]);
    expect(opened.body).toContain('dpl=v1');
    const scripts = await scriptsOf(opened.body);
    // The part that the browser asks for only when it is needed is among them.
    expect([...scripts.values()].some((text) => text.includes('this is the first edition'))).toBe(true);

    for (const name of ['app/page.jsx', 'app/part.jsx'])
      writeFileSync(join(work, name), readFileSync(join(work, name), 'utf8').replace('first edition', 'second edition'));
    await release('v2', { 'keep-old': 'zero' });
    expect(app.get('deployment', 'next-web-blue').spec.replicas).toBe(0);
    const page = await get('/');
    expect(page.body).toContain('open the second edition');
    expect(page.body).toContain('dpl=v2');
    const own = await scriptsOf(page.body);
    expect([...scripts.keys()].filter((path) => !own.has(path))).not.toEqual([]);

    for (const [path, text] of scripts)
      expect([path, await get(path)]).toEqual([path, { status: 200, type: 'application/javascript; charset=UTF-8', body: text }]);
    expect((await get('/_next/static/chunks/nobody-has-this.js')).status).toBe(404);
  });
});
