import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LIES, lie } from '../../support/github/lies.ts';
import { randomOf } from '../../support/random.ts';
import { DAY, type Played, Stage } from './stage.ts';

/**
 * Passes over previews while GitHub fails and lies, one of the clocks is wrong, and namespaces bear marks that somebody else put there. Only
 * what is closed by the truth goes. `npm run proof` makes 10,000 passes; JANITOR_PASSES=100 makes so many.
 */
const PASSES = Number(process.env.JANITOR_PASSES ?? (process.env.PROOF_SEEDS === undefined ? 40 : 10_000));
const seed = Number.parseInt(process.env.SAMPLE_SEED ?? '', 36) || 7;
/** One begins another. */
const NUMBERS = [1, 2, 12, 121];

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(async () => {
  await stage.clear();
  await stage.close();
});

/** What people, charts and other tools put into labels: none of them is a preview's, all of them are of closed pull requests. */
const strangers = (): Played[] => {
  const more = { number: 7, expiresIn: -9 * DAY, warnedIn: -9 * DAY };
  return [
    { ...more, labels: { 'todo-deploy.dev/preview-number': '' } },
    { ...more, labels: { 'todo-deploy.dev/preview-number': '72' } },
    { ...more, labels: { 'todo-deploy.dev/preview': '7' } },
    { ...more, labels: { 'todo-deploy.dev/preview-repository': '1' } },
    { ...more, name: `production-${randomUUID().slice(0, 8)}` },
    { ...more, name: `pr-72-todo-${randomUUID().slice(0, 8)}` },
  ];
};

test(
  `${PASSES} passes among lies: only what is closed goes (seed ${seed})`,
  async () => {
    const random = randomOf(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const { played, next, violations } = stage.standIn;
    stage.pull(7, 'closed');
    for (const stranger of strangers()) await stage.preview(stranger);
    await stage.preview({ number: 2, repositoryId: 7 });
    const standing = new Map<number, string>();
    const wrong: string[] = [];
    let right = 0;
    for (let count = 1; count <= PASSES && wrong.length === 0; count += 1) {
      for (const number of NUMBERS) {
        if (!standing.has(number)) standing.set(number, await stage.preview({ number }));
        stage.pull(number, below(8) === 0 ? 'closed' : 'open');
      }
      for (let left = below(7); left > 0; left -= 1) next.push(lie(below(LIES.length), played));
      const { gone } = await stage.pass({ [below(2) === 0 ? 'machine' : 'server']: (below(800) - 400) * DAY });
      next.length = 0;
      for (const [number, name] of standing) {
        if (!gone.includes(name)) continue;
        standing.delete(number);
        if (played.pulls.get(number)?.state === 'closed') right += 1;
        else wrong.push(`pass ${count}: the preview of ${number} went, which is open`);
      }
      wrong.push(...gone.filter((name) => !name.startsWith('pr-')), ...violations);
      if (count % 500 === 0) process.stderr.write(`${count} passes, ${right} previews went, ${wrong.length} wrong\n`);
      if (gone.some((name) => /^pr-7(2)?-/.test(name))) wrong.push(`pass ${count}: ${gone.join()} went`);
    }
    expect(wrong).toEqual([]);
    expect(right).toBeGreaterThan(PASSES / 20);
    console.log(`${PASSES} passes, ${right} previews of closed pull requests went`);
  },
  4 * 3_600_000,
);
