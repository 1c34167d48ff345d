import { randomBytes } from 'node:crypto';
import { awaitEnd } from '../../deploy/kube/await-end.ts';
import { NAMESPACE } from '../../deploy/kube/names.ts';
import { ConfigurationError, DeployError, HttpError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { messageOf } from '../../interfaces/values.ts';
import { FIELD_MANAGER } from '../../split/model.ts';
import type { JobTools } from '../cluster/run-job.ts';
import type { App } from '../model.ts';
import { DRILL_LABEL, type Drill, drillIn, drillMarks, drillNamespace, isOver } from './marks.ts';

const NODE_LOCAL_DNS = '169.254.20.10/32';
/** Of the end of a namespace. */
const END_MS = 300_000;

/** Pure: pods reach each other and names, and nothing else; nobody reaches them. */
export const closedPolicy = (namespace: string): KubernetesObject => {
  const own = { podSelector: {} };
  const dns = [
    { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } },
    { ipBlock: { cidr: NODE_LOCAL_DNS } },
  ];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'todo-deploy-drill', namespace },
    spec: {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [own] }],
      egress: [{ to: [own] }, { to: dns, ports: ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 })) }],
    },
  };
};

/** A namespace for one drill, closed before the first pod comes. Errors: `ConfigurationError` where the account may not make it. */
export async function openScratch(app: App, limitMs: number, { kubernetes, clock, log }: JobTools): Promise<Drill> {
  const name = drillNamespace(app.release, randomBytes(4).toString('hex'));
  const metadata = { name, ...drillMarks(app, clock.now() + limitMs) };
  const made = await kubernetes.create({ ...NAMESPACE, metadata }).catch((error: unknown) => {
    if (!(error instanceof HttpError && error.status === 403)) throw error;
    throw new ConfigurationError(`This account may not create the namespace "${name}", which a drill needs`, {
      hint: 'Give it the ClusterRole in actions/preview/role.yaml, and the ClusterRole admin.',
      cause: error,
    });
  });
  const drill = drillIn({ ...made, ...NAMESPACE });
  if (drill === undefined) throw new DeployError('drill-failed', `The namespace "${name}" did not keep the marks that it was made with`);
  log.info(`Namespace ${name} is there for this drill`);
  try {
    await kubernetes.apply(closedPolicy(name), { fieldManager: FIELD_MANAGER, force: true });
  } catch (error) {
    await kubernetes.delete({ ...NAMESPACE, name }, { uid: drill.uid }).catch(() => undefined);
    throw error;
  }
  return drill;
}

/** Deletes this very namespace, waits until it is gone, and looks again. Errors: `drill-failed` where it does not go. */
export async function closeScratch(drill: Drill, tools: JobTools): Promise<void> {
  const { kubernetes, log } = tools;
  const { namespace, uid } = drill;
  await kubernetes.delete({ ...NAMESPACE, name: namespace }, { uid }).catch((error: unknown) => {
    // Another one has its name: the one that was to go is gone.
    if (!(error instanceof HttpError && error.status === 409)) throw error;
  });
  const left = await awaitEnd(tools, drill, END_MS);
  if (left === undefined) {
    log.info(`Namespace ${namespace} is gone, and all in it`);
    return;
  }
  throw new DeployError(
    'drill-failed',
    `The namespace "${namespace}" of this drill is still there ${END_MS / 60_000} minutes after its end`,
    {
      hint: `kubectl get namespace ${namespace} --output=yaml says what holds it. The next drill deletes it again.`,
    },
  );
}

/** Removes what killed drills of this app have left: only what is marked as theirs, and over by every clock. Returns how many there were. */
export async function sweepDrills(app: App, clocks: readonly number[], tools: JobTools): Promise<number> {
  const { kubernetes, log } = tools;
  const { items } = await kubernetes.list(NAMESPACE, { labelSelector: `${DRILL_LABEL}=${app.release}` });
  const over = items
    .flatMap((item) => drillIn({ ...item, ...NAMESPACE }) ?? [])
    .filter((drill) => drill.of.namespace === app.namespace && isOver(drill, clocks));
  for (const drill of over) {
    log.info(`Namespace ${drill.namespace} is of a drill that was to end at ${new Date(drill.endsAt).toISOString()}: it goes`);
    await closeScratch(drill, tools).catch((error: unknown) => {
      tools.signal.throwIfAborted();
      log.warning(messageOf(error));
    });
  }
  return over.length;
}
