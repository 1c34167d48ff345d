import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { ensurePrograms } from '../../cluster/programs/build.ts';
import type { S3Location } from '../../src/tools/s3/location.ts';
import { freePort } from './ports.ts';

export interface S3 {
  location: S3Location;
  /** Where the bucket's objects are as files. */
  folder: string;
  close(): Promise<void>;
}

const ACCESS_KEY = 'the-s3-access-key-id';
export const SECRET_KEY = 'canary-of-the-s3-secret-key';
const LIMIT_MS = 20_000;

/**
 * versitygw on a folder, with an empty bucket `backups`. `host`: the address that it listens on. `readOnly`: nobody may write. `versions`:
 * it keeps versions, for buckets that are made with them.
 */
export async function startS3({ host = '127.0.0.1', readOnly = false, versions = false } = {}): Promise<S3> {
  const programs = await ensurePrograms(['versitygw'], { alone: true });
  const root = mkdtempSync(join(tmpdir(), 'todo-deploy-s3-'));
  const folder = join(root, 'data', 'backups');
  mkdirSync(folder, { recursive: true });
  const kept = join(root, 'versions');
  mkdirSync(kept);
  const port = await freePort();
  const env = { ROOT_ACCESS_KEY: ACCESS_KEY, ROOT_SECRET_KEY: SECRET_KEY, PATH: process.env.PATH, HOME: root };
  const gateway = execa(
    programs.get('versitygw') ?? '',
    [
      '--port',
      `${host}:${port}`,
      ...(readOnly ? ['--readonly'] : []),
      'posix',
      ...(versions ? ['--versioning-dir', kept] : []),
      join(root, 'data'),
    ],
    {
      env,
      extendEnv: false,
      reject: false,
      buffer: false,
      stdio: 'ignore',
      cwd: root,
    },
  );
  await untilOpen(host, port);
  const endpoint = `http://${host}:${port}`;
  const location = { bucket: 'backups', prefix: 'all/todo/todo', endpoint, region: 'us-east-1', accessKeyId: ACCESS_KEY };
  return {
    location: { ...location, secretAccessKey: SECRET_KEY },
    folder,
    close: async () => {
      gateway.kill('SIGKILL');
      await gateway;
      rmSync(root, { recursive: true, force: true });
    },
  };
}

async function untilOpen(host: string, port: number): Promise<void> {
  const limit = Date.now() + LIMIT_MS;
  while (!(await opens(host, port))) {
    if (Date.now() > limit) throw new Error(`waited ${LIMIT_MS / 1000} s for versitygw to listen`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const opens = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
