import type { Node, Pod } from '../../interfaces/objects.ts';
import { podTemplateOf } from '../../split/kinds/pods.ts';
import { isScaled } from '../../split/kinds/rows.ts';
import { APP_LABEL, COLOR_LABEL } from '../../split/model.ts';
import { wantedReplicas } from '../color/replicas.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { describe, NODE, POD } from '../kube/names.ts';
import { amounts, amountText, podRequests, type Requests } from '../kube/quantity.ts';
import { ifReadable } from '../run/optional-read.ts';
import type { Plan, Run } from '../run/run.ts';

/** Pods that a deploy starts, all alike. */
export interface Wanted {
  /** `Deployment/todo-backend-green`. */
  workload: string;
  pods: number;
  requests: Requests;
  /** The pods select their nodes: the capacity may be a pool that an autoscaler starts from zero. */
  selectsNodes: boolean;
}

export interface Room {
  node: string;
  /** What a pod alone on the node could have. */
  all: Requests;
  free: Requests;
}

/**
 * Whether the nodes hold a second color. Errors: `StepFailure` (unschedulable) for a pod that is larger than any node. Where the pods do
 * not fit beside those that run now it is a warning: an autoscaler may add nodes, and the scheduler knows better than a sum.
 */
export async function requireCapacity(run: Pick<Run, 'kubernetes' | 'options' | 'report' | 'log'>, plan: Plan): Promise<void> {
  const { kubernetes, report, log } = run;
  const wanted = await wantedPods(run, plan);
  if (wanted.every(({ requests }) => Object.keys(requests).length <= 1)) return;
  const seen = await ifReadable(run, 'nodes and their pods (free capacity)', () =>
    Promise.all([kubernetes.list(NODE), kubernetes.list(POD, { allNamespaces: true, fieldSelector: RUNNING })]),
  );
  if (!seen) return;
  const [{ items: nodes }, { items: pods }] = seen;
  const staying = pods.filter(({ metadata }) => !isOf(metadata.labels, run.options.release, plan.color));
  const rooms = roomsOf(nodes, staying);
  const tooLarge = largerThanAny(wanted, rooms);
  if (tooLarge) {
    throw new StepFailure('unschedulable', tooLarge, {
      hint: 'Lower the requests, or add larger nodes. Where an autoscaler would add them, have it keep one.',
    });
  }
  const shortage = shortageOf(wanted, rooms);
  if (!shortage) return;
  const finding = {
    object: '',
    message: `The nodes may not hold both versions: ${shortage}`,
    hint: 'Unless an autoscaler adds a node, lower requests or replicas, or add a node: a pod that cannot be scheduled fails the deploy before users see it.',
  };
  report.warnings.push(finding);
  log.warning(`${finding.message} (${finding.hint})`);
}

const RUNNING = 'status.phase!=Succeeded,status.phase!=Failed';

/** Pods of the color that comes up make way for the new ones. */
const isOf = (labels: Readonly<Record<string, string>> | undefined, release: string, color: string): boolean =>
  labels?.[APP_LABEL] === release && labels[COLOR_LABEL] === color;

async function wantedPods(run: Pick<Run, 'kubernetes' | 'options'>, plan: Plan): Promise<Wanted[]> {
  const replicas = await wantedReplicas(run, plan, plan.split.workloads);
  return plan.split.colorObjects
    .filter(isScaled)
    .map((object) => {
      const spec = podTemplateOf(object)?.spec;
      const selectsNodes =
        spec?.nodeSelector !== undefined || spec?.affinity?.nodeAffinity !== undefined || (spec?.tolerations ?? []).length > 0;
      return {
        workload: describe(object),
        pods: replicas.get(object.metadata.name) ?? 0,
        requests: podRequests(spec),
        selectsNodes,
      };
    })
    .filter(({ pods }) => pods > 0);
}

/** Pure: nodes that take new pods, and what is free on each. */
export function roomsOf(nodes: readonly Node[], pods: readonly Pod[]): Room[] {
  return nodes.filter(takesPods).map((node) => {
    const all = amounts(node.status?.allocatable ?? {});
    const free = { ...all };
    for (const pod of pods.filter((one) => one.spec?.nodeName === node.metadata.name)) subtract(free, podRequests(pod.spec));
    return { node: node.metadata.name, all, free };
  });
}

/** Ready, not drained, and without a taint: which pods would bear one is left to the scheduler. */
const takesPods = ({ spec, status }: Node): boolean =>
  spec?.unschedulable !== true &&
  !(spec?.taints ?? []).some((taint) => taint.effect !== 'PreferNoSchedule') &&
  (status?.conditions ?? []).some((entry) => entry.type === 'Ready' && entry.status === 'True');

const SIZES = ['cpu', 'memory'];

/** Pure: names a pod that asks for more cpu or memory than any node has. Not where it chooses its nodes, or no node can be seen. */
export function largerThanAny(wanted: readonly Wanted[], rooms: readonly Room[]): string | undefined {
  if (rooms.length === 0) return undefined;
  for (const { workload, requests } of wanted.filter(({ selectsNodes }) => !selectsNodes)) {
    for (const resource of SIZES) {
      const asked = requests[resource] ?? 0;
      const most = Math.max(...rooms.map(({ all }) => all[resource] ?? 0));
      if (asked <= most) continue;
      const text = (amount: number) => amountText(resource, amount);
      return `A pod of ${workload} asks for ${text(asked)} of ${resource}, and the largest node has ${text(most)}: no node can ever take it`;
    }
  }
  return undefined;
}

/** Pure: what is missing, in words, where the pods do not all find a node; undefined where they do. */
export function shortageOf(wanted: readonly Wanted[], rooms: readonly Room[]): string | undefined {
  const left = rooms.map(({ node, free }) => ({ node, free: { ...free } }));
  const size = ({ requests }: Wanted) => SIZES.reduce((total, name) => total + share(requests, rooms, name), 0);
  const missing: { wanted: Wanted; pods: number; why: string }[] = [];
  for (const one of [...wanted].sort((a, b) => size(b) - size(a))) {
    let placed = 0;
    for (; placed < one.pods; placed++) {
      const room = left.find(({ free }) => lacking(one.requests, free) === undefined);
      if (!room) break;
      subtract(room.free, one.requests);
    }
    if (placed < one.pods)
      missing.push({
        wanted: one,
        pods: one.pods - placed,
        why: nearest(
          one.requests,
          left.map(({ free }) => free),
        ),
      });
  }
  if (missing.length === 0) return undefined;
  return missing
    .map(
      ({ wanted: one, pods, why }) =>
        `${pods} of ${one.pods} pods of ${one.workload} (${requestText(one.requests)} each) find no room: ${why}`,
    )
    .join('; ');
}

/** How much of all nodes a pod takes. */
const share = (requests: Requests, rooms: readonly Room[], name: string): number =>
  (requests[name] ?? 0) / (rooms.reduce((total, { all }) => total + (all[name] ?? 0), 0) || 1);

/** The resource that a pod finds too little of, and by how much. */
function lacking(requests: Requests, free: Requests): { resource: string; by: number } | undefined {
  const found = Object.entries(requests).find(([resource, amount]) => amount > (free[resource] ?? 0) + 1e-9);
  return found ? { resource: found[0], by: found[1] - (free[found[0]] ?? 0) } : undefined;
}

/** What the node that is nearest to having room lacks. */
function nearest(requests: Requests, frees: readonly Requests[]): string {
  const lacks = frees.map((free) => lacking(requests, free)).filter((lack) => lack !== undefined);
  const [least] = lacks.sort((a, b) => a.by / (requests[a.resource] ?? 1) - b.by / (requests[b.resource] ?? 1));
  if (!least) return 'there is no node that takes pods';
  return least.resource === 'pods'
    ? 'every node already runs its maximum of pods'
    : `the best node lacks ${amountText(least.resource, least.by)} of ${least.resource}`;
}

const requestText = (requests: Requests): string =>
  Object.entries(requests)
    .filter(([resource]) => resource !== 'pods')
    .map(([resource, amount]) => `${amountText(resource, amount)} ${resource}`)
    .join(', ');

function subtract(from: Requests, less: Requests): void {
  for (const [name, amount] of Object.entries(less)) from[name] = (from[name] ?? 0) - amount;
}
