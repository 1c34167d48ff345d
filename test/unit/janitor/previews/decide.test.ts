import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { type Answer, decidePreview } from '../../../../src/janitor/previews/decide.ts';
import { momentText, namespaceName, previewIn, previewLabels, previewNotes, readPullRequest } from '../../../../src/preview/model/index.ts';
import { randomOf } from '../../../support/random.ts';

const PASSES = 10_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const OWN = 424_242;
const seed = Number.parseInt(process.env.SAMPLE_SEED ?? '', 36) || Date.now() % 1_000_000;
const random = randomOf(seed);
const below = (limit: number): number => Math.floor(random() * limit);
const chance = (share: number): boolean => random() < share;
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;

/** What is true, which nobody but the test knows. */
interface Truth {
  repositoryId: number;
  number: number;
  isOpen: boolean;
  expiresAt: number;
  warnedAt: number | undefined;
}

const body = ({ repositoryId, number, isOpen }: Truth) => ({
  number,
  state: isOpen ? 'open' : 'closed',
  merged: !isOpen && chance(0.5),
  draft: false,
  labels: [],
  user: { login: 'octocat' },
  head: { sha: 'a'.repeat(40), repo: { id: repositoryId } },
  base: { repo: { id: repositoryId } },
});

/** A namespace of a preview, as the product makes it. */
function namespaceOf({ repositoryId, number, expiresAt, warnedAt }: Truth, now: number): KubernetesObject {
  const key = { repositoryId, number };
  const notes = {
    expiresAt: momentText(expiresAt),
    expiresAfter: String((7 * DAY) / 1000),
    release: 'todo',
    ...(warnedAt === undefined ? {} : { warnedAt: momentText(warnedAt) }),
  };
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: namespaceName(key, 'todo'),
      uid: `uid-${repositoryId}-${number}-${now}`,
      labels: previewLabels(key),
      annotations: previewNotes(notes),
    },
  };
}

/** What people, charts and other tools put into labels. */
function planted(namespace: KubernetesObject, truth: Truth): KubernetesObject {
  const { metadata } = namespace;
  const labels = { ...metadata.labels };
  const lies: (() => Partial<KubernetesObject['metadata']>)[] = [
    () => ({ labels: { ...labels, 'todo-deploy.dev/preview-number': '' } }),
    () => ({ labels: { ...labels, 'todo-deploy.dev/preview-number': `${truth.number}2` } }),
    () => ({ labels: { ...labels, 'todo-deploy.dev/preview': `${truth.repositoryId}-` } }),
    () => ({ labels: { ...labels, 'todo-deploy.dev/preview': `${truth.repositoryId}-0${truth.number}` } }),
    () => ({ labels: { ...labels, 'todo-deploy.dev/preview-number': `0x${truth.number}` } }),
    () => ({ labels: { ...labels, 'todo-deploy.dev/preview-repository': '1' } }),
    () => ({ labels: { 'todo-deploy.dev/preview': labels['todo-deploy.dev/preview'] ?? '' } }),
    () => ({ labels: { app: 'preview', 'preview-pr': String(truth.number) } }),
    () => ({ name: `pr-${truth.number}` }),
    () => ({ name: 'production' }),
    () => ({ name: metadata.name.replace(/^pr-(\d+)/, 'pr-$12') }),
  ];
  return { ...namespace, metadata: { ...metadata, ...pick(lies)() } };
}

/** What comes back instead of the answer. */
function faulty(truth: Truth): Answer {
  const other = (more: Partial<Truth>): unknown => body({ ...truth, isOpen: false, ...more });
  const values: (() => unknown)[] = [
    () => '<html>Log in to the proxy</html>',
    () => '',
    () => undefined,
    () => null,
    () => [],
    () => [other({})],
    () => ({}),
    () => ({ message: 'Not Found', status: '404' }),
    () => ({ state: 'closed' }),
    () => ({ number: truth.number, state: 'closed' }),
    () => JSON.stringify(other({})).slice(0, 40),
    () => other({ number: truth.number * 10 + 2 }),
    () => other({ number: truth.number < 10 ? truth.number + 10 : Math.floor(truth.number / 10) }),
    () => other({ repositoryId: truth.repositoryId + 1 }),
    () => ({ ...(other({}) as object), number: String(truth.number) }),
    () => ({ ...(other({}) as object), state: 'CLOSED' }),
    () => ({ ...(other({}) as object), base: { repo: null } }),
  ];
  if (chance(0.4)) return { failed: pick(['404', '429', '500', '502', 'timed out', 'cut']) };
  const pullRequest = readPullRequest(pick(values)());
  return pullRequest === undefined ? { failed: 'not a pull request' } : { pullRequest };
}

/** One pass of random previews, of what is asked about them, and of clocks of which one is right. */
function play(): { wrong: string[]; gone: number; missed: string[] } {
  const now = Date.parse('2027-01-01T00:00:00Z') + below(1000) * HOUR;
  const skewed = now + pick([0, 0, 1, -1]) * below(400) * DAY;
  const clocks = pick([[now, skewed], [skewed, now], [now]]);
  const wrong: string[] = [];
  const missed: string[] = [];
  let gone = 0;
  for (const number of new Set([1, 12, 1 + below(30), 121])) {
    const warned = chance(0.5);
    const expiresAt = now + (below(20) - 10) * DAY;
    const truth: Truth = {
      repositoryId: chance(0.8) ? OWN : 7,
      number,
      isOpen: chance(0.6),
      expiresAt,
      warnedAt: warned ? expiresAt - below(3) * DAY : undefined,
    };
    const real = namespaceOf(truth, now);
    const isPlanted = chance(0.3);
    const preview = previewIn(isPlanted ? planted(real, truth) : real);
    // Labels that do not fit are nobody's.
    if (preview === undefined) continue;
    const isOwn = truth.repositoryId === OWN;
    const isFaulty = chance(0.5);
    const answer = !isOwn ? undefined : isFaulty ? faulty(truth) : ({ pullRequest: readPullRequest(body(truth)) } as Answer);
    const decision = decidePreview({ preview, answer, clocks });
    const isOver = truth.expiresAt <= now && truth.warnedAt !== undefined && truth.warnedAt + DAY <= now;
    const may = isOver || (isOwn && !truth.isOpen);
    const line = JSON.stringify({ truth, decision, answer, isPlanted });
    if (decision.gone !== undefined) {
      gone += 1;
      if (!may || isPlanted) wrong.push(line);
    } else if (isOwn && !isFaulty && !isPlanted && !truth.isOpen) missed.push(line);
  }
  return { wrong, gone, missed };
}

describe('which previews may go', () => {
  test(`${PASSES} passes with planted lies: none that is needed (seed ${seed})`, () => {
    const plays = Array.from({ length: PASSES }, play);
    expect(plays.flatMap(({ wrong }) => wrong).slice(0, 3)).toEqual([]);
    expect(plays.flatMap(({ missed }) => missed).slice(0, 3)).toEqual([]);
    expect(plays.reduce((sum, { gone }) => sum + gone, 0)).toBeGreaterThan(PASSES / 10);
  });
});
