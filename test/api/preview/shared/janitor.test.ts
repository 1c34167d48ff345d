import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sweepPreviews } from '../../../../src/janitor/index.ts';
import { takeDown } from '../../../../src/preview/gone/index.ts';
import { ensureMarked } from '../../../../src/preview/isolate/index.ts';
import { momentText, type Notes, previewLabels } from '../../../../src/preview/model/index.ts';
import { warnOfExpiry } from '../../../../src/preview/told/index.ts';
import { systemClock } from '../../../../src/runtime/clock.ts';
import { pullsAt } from '../../../support/github/pulls.ts';
import { GitHubStandIn } from '../../../support/github/server.ts';
import { QUIET } from '../../../support/log.ts';
import { workplace } from '../../support/api.ts';
import { SharedStage } from './stage.ts';

const { files } = workplace('shared-janitor');
const DAY = 86_400_000;
let stage: SharedStage;
beforeEach(async () => {
  stage = await SharedStage.open(files);
});
afterEach(() => stage.close());

const marked = (number: number, notes: Notes = {}) =>
  ensureMarked(
    { home: stage.home(number), key: stage.asked(number).pullRequest.key, labels: {}, notes: () => notes, limitMs: 10_000 },
    stage.tools(),
  );
/** A pass by the account; these pull requests are closed. */
const pass = (closed: readonly number[]) =>
  sweepPreviews(
    {
      kubernetes: stage.kubernetes,
      shared: stage.app.namespace,
      serverTime: () => stage.kubernetes.serverTime(),
      clock: systemClock,
      log: QUIET,
      signal: new AbortController().signal,
      repositoryId: stage.repositoryId,
      pullRequest: async (number) => ({ ...stage.asked(number).pullRequest, isOpen: !closed.includes(number) }),
      visited: async (preview) => preview,
      tend: async () => undefined,
      takeDown: (wanted) => takeDown(wanted, stage.tools()),
    },
    { cap: 10, dryRun: false, limitMs: 20_000 },
  );
const exists = async (number: number): Promise<boolean> => (await stage.preview(number)) !== undefined;

describe('a pass over previews that share a namespace', () => {
  test('takes those that are proved to be over, and nothing that only looks like one', async () => {
    const over = { expiresAt: momentText(Date.now() - 2 * DAY), warnedAt: momentText(Date.now() - 3 * DAY), expiresAfter: '604800' };
    await Promise.all([marked(1), marked(12), marked(7, over)]);
    const { kind, apiVersion, namespace } = stage.home(1).marks;
    const copied = { name: 'settings', namespace: namespace ?? '', labels: previewLabels(stage.asked(1).pullRequest.key) };
    await stage.app.kubernetes.create({ apiVersion, kind, metadata: copied });
    const { removed, kept, stuck } = await pass([1]);
    expect(stuck).toEqual([]);
    expect(removed.map(({ what }) => what).sort()).toEqual(
      [1, 7].map((number) => `release ${stage.home(number).release} (pull request ${stage.repositoryId}-${number})`),
    );
    expect(kept).toEqual([
      { what: 'ConfigMap/settings', why: 'its labels and its name are not those of a preview' },
      { what: expect.stringContaining(stage.home(12).release), why: 'its pull request is open' },
    ]);
    expect(await Promise.all([1, 7, 12].map(exists))).toEqual([false, false, true]);
    expect(await stage.app.kubernetes.get({ apiVersion, kind, name: 'settings' })).toBeDefined();
  });

  test('before one expires its people are told', async () => {
    const standIn = await GitHubStandIn.start();
    const end = Math.floor(Date.now() / 1_000) * 1_000 + DAY / 2;
    await marked(7, { expiresAt: momentText(end), expiresAfter: '604800' });
    const tools = { kubernetes: stage.kubernetes, pulls: pullsAt(standIn, { log: QUIET }), shared: stage.app.namespace };
    expect(await warnOfExpiry(stage.repositoryId, Date.now(), tools)).toHaveLength(1);
    expect((await stage.preview(7))?.warnedAt).toBeDefined();
    standIn.close();
  });
});
