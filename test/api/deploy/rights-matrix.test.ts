import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { actingAs } from '../../../src/tools/kubernetes/load.ts';
import { access, manager } from '../support/api.ts';
import { App } from '../support/app.ts';
import { versionOf } from '../support/pods.ts';

/**
 * The Role that `dry-run` prints is enough for a deploy, and each verb of it is needed: without one the deploy is refused before anything is
 * touched, and the refusal names it. Some are drawn by a seed; `npm run proof` takes each of them away.
 */
const WHOLE = process.env.PROOF_SEEDS !== undefined;
const SEED = Number(process.env.RIGHTS_SEED ?? Math.floor(Math.random() * 1e9));
const DRAWN = 8;

interface Rule {
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
  verbs: string[];
}

interface Right {
  rule: number;
  verb: string;
}

jest.setTimeout(WHOLE ? 600_000 : 120_000);

const RBAC = 'rbac.authorization.k8s.io';
let app: App;
let deployer: KubernetesClient;
let rules: Rule[];
beforeAll(async () => {
  app = await App.create('rights');
  const { outcome } = await app.deploy('v1-good', undefined, { dryRun: true });
  const role = outcome === 'killed' ? '' : (outcome.dryRun?.role ?? '');
  rules = parse(role).rules;
  const account = `system:serviceaccount:${app.namespace}:deployer`;
  await grant(rules);
  await app.kubernetes.apply(
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'deployer' },
      roleRef: { apiGroup: RBAC, kind: 'Role', name: 'deployer' },
      subjects: [{ kind: 'User', apiGroup: RBAC, name: account }],
    },
    manager,
  );
  app.as = actingAs(access, account);
  deployer = new KubernetesClient(app.as, { namespace: app.namespace });
});
afterAll(async () => {
  await deployer.close();
  await app.remove();
});

const grant = (own: readonly Rule[]) =>
  app.kubernetes.apply({ apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: { name: 'deployer' }, rules: own }, { ...manager, force: true });

/** What is asked of the API server for one verb of a rule. */
function reviewOf({ rule, verb }: Right) {
  const { apiGroups, resources, resourceNames } = rules[rule] as Rule;
  const [resource = '', subresource] = resources[0]?.split('/') ?? [];
  return { verb, group: apiGroups[0] ?? '', resource, subresource, name: resourceNames?.[0], namespace: app.namespace };
}

/** Changes of a Role take a moment until they hold. */
async function settled(right: Right, denied: boolean): Promise<void> {
  const review = reviewOf(right);
  for (const limit = Date.now() + 10_000; Date.now() < limit; await new Promise((resolve) => setTimeout(resolve, 20))) {
    if ((await deployer.denied([review])).length > 0 === denied) return;
  }
  throw new Error(`The Role did not come to hold: ${JSON.stringify(review)}`);
}

const serving = async () => (await app.serving()).map(versionOf);

test(`with each verb it deploys; without one it says which, drawn by seed ${SEED}`, async () => {
  expect((await app.deploy('v1-good')).outcome).toMatchObject({ status: 'deployed' });
  const all = rules.flatMap(({ verbs }, rule) => verbs.map((verb): Right => ({ rule, verb })));
  expect(all.length).toBeGreaterThan(40);
  const length = WHOLE ? all.length : DRAWN;
  const drawn = fc.sample(fc.shuffledSubarray(all, { minLength: length, maxLength: length }), { seed: SEED, numRuns: 1 })[0] ?? [];
  const wrong: string[] = [];
  for (const right of drawn) {
    const without = rules.map((rule, index) =>
      index === right.rule ? { ...rule, verbs: rule.verbs.filter((verb) => verb !== right.verb) } : rule,
    );
    await grant(without.filter(({ verbs }) => verbs.length > 0));
    await settled(right, true);
    const { outcome, written } = await app.deploy('v2-good');
    const [resource] = rules[right.rule]?.resources ?? [];
    const { message = '', hint = '' } = outcome === 'killed' ? {} : (outcome.report.failure ?? {});
    const named = `${message}\n${hint}`;
    const status = outcome === 'killed' ? outcome : `${outcome.status} ${outcome.failureReason}`;
    const isNamed = named.includes(right.verb) && (named.includes(resource ?? '') || named.includes(resource?.split('/')[0] ?? ''));
    if (status !== 'failed access-denied' || !isNamed || written.length > 0) {
      wrong.push(`without ${right.verb} ${resource}: ${status}; ${written.length} writes; ${named}`);
    }
    await grant(rules);
    await settled(right, false);
  }
  expect(wrong).toEqual([]);
  expect(await serving()).toEqual(['v1-good']);
  expect((await app.deploy('v2-good')).outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
});
