import { describe, expect, test } from '@jest/globals';
import { causeOf } from '../../../../src/deploy/diagnosis/causes/cause.ts';
import type { Failing } from '../../../../src/deploy/diagnosis/model.ts';
import { waitsForHooks } from '../../../../src/deploy/diagnosis/waits-for-hooks.ts';
import { View } from '../../../../src/deploy/kube/watch.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';

const HOOK: KubernetesObject = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'web-migrate' } };
const CONFIG: KubernetesObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late' } };
const RUNNING = { running: {} };

/** A StatefulSet with one pod that is not ready, at its init container or past it. */
function viewOf(status: object, spec: object = {}): View {
  const view = new View();
  const take = (object: object) => view.take({ type: 'ADDED', object: object as KubernetesObject });
  take({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'web', uid: 'u' } });
  const ownerReferences = [{ uid: 'u', controller: true, kind: 'StatefulSet', name: 'web' }];
  take({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-0', ownerReferences }, spec, status });
  return view;
}
const waiting = (spec: object = {}) => viewOf({ initContainerStatuses: [{ name: 'wait', state: RUNNING }] }, spec);
const unready = (spec: object = {}) => viewOf({ containerStatuses: [{ name: 'web', ready: false, state: RUNNING }] }, spec);
const asks = (args: string[]) => ({ initContainers: [{ name: 'wait', args }] });

/** What waits, for so many milliseconds. */
function seen(view: View, ms: number, { first = false, failing = [] as Failing[], hooks = [HOOK], others = [] as string[] } = {}) {
  const since = new Map<string, number>();
  const state = (workload: string) => ({ workload, shared: false, ready: false, text: '', failing });
  const look = (now: number) => waitsForHooks(view, [state('StatefulSet/web'), ...others.map(state)], { hooks, first }, since, now);
  look(0);
  return look(ms);
}
const failing = (reason: 'crash-loop' | 'liveness-killed' | 'image-not-found' | 'missing-config', missing?: string): Failing[] => [
  { workload: 'StatefulSet/web', pod: 'web-0', cause: { ...causeOf(reason, `it says ${reason}`, 0), missing } },
];

describe('what waits for hooks that have not run', () => {
  const INIT = 'init container "wait" of StatefulSet/web runs on';
  test.each<[string, string | undefined, string | undefined]>([
    ['an init container that runs on, for a while', seen(waiting(), 10_000), INIT],
    ['not at once: it may be at work', seen(waiting(), 9_000), undefined],
    ['sooner on a first deploy, where nobody is served', seen(waiting(), 2_000, { first: true }), INIT],
    ['at once where it asks for the hook by its name', seen(waiting(asks(['job-wr', 'web-migrate'])), 0), INIT],
    ['not where there is no hook', seen(waiting(), 10_000, { hooks: [] }), undefined],
    ['not while something else is under way', seen(waiting(), 10_000, { others: ['StatefulSet/other'] }), undefined],
    ['a sidecar does not wait', seen(waiting({ initContainers: [{ name: 'wait', restartPolicy: 'Always' }] }), 60_000), undefined],
    ['a pod that runs and is not ready is not led to, and is not helped', seen(unready(), 60_000), undefined],
    ['on a first deploy it may be', seen(unready(), 10_000, { first: true }), 'StatefulSet/web runs and is not ready'],
  ])('%s', (_, found, expected) => expect(found).toBe(expected));

  test.each<[string, string | undefined, string | undefined]>([
    ['nothing that fails', seen(waiting(), 10_000, { failing: failing('image-not-found') }), undefined],
    ['nor crashes', seen(unready(), 10_000, { failing: failing('crash-loop') }), undefined],
    ['but those of a first deploy', seen(unready(), 0, { failing: failing('crash-loop'), first: true }), 'it says crash-loop'],
    ['a probe that kills among them', seen(unready(), 0, { failing: failing('liveness-killed'), first: true }), 'it says liveness-killed'],
    [
      'and configuration that a hook makes',
      seen(unready(), 0, { failing: failing('missing-config', 'late'), hooks: [CONFIG] }),
      'it says missing-config',
    ],
    ['not any other', seen(unready(), 0, { failing: failing('missing-config', 'other'), hooks: [CONFIG] }), undefined],
  ])('%s', (_, found, expected) => expect(found).toBe(expected));
});
