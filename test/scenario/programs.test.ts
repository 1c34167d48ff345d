import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { ensurePrograms } from '../../cluster/programs/build.ts';
import { programFolder } from '../../cluster/programs/cache.ts';
import type { ProgramName } from '../../cluster/programs/pins.ts';
import { publishPrograms } from '../../cluster/programs/published/publish.ts';
import { ROOT } from '../../demo/environment.ts';
import { LoopbackRegistry } from '../support/sigstore/registry.ts';

const NAMES: readonly ProgramName[] = ['pause', 'registry'];

/** What a registry, or whoever is on the way to it, makes of an answer. False: as the registry answers. */
type Fault = (asked: IncomingMessage, response: ServerResponse, body: Buffer) => boolean;

/** What is wrong, by the first part of the path under which programs are asked for, and what is said of it. */
const WRONG: Readonly<Record<string, { fault: Fault; why: RegExp }>> = {
  'a-program-that-was-tampered-with': { fault: tampered, why: /layer sha256:[0-9a-f]+… has other content/ },
  'a-program-with-more-behind-it': { fault: longer, why: /layer sha256:[0-9a-f]+… is longer than its \d+ bytes/ },
  'a-connection-that-is-cut-in-the-middle': { fault: cut, why: /the connection was closed/ },
  'another-manifest-than-was-asked-for': { fault: otherManifest, why: /asked for sha256:[0-9a-f]+ it answered sha256:/ },
  'a-registry-that-lost-it': { fault: status(404), why: /the registry answered 404/ },
  'a-registry-that-is-out-of-order': { fault: status(500), why: /the registry answered 500|no answer within 5 s/ },
  'a-registry-that-lets-nobody-in': { fault: status(401), why: /the registry answered 401/ },
  'a-registry-that-never-answers': { fault: () => true, why: /no answer within 5 s/ },
};

let registry: LoopbackRegistry;
let digest: string;
let caches: string;
/** All faults at once: some are waited for. */
const wrong = new Map<string, ReturnType<typeof getPrograms>>();

/** Forwards to the registry, unless a fault answers. */
const front = createServer((asked, response) => {
  const [, name = '', rest = ''] = /^\/v2\/([^/]+)\/(.*)$/.exec(asked.url ?? '') ?? [];
  const fault = name === 'elsewhere' ? elsewhere : WRONG[name]?.fault;
  const path = fault === undefined ? asked.url : `/v2/${rest}`;
  const { method, headers } = asked;
  request({ host: '127.0.0.1', port: registry.host.split(':')[1], method, path, headers }, async (answer) => {
    const body = Buffer.concat(await answer.toArray());
    if (answer.statusCode === 200 && fault?.(asked, response, body)) return;
    response.writeHead(answer.statusCode ?? 0, answer.headers).end(body);
  }).end();
});

/** Where a registry keeps blobs; it knows no logins, and should not be told any. */
const storage = { blobs: new Map<string, Buffer>(), told: [] as (string | undefined)[] };
const storageServer = createServer((asked, response) => {
  storage.told.push(asked.headers.authorization);
  response.end(storage.blobs.get(asked.url ?? ''));
});

const isBlob = ({ url }: IncomingMessage): boolean => url?.includes('/blobs/') === true;
const addressOf = (server: Server): string => `127.0.0.1:${(server.address() as AddressInfo).port}`;
const host = (): string => addressOf(front);

beforeAll(async () => {
  await ensurePrograms(NAMES, { alone: true });
  registry = await LoopbackRegistry.start();
  for (const server of [front, storageServer]) await once(server.listen(0, '127.0.0.1'), 'listening');
  caches = mkdtempSync(join(tmpdir(), 'todo-deploy-programs-'));
  const config = JSON.parse(readFileSync(join(registry.dockerConfig, 'config.json'), 'utf8')) as { auths: Record<string, object> };
  const auths = { ...config.auths, [host()]: config.auths[registry.host] };
  writeFileSync(join(caches, 'config.json'), JSON.stringify({ auths }), { mode: 0o600 });
  process.env.DOCKER_CONFIG = caches;
  digest = await publishPrograms(`${registry.host}/programs`, () => undefined, NAMES.map(programFolder));
  for (const name of Object.keys(WRONG)) {
    const getting = getPrograms(['pause'], `${host()}/${name}/programs@${digest}`);
    getting.catch(() => undefined);
    wrong.set(name, getting);
  }
});
afterAll(async () => {
  delete process.env.DOCKER_CONFIG;
  await registry.close();
  for (const server of [front, storageServer]) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(caches, { recursive: true, force: true });
});

/** Gets the programs into a cache of their own, in a process of its own; returns that cache's folder of builds and what was said. */
async function getPrograms(names: readonly ProgramName[], published: string): Promise<{ folder: string; lines: string }> {
  const cache = mkdtempSync(join(caches, 'cache-'));
  const script = `
    import { ensurePrograms } from ${JSON.stringify(join(ROOT, 'cluster/programs/build.ts'))};
    await ensurePrograms(${JSON.stringify(names)}, { alone: true, onProgress: console.log });`;
  const env = { TODO_DEPLOY_CACHE: cache, TODO_DEPLOY_PROGRAMS: published };
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', script], { env });
  return { folder: join(cache, 'programs'), lines: stdout };
}

/** Names, modes and content of all files of a build. */
function contentOf(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map(
      (file) =>
        `${file} ${createHash('sha256')
          .update(readFileSync(join(folder, file)))
          .digest('hex')}`,
    );
}

test('what was published is taken byte by byte, runs, and nothing is built', async () => {
  const { folder, lines } = await getPrograms(NAMES, `${host()}/programs@${digest}`);
  for (const name of NAMES) {
    const key = basename(programFolder(name));
    expect(contentOf(join(folder, key))).toEqual(contentOf(programFolder(name)));
  }
  const { stdout } = await execa(join(folder, basename(programFolder('registry')), 'registry'), ['--version']);
  expect(stdout).toContain('registry');
  expect(lines).toMatch(/^taking 2 of 2 programs from 127\.0\.0\.1:\d+\/programs: [\d.]+ MB$/m);
  expect(lines).toMatch(/^took registry v\S+ in \d+ s$/m);
  expect(lines).not.toContain('building');
  expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('the same files of another day, by somebody else, are the same artifact: nothing is sent', async () => {
  const copies = NAMES.map((name) => {
    const copy = join(caches, basename(programFolder(name)));
    cpSync(programFolder(name), copy, { recursive: true });
    for (const file of readdirSync(copy)) {
      chmodSync(join(copy, file), 0o700);
      utimesSync(join(copy, file), 1, 1);
    }
    return copy;
  });
  const said: string[] = [];
  expect(await publishPrograms(`${registry.host}/programs`, (line) => said.push(line), copies)).toBe(digest);
  expect(said.at(-1)).toMatch(/^\S+\/programs:linux-\w+-[0-9a-f]{12}: 0\.0 MB sent, 3 of 3 blobs were there$/);
});

test('what the artifact lacks is built, what it holds is taken', async () => {
  const one = await publishPrograms(`${registry.host}/one`, () => undefined, [programFolder('registry')]);
  const { lines } = await getPrograms(NAMES, `${host()}/one@${one}`);
  expect(lines).toMatch(/^taking 1 of 2 programs/m);
  expect(lines).toMatch(/^building 1 programs once: pause$/m);
  expect(lines).toMatch(/^took registry /m);
});

test.each(Object.entries(WRONG))('%s: a line says so, and it is built', async (name, { why }) => {
  const { folder, lines } = (await wrong.get(name)) ?? { folder: '', lines: '' };
  expect(lines).toMatch(new RegExp(`^(no published programs from \\S+|pause is not taken): .*(${why.source})`, 'm'));
  expect(lines).toMatch(/^built pause /m);
  expect(contentOf(join(folder, basename(programFolder('pause'))))).toEqual(contentOf(programFolder('pause')));
});

test('a registry that keeps its blobs elsewhere: they are taken from there, without its login', async () => {
  const { folder, lines } = await getPrograms(['pause'], `${host()}/elsewhere/programs@${digest}`);
  expect(lines).toMatch(/^took pause /m);
  expect(contentOf(join(folder, basename(programFolder('pause'))))).toEqual(contentOf(programFolder('pause')));
  expect(storage.told).toEqual([undefined]);
});

test('a digest that the registry does not hold: a line says so, and it is built', async () => {
  const { lines } = await getPrograms(['pause'], `${host()}/programs@sha256:${'0'.repeat(64)}`);
  expect(lines).toMatch(/^no published programs from \S+: .*the registry answered 404 MANIFEST_UNKNOWN/m);
  expect(lines).toMatch(/^built pause /m);
});

test('an artifact of another platform or other versions holds nothing that is missing', async () => {
  const other = await publishPrograms(`${registry.host}/other`, () => undefined, [programFolder('registry')]);
  const { lines } = await getPrograms(['pause'], `${host()}/other@${other}`);
  expect(lines).toMatch(/^no published programs from \S+: sha256:[0-9a-f]+… was made of other versions, or for another platform$/m);
  expect(lines).toMatch(/^built pause /m);
});

test('nobody listens: one ask, and it is built', async () => {
  const { lines } = await getPrograms(['pause'], `127.0.0.1:1/programs@${digest}`);
  expect(lines).toMatch(/^no published programs from 127\.0\.0\.1:1\/programs: .*(connection refused|no answer within 5 s)/m);
  expect(lines).toMatch(/^built pause /m);
});

function tampered(asked: IncomingMessage, response: ServerResponse, body: Buffer): boolean {
  if (!isBlob(asked)) return false;
  const changed = Buffer.from(body);
  changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 1;
  response.end(changed);
  return true;
}

function longer(asked: IncomingMessage, response: ServerResponse, body: Buffer): boolean {
  if (!isBlob(asked)) return false;
  response.end(Buffer.concat([body, Buffer.alloc(1 << 20)]));
  return true;
}

function cut(asked: IncomingMessage, response: ServerResponse, body: Buffer): boolean {
  if (!isBlob(asked)) return false;
  response.writeHead(200, { 'content-length': body.length });
  response.write(body.subarray(0, body.length >> 1), () => response.destroy());
  return true;
}

function otherManifest(asked: IncomingMessage, response: ServerResponse, body: Buffer): boolean {
  if (isBlob(asked)) return false;
  response.end(Buffer.concat([body, Buffer.from(' ')]));
  return true;
}

function elsewhere(asked: IncomingMessage, response: ServerResponse, body: Buffer): boolean {
  if (!isBlob(asked)) return false;
  storage.blobs.set(asked.url ?? '', body);
  response.writeHead(307, { location: `http://${addressOf(storageServer)}${asked.url}` }).end();
  return true;
}

function status(code: number): Fault {
  return (_asked, response) => {
    response.writeHead(code).end();
    return true;
  };
}
