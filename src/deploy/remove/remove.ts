import { ConfigurationError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { COLORS } from '../../split/model.ts';
import { pack } from '../../split/part/pack.ts';
import { KEEP } from '../adoption/marks.ts';
import { removeForgotten } from '../color/forgotten.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { refOf } from '../kube/kinds.ts';
import { describe, LEASE, leaseName } from '../kube/names.ts';
import { accessToParts, need, requireRights } from '../preflight/access.ts';
import { requireLasting } from '../preflight/namespace.ts';
import { newestRevisions, requireOwnReleases } from '../preflight/own-releases.ts';
import { fenced } from '../state/fence.ts';
import { JournalStore } from '../state/journal-store.ts';
import { Lease } from '../state/lease.ts';
import { type Found, findApp, type Recorded } from './find.ts';
import type { RemoveOptions, RemoveOutcome, Tools } from './options.ts';
import { planRemoval, type Removal } from './plan.ts';

/**
 * Removes an app whole, and nothing of others: front door, colors, base, color Services, journal, lease. Each step looks at what is there, so
 * that a removal that was killed is finished by the next one. Errors: `ConfigurationError`, `StepFailure`.
 */
export async function remove(options: RemoveOptions, outside: Omit<Tools, 'options'>): Promise<RemoveOutcome> {
  const tools: Tools = { ...outside, options };
  await requireLasting(tools);
  await requireOwnReleases(tools);
  const seen = await look(tools);
  if (seen === undefined) return { status: 'nothing', removed: [], kept: [] };
  if (options.dryRun) return outcome('planned', seen.removal);
  const lease = await Lease.acquire(options.release, options.who, tools, { limitMs: options.timeoutMs, signal: tools.signal });
  try {
    const held: Tools = { ...fenced(tools, () => lease.prove()), signal: lease.signal };
    // Read again: until the lease was ours, a deploy may have been at work.
    const now = await look(held);
    if (now) await carryOut(held, now.found, now.removal);
    return outcome('removed', (now ?? seen).removal);
  } finally {
    await lease.release();
  }
}

const outcome = (status: RemoveOutcome['status'], { lines }: Removal): RemoveOutcome => ({ status, ...lines });

/** What there is, and what is to go. Errors: `ConfigurationError` where it is not ours alone, `StepFailure` where it may not be removed. */
async function look(tools: Tools): Promise<{ found: Found; removal: Removal } | undefined> {
  const { kubernetes, options } = tools;
  const { release } = options;
  const found = await findApp(tools);
  if (!found?.base && (await newestRevisions(tools, [release])).size > 0) {
    throw new ConfigurationError(`"${release}" is a Helm release that this product did not make: it is not removed`, {
      hint: `helm uninstall ${release} --namespace ${kubernetes.namespace}`,
    });
  }
  if (!found) return undefined;
  if ((await JournalStore.open(kubernetes, release)).journal.inFlight?.plain) {
    throw new StepFailure('state-unclear', `A deploy that was to take "${release}" over from plain Helm was killed`, {
      hint: 'Deploy again, or roll back, first: then it is one or the other.',
    });
  }
  const removal = planRemoval(found, options, kubernetes.namespace);
  if (removal.strangers.length > 0) {
    throw new ConfigurationError(
      `"${release}" is not removed, since others own objects of its releases:\n- ${removal.strangers.join('\n- ')}`,
      {
        hint: 'Helm would delete them with the release. Rename or remove them first.',
      },
    );
  }
  if (found.outside.length > 0) {
    throw new ConfigurationError(
      `"${release}" is not removed: Service ${found.outside.join(', ')}, which is not of this app, leads to its pods`,
      {
        hint: 'Lead it elsewhere, or delete it, first.',
      },
    );
  }
  await requireRights(tools, await wantedRights(tools, found), 'the removal');
  return { found, removal };
}

async function wantedRights(tools: Tools, { live, base }: Found) {
  const own = [
    ...need('coordination.k8s.io', 'leases', 'create'),
    ...need('coordination.k8s.io', 'leases', 'get list watch update delete').map((review) => ({
      ...review,
      name: leaseName(tools.options.release),
    })),
    ...need('', 'secrets', 'get list create update patch delete'),
    ...need('', 'services', 'get list delete'),
  ].map((review) => ({ ...review, namespace: tools.kubernetes.namespace }));
  return [...own, ...(await accessToParts(tools, [...live.values(), ...(base?.objects ?? [])], ['get', 'delete']))];
}

async function carryOut(tools: Tools, found: Found, removal: Removal): Promise<void> {
  const { kubernetes, options, log } = tools;
  await deleteAll(tools, removal.frontDoors);
  for (const color of found.colors) await uninstall(tools, color);
  for (const color of COLORS) await removeForgotten(tools, color, []);
  if (found.base) {
    if (removal.kept.length > 0) await leaveBehind(tools, found.base, removal.kept);
    await uninstall(tools, found.base);
  }
  await deleteAll(tools, [...removal.hooks, ...removal.claims, ...found.colorServices, ...removal.secrets]);
  if (found.journal) await deleteAll(tools, [found.journal]);
  // While it is ours: whoever waits for it makes a new one.
  tools.signal.throwIfAborted();
  await kubernetes.delete({ ...LEASE, name: leaseName(options.release) });
  log.info(`${options.release} is removed`);
}

async function deleteAll({ kubernetes, log, signal }: Tools, objects: readonly KubernetesObject[]): Promise<void> {
  for (const object of objects) {
    signal.throwIfAborted();
    const { uid, namespace } = object.metadata;
    await kubernetes.delete({ ...refOf(object), namespace }, { uid, propagation: 'Background' });
    log.info(`${describe(object)} is deleted`);
  }
}

/** Delete hooks do not run: they were made for releases that come and go one by one. */
async function uninstall({ helm, options, log, signal }: Tools, { release }: Recorded): Promise<void> {
  signal.throwIfAborted();
  await helm.clearPending(release);
  await helm.uninstall({ release, noHooks: true, timeoutMs: options.timeoutMs });
  log.info(`The Helm release ${release} is uninstalled`);
}

/** Helm looks at its own record for what to keep: a last revision that holds nothing else, marked to be kept. */
async function leaveBehind(tools: Tools, { release, part, values }: Recorded, kept: readonly KubernetesObject[]): Promise<void> {
  const { helm, options, signal } = tools;
  signal.throwIfAborted();
  await helm.clearPending(release);
  const marked = kept.map((object) => {
    const annotations = { ...object.metadata.annotations, [KEEP]: 'keep' };
    return { name: object.metadata.name, object: { ...object, metadata: { ...object.metadata, annotations } } };
  });
  const chart = { ...part.chart, annotations: undefined };
  await helm.apply({
    release,
    part: pack(chart, marked),
    values,
    description: `todo-deploy: what stays of ${release}`,
    timeoutMs: options.timeoutMs,
    noHooks: true,
    signal,
  });
}
