import { deployment, type Scenario, server } from '../scenario.ts';

const ON_NODE2 = { nodeSelector: { 'kubernetes.io/hostname': 'node2' } };

/** A node that is gone. They stop its kubelet, so no other test may use the cluster meanwhile. */
export const NODES: readonly Scenario[] = [
  {
    // The cluster gives a kubelet 50 s before it says that the node is not ready; until then its pods count as ready.
    name: 'node-gone',
    stops: { component: 'kubelet-node2', afterMs: 10_000 },
    objects: [deployment(server(), ON_NODE2, { minReadySeconds: 600, progressDeadlineSeconds: 900 })],
    limitMs: 110_000,
    verdict: {
      reason: 'node-lost',
      message: /The node node2 of pod web-\S+ does not answer any more/,
      hint: /node/,
      evidence: /NodeNotReady|not ready/,
    },
  },
  {
    name: 'node-silent',
    stops: { component: 'kubelet-node2' },
    objects: [deployment(server(), ON_NODE2)],
    limitMs: 20_000,
    verdict: {
      reason: 'node-lost',
      message: /The node node2 has not begun with pod web-\S+: its kubelet does not answer/,
      hint: /node/,
    },
  },
];
