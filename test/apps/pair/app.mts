/**
 * A pair of services in one program. The frontend calls the backend under its fixed name and answers with both versions, so
 * that one answer shows whether two versions served it. The environment makes it misbehave:
 *
 * ROLE              frontend, backend (default) or worker, which prints a line every second and listens for probes only
 * VERSION           what answers carry, in the body and in the header X-App-Version
 * PORT              8080
 * BACKEND_URL       http://pair-backend:8080
 * GREETING          a text from a ConfigMap, part of the answer
 * START_DELAY_MS    waits before it listens
 * CRASH_AFTER_MS    ends with exit code 1 that long after the start
 * NEVER_READY       1: GET /ready is 503 for ever
 * FAIL_PATHS        paths, separated by commas, that answer 500
 * FAIL_AT_HOST      a host name; requests for it (Host or X-Forwarded-Host) answer 500. With the Ingress's host a version
 *                   passes every check of its idle color and fails once users reach it. host/path: that path only
 * LEAVE_MS          new connections are taken for that long after SIGTERM (1000); 0: none, as most servers do it
 * SLOW_MS           every answer takes that long
 */
import { Agent, createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';

const env = process.env;
const role = env.ROLE ?? 'backend';
const version = env.VERSION ?? 'dev';
const backend = env.BACKEND_URL ?? 'http://pair-backend:8080';
const failPaths = (env.FAIL_PATHS ?? '').split(',').filter((path) => path !== '');
const number = (name: string): number => Number(env[name] ?? 0);
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

// Idle connections are given up before the server on the other side does: no request meets a closing one.
const agent = new Agent({ keepAlive: true, timeout: 4_000, maxSockets: 256 });
let stopping = false;

interface Answer {
  status: number;
  body: object;
}

/** The backend's answer; once again when a kept connection was closed under the request, which GET allows. */
async function callBackend(attempt = 1): Promise<{ version: string; pod: string }> {
  try {
    return await new Promise((resolve, reject) => {
      const request = get(`${backend}/`, { agent, timeout: 5_000 }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('error', reject);
        response.on('end', () => {
          if (response.statusCode === 200) resolve(JSON.parse(text) as { version: string; pod: string });
          else reject(new Error(`the backend answered ${response.statusCode}`));
        });
      });
      request.on('timeout', () => request.destroy(new Error('the backend did not answer within 5 s')));
      request.on('error', reject);
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNRESET' && attempt < 3) return callBackend(attempt + 1);
    throw error;
  }
}

async function answer(request: IncomingMessage): Promise<Answer> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  const host = String(request.headers['x-forwarded-host'] ?? request.headers.host ?? '').split(':')[0];
  const self = { service: role, version, pod: env.HOSTNAME ?? '', greeting: env.GREETING ?? '' };
  if (path === '/healthz') return { status: 200, body: { status: 'alive' } };
  if (path === '/ready') {
    const ready = env.NEVER_READY !== '1' && !stopping;
    return { status: ready ? 200 : 503, body: { status: ready ? 'ready' : 'not ready' } };
  }
  await wait(number('SLOW_MS'));
  if (failPaths.includes(path)) return { status: 500, body: { ...self, error: `${path} is set to fail` } };
  if (env.FAIL_AT_HOST && [host, `${host}${path}`].includes(env.FAIL_AT_HOST))
    return { status: 500, body: { ...self, error: `${host} is set to fail` } };
  if (role !== 'frontend') return { status: 200, body: self };
  try {
    const { version: backendVersion, pod: backendPod } = await callBackend();
    return { status: 200, body: { ...self, backend: { version: backendVersion, pod: backendPod } } };
  } catch (error) {
    return { status: 502, body: { ...self, error: (error as Error).message } };
  }
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, body } = await answer(request);
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-app-version': version,
    ...(stopping ? { connection: 'close' } : {}),
  });
  response.end(`${JSON.stringify(body)}\n`);
}

const server = createServer((request, response) => void handle(request, response));
// Longer than proxies keep idle connections (Traefik and load balancers: 90 s and less).
server.keepAliveTimeout = 120_000;
server.headersTimeout = 125_000;

// For a while every answer asks its client to leave; then no new connection is taken and answers in flight are finished.
function stop(signal: string): void {
  if (stopping) return;
  stopping = true;
  console.log(`${role} ${version}: ${signal}, finishing requests`);
  setTimeout(() => server.close(() => process.exit(0)), Number(env.LEAVE_MS ?? 1_000));
  setTimeout(() => process.exit(0), 10_000).unref();
}
process.on('SIGTERM', () => stop('SIGTERM'));
process.on('SIGINT', () => stop('SIGINT'));

if (number('CRASH_AFTER_MS') > 0 || env.CRASH_AFTER_MS === '0') {
  setTimeout(() => {
    console.error(`${role} ${version}: fatal: set to crash after ${number('CRASH_AFTER_MS')} ms`);
    process.exit(1);
  }, number('CRASH_AFTER_MS'));
}
await wait(number('START_DELAY_MS'));
server.listen(Number(env.PORT ?? 8080), () => console.log(`${role} ${version}: listening on ${env.PORT ?? 8080}`));
if (role === 'worker') {
  let jobs = 0;
  setInterval(() => console.log(`worker ${version}: job ${++jobs} done`), 1_000).unref();
}
