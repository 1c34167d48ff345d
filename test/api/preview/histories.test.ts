import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { GitHubStandIn } from '../../support/github/server.ts';
import { access } from '../support/api.ts';
import { withNamespaceController } from '../support/namespace-controller.ts';
import { Checkout } from './play/checkout.ts';
import { Kubelets } from './play/kubelets.ts';
import { Pace } from './play/pace.ts';
import { tryHistories } from './play/property.ts';
import type { Repository } from './play/repository.ts';
import { OwnRunner } from './play/run.ts';

/**
 * Random lives of a repository's pull requests, played by the action's own code and the janitor's on a real API server: pushes, labels, drafts,
 * closed, merged and opened again, two at once, events that never come, jobs that are run again, runs that are killed or cancelled at any
 * call or whose answers are lost, clocks that move, lies in GitHub's place. After one pass nothing is left that nobody needs, nothing that is
 * needed has gone, and after one more run of each everything is as its people want it; there are never more previews than allowed.
 *
 * `npm run proof` plays 1,000 (proof.ts). PREVIEW_HISTORIES=20 plays so many, PREVIEW_HISTORIES_SEED=7 begins there, with PREVIEW_HISTORIES_PATH one is
 * played again.
 */
const { PREVIEW_HISTORIES, PREVIEW_HISTORIES_SEED, PREVIEW_HISTORIES_PATH: path, SAMPLE_SEED } = process.env;
const COUNT = path ? 1 : Number(PREVIEW_HISTORIES ?? 8);
const FIRST = Number(PREVIEW_HISTORIES_SEED ?? (Number.parseInt(SAMPLE_SEED ?? '', 36) || 1));
/** Of one seed, one after the other: what they wait for is the end of namespaces. */
const CHUNK = 2;
const SIDE_BY_SIDE = Number(process.env.PREVIEW_HISTORIES_AT_ONCE ?? 8);

withNamespaceController();
const kubelets = new Kubelets(access);
const pace = new Pace(access);
const checkout = new Checkout();
const worldWith = (standIn: GitHubStandIn) => ({
  standIn,
  access,
  pace,
  namespaces: kubelets,
  runnerFor: (repository: Repository) => new OwnRunner(repository, checkout),
});
beforeAll(() => {
  kubelets.start();
  pace.start();
});
afterAll(async () => {
  await Promise.all([kubelets.stop(), pace.stop()]);
  checkout.remove();
}, 600_000);

test(
  `${path ? 'one history' : `${COUNT} random histories`} of previews, from seed ${FIRST} on`,
  async () => {
    const started = Date.now();
    const chunks = Array.from({ length: Math.ceil(COUNT / CHUNK) }, (_, index) => ({
      seed: FIRST + index,
      runs: Math.min(CHUNK, COUNT - index * CHUNK),
      path,
    }));
    const wrong: string[] = [];
    let played = 0;
    const work = async (): Promise<void> => {
      const standIn = await GitHubStandIn.start();
      const world = worldWith(standIn);
      for (let chunk = chunks.shift(); chunk && wrong.length < 5; chunk = chunks.shift()) {
        const found = await tryHistories(chunk, world);
        if (found !== undefined) wrong.push(found);
        played += chunk.runs;
        if (PREVIEW_HISTORIES !== undefined) {
          process.stderr.write(
            `${played} histories, ${wrong.length} wrong, ${Math.round((Date.now() - started) / 1000)} s\n${found ?? ''}`,
          );
        }
      }
      standIn.close();
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
    expect(wrong.join('\n\n')).toBe('');
  },
  4 * 3_600_000,
);
