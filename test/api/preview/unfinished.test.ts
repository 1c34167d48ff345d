import { randomInt } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { NAMESPACE } from '../../../src/deploy/kube/names.ts';
import { placeOf } from '../../../src/preview/gone/index.ts';
import { homeOf, type Preview, previewIn, previewLabels, previewNotes } from '../../../src/preview/model/index.ts';
import { finishFarewells, markerOf, sayFarewell } from '../../../src/preview/told/index.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { pullsAt } from '../../support/github/pulls.ts';
import { GitHubStandIn } from '../../support/github/server.ts';
import { QUIET } from '../../support/log.ts';
import { access, workplace } from '../support/api.ts';

const { namespace: shared } = workplace('unfinished');
const repositoryId = randomInt(1, 2 ** 31);
const AUTHOR = 'github-actions[bot]';
const { signal } = new AbortController();
let standIn: GitHubStandIn;
let kubernetes: KubernetesClient;
beforeAll(async () => {
  standIn = await GitHubStandIn.start();
  kubernetes = new KubernetesClient(access, { namespace: shared });
});
afterAll(async () => {
  standIn.close();
  await kubernetes.close();
});
beforeEach(() => standIn.reset());
afterEach(() => expect(standIn.violations).toEqual([]));

const pulls = () => pullsAt(standIn, { log: QUIET });
const bodies = () => standIn.played.comments.map(({ body }) => body);
/** By a ConfigMap: one that is deleted is gone at once, whatever controllers there are. */
async function preview(number: number): Promise<Preview> {
  const key = { repositoryId, number };
  const { marks, release } = homeOf(key, 'todo', shared);
  const { name, namespace = '', ...kind } = marks;
  const metadata = { name, namespace, labels: previewLabels(key), annotations: previewNotes({ head: 'a' }) };
  const seen = previewIn(await kubernetes.create({ ...kind, metadata }));
  if (!seen) throw new Error(`${name} is no preview`);
  standIn.played.comment(number, AUTHOR, `${markerOf(key, release)}\n### Preview of \`${release}\`: ✓ up`);
  return seen;
}
/** As far as a run comes that is killed before it could say that the preview has gone. */
async function begin(of: Preview, place?: string): Promise<void> {
  const at = place ?? (await placeOf(kubernetes, shared));
  await sayFarewell(of, 'its pull request is closed', { pulls: pulls(), log: QUIET, signal, place: at });
}
const finish = () => finishFarewells(repositoryId, { kubernetes, pulls: pulls(), shared });
const end = ({ marks, uid }: Preview) => kubernetes.delete(marks, { uid });

describe('a comment that says that a preview goes', () => {
  test('says that it has gone after the next pass, where whoever took it down was killed', async () => {
    const one = await preview(7);
    await begin(one);
    expect(await finish()).toEqual([]);
    expect(bodies()).toEqual([expect.stringContaining('… going')]);
    await end(one);
    expect(await finish()).toEqual([7]);
    expect(bodies()).toEqual([expect.stringMatching(/^<!-- todo-deploy preview .*-7 .* -->\n### Preview of `pr-7-todo-\w+`: ✓ gone\n/)]);
    expect(bodies()[0]).not.toContain('going');
    expect(await finish()).toEqual([]);
  });

  test('is not touched where it is another cluster’s, another repository’s, or was written anew meanwhile', async () => {
    const one = await preview(8);
    await begin(one, '00000000-0000-0000-0000-000000000000');
    await end(one);
    expect(await finish()).toEqual([]);
    await begin(one);
    expect(await finishFarewells(repositoryId + 1, { kubernetes, pulls: pulls(), shared })).toEqual([]);
    const changing = pulls();
    const said = `${markerOf(one.key, one.release ?? '')}\n### Preview: ✓ gone, with a receipt`;
    const newest = changing.newestComments.bind(changing);
    changing.newestComments = async () => {
      const seen = await newest();
      for (const comment of standIn.played.comments) comment.body = said;
      return seen;
    };
    expect(await finishFarewells(repositoryId, { kubernetes, pulls: changing, shared })).toEqual([]);
    expect(bodies()).toEqual([said]);
  });

  test('of a preview with a namespace of its own is told by its cluster', async () => {
    expect(await placeOf(kubernetes, undefined)).toBe((await kubernetes.get({ ...NAMESPACE, name: 'kube-system' }))?.metadata.uid);
    expect(await placeOf(kubernetes, shared)).toBe((await kubernetes.get({ ...NAMESPACE, name: shared }))?.metadata.uid);
  });
});
