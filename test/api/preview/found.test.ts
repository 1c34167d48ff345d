import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { GitHubStandIn } from '../../support/github/server.ts';
import { access } from '../support/api.ts';
import { withNamespaceController } from '../support/namespace-controller.ts';
import { Checkout } from './play/checkout.ts';
import { FOUND } from './play/found.ts';
import { Kubelets } from './play/kubelets.ts';
import { Pace } from './play/pace.ts';
import { play } from './play/play.ts';
import type { Repository } from './play/repository.ts';
import { OwnRunner } from './play/run.ts';

/** Histories that went wrong once, as they were found or as short as they can be told. */
withNamespaceController();
const kubelets = new Kubelets(access);
const pace = new Pace(access);
const checkout = new Checkout();
let standIn: GitHubStandIn;
beforeAll(async () => {
  kubelets.start();
  pace.start();
  standIn = await GitHubStandIn.start();
});
afterAll(async () => {
  standIn.close();
  await Promise.all([kubelets.stop(), pace.stop()]);
  checkout.remove();
}, 600_000);

test.each(Object.entries(FOUND))(
  '%s',
  async (_, history) => {
    const runnerFor = (repository: Repository) => new OwnRunner(repository, checkout);
    const { story, wrong } = await play(history, { standIn, access, pace, namespaces: kubelets, runnerFor });
    expect(wrong.length === 0 ? [] : [...story, ...wrong.map((line) => `- ${line}`)]).toEqual([]);
  },
  600_000,
);
