import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { programFolder } from '../../../cluster/programs/cache.ts';
import { pruneBuilds } from '../../../cluster/programs/prune.ts';

const folder = mkdtempSync(join(tmpdir(), 'todo-deploy-prune-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('builds of other versions go two weeks after their last use; what is current, or no build, stays', async () => {
  const now = Date.now();
  const make = (name: string, days: number) => {
    const usedAt = new Date(now - days * 24 * 60 * 60_000);
    mkdirSync(join(folder, name, 'content'), { recursive: true });
    utimesSync(join(folder, name), usedAt, usedAt);
    return name;
  };
  const old = [make('etcd-v3.6.1-0123456789ab', 15), make('helm4-v4.3.1-ffffffffffff', 400)];
  const stay = [
    make(basename(programFolder('etcd')), 400),
    make('helm4-v4.3.0-0123456789ab', 13),
    make('logs', 400),
    make('lint-python-0123456789ab', 400),
  ];
  expect(await pruneBuilds(folder, now)).toEqual(old);
  expect(readdirSync(folder).sort()).toEqual(stay.sort());
});

test('no folder, nothing to do', async () => expect(await pruneBuilds(join(folder, 'none'))).toEqual([]));
