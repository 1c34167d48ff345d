import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sweepTags, type TagWorld } from '../../../src/janitor/index.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { RegistryClient } from '../../../src/tools/registry/client.ts';
import { QUIET } from '../../support/log.ts';
import { randomOf } from '../../support/random.ts';
import { runner, workplace } from '../support/api.ts';
import { FaultyRegistry } from './registry.ts';

/**
 * Tags go from a real registry, by its protocol, while reads of it fail: errors, pages of a proxy, answers that are cut, lists that lack tags
 * and say nothing of it. What is in use, by a digest or by a tag, alone or as a part of an index, stays whole. `npm run proof` deletes 10,000.
 */
const WANTED = Number(process.env.TAG_DELETIONS ?? (process.env.PROOF_SEEDS === undefined ? 60 : 10_000));
const DAY = 86_400_000;
const seed = Number.parseInt(process.env.SAMPLE_SEED ?? '', 36) || 7;
const random = randomOf(seed);
const below = (limit: number): number => Math.floor(random() * limit);
const chance = (share: number): boolean => random() < share;
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
const commit = (): string => createHash('sha1').update(String(random())).digest('hex');
const log = QUIET;

const { kubernetes, configMap } = workplace('deletions');
let registry: FaultyRegistry;
beforeAll(async () => {
  registry = await FaultyRegistry.start();
}, 900_000);
afterAll(() => registry?.end());

interface Pushed {
  repository: string;
  digest: string;
  tags: string[];
}

async function push(repository: string, known: readonly Pushed[]): Promise<Pushed> {
  const tag = commit();
  const parts = known.filter((one) => one.repository === repository);
  const digest =
    parts.length > 1 && chance(0.3)
      ? await registry.pushIndex(repository, [...new Set([pick(parts).digest, pick(parts).digest])], tag)
      : await registry.pushImage(repository, tag, tag);
  const more = chance(0.3) ? [commit()] : [];
  for (const one of more) await registry.tag(repository, digest, one);
  return { repository, digest, tags: [tag, ...more] };
}

/** A pass, that much later. */
const worldOf = (client: RegistryClient, ahead: number, signal: AbortSignal): TagWorld => ({
  kubernetes,
  serverTime: async () => Date.now() + ahead,
  clock: { ...systemClock, now: () => Date.now() + ahead },
  log,
  signal,
  registry: client,
  removal: () => ({ remove: (repository, digest) => client.removeImage(repository, digest, signal) }),
});
const rulesOf = (prefix: string) => ({ prefixes: [prefix], cap: 1_000, dryRun: false, unusedForMs: 7 * DAY, keep: [] });

test('what an index within an index is made of stays, though no list has the tag of the one within', async () => {
  const { signal } = new AbortController();
  const client = new RegistryClient({ runner, env: {} });
  const repository = 'acme/within';
  // The first of every three is what a list that is cut lacks.
  const [inner, one, other] = ['0', '1', '2'].map((first) => `${first}${commit().slice(1)}`) as [string, string, string];
  const parts = [await registry.pushImage(repository, one, one), await registry.pushImage(repository, other, other)];
  const outer = await registry.pushIndex(repository, [await registry.pushIndex(repository, parts, inner)], `3${commit().slice(1)}`);
  await kubernetes.apply(configMap('names', { images: `${registry.host}/${repository}@${outer}` }), { fieldManager: 'test', force: true });
  registry.lie = () => 'short';
  for (const ahead of [0, 8 * DAY]) await sweepTags(worldOf(client, ahead, signal), rulesOf(`${registry.host}/acme`));
  registry.lie = () => 'none';
  expect(await registry.isWhole(repository, outer)).toBe(true);
  await client.close();
});

test(`${WANTED} tags go from a registry that fails: no live digest is lost (seed ${seed})`, async () => {
  const { signal } = new AbortController();
  const client = new RegistryClient({ runner, env: {} });
  const lies = ['error', 'html', 'slow down', 'cut', 'short', 'short'] as const;
  let [removed, alive, failed, ahead] = [0, 0, 0, 0];
  for (let round = 0; removed < WANTED; round += 1) {
    const repositories = [`acme/app-${round}`, `acme/web-${round}`];
    const prefix = `${registry.host}/acme`;
    let pushed: Pushed[] = [];
    for (let pass = 0; pass < 4; pass += 1) {
      for (let count = 30; count > 0; count -= 1) pushed.push(await push(pick(repositories), pushed));
      const live = Array.from({ length: 4 }, () => pick(pushed));
      const named = ({ repository, digest, tags }: Pushed): string =>
        `${registry.host}/${repository}${chance(0.5) ? `@${digest}` : `:${pick(tags)}`}`;
      // Each repository is named, or nothing of it would be looked at.
      const names = [...live.map(named), ...repositories.map((name) => `${registry.host}/${name}:latest`)];
      await kubernetes.apply(configMap('names', { images: names.join(' ') }), { fieldManager: 'test', force: true });
      ahead += 8 * DAY;
      const bad = pass > 0 && chance(0.6) ? 0.02 + random() / 10 : 0;
      // A front that cuts every list says no more of it than one that does it once.
      const usual = pass > 0 && chance(0.3) ? 'short' : 'none';
      registry.lie = () => (chance(bad) ? pick(lies) : usual);
      const report = await sweepTags(worldOf(client, ahead, signal), rulesOf(prefix));
      registry.lie = () => 'none';
      failed += report.stuck.length;
      alive += live.length;
      const lost = [];
      for (const one of live) if (!(await registry.isWhole(one.repository, one.digest))) lost.push({ round, pass, ...one });
      expect(lost).toEqual([]);
      const left = await Promise.all(pushed.map(async (one) => ({ one, whole: await registry.isWhole(one.repository, one.digest) })));
      removed += left.filter(({ whole }) => !whole).reduce((sum, { one }) => sum + one.tags.length, 0);
      pushed = left.filter(({ whole }) => whole).map(({ one }) => one);
      if (WANTED > 500) process.stderr.write(`${removed} tags removed beside ${alive} uses\n`);
    }
  }
  await client.close();
  console.log(`${removed} tags removed beside ${alive} uses; ${failed} times something could not be read or removed`);
  expect(failed).toBeGreaterThan(0);
}, 3_600_000);
