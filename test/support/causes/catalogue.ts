import type { Scenario } from './scenario.ts';
import { CLUSTER } from './scenarios/cluster.ts';
import { CONTAINERS } from './scenarios/containers.ts';
import { GOOD } from './scenarios/good.ts';
import { NETWORK } from './scenarios/network.ts';
import { NODES } from './scenarios/nodes.ts';

/** Everything that goes wrong, and says so. */
export const CAUSES: readonly Scenario[] = [...CONTAINERS, ...CLUSTER, ...NETWORK, ...NODES];
/** With what only looks so. */
export const SCENARIOS: readonly Scenario[] = [...CAUSES, ...GOOD];
/** Those that can be provoked beside others. */
export const BESIDE_OTHERS: readonly Scenario[] = SCENARIOS.filter(({ stops }) => stops === undefined);
