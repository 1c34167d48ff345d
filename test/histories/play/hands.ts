import { journalName, LEASE, leaseName, POD, SECRET, SERVICE, selectedColor, selects } from '../../../src/deploy/kube/names.ts';
import { isReady } from '../../../src/deploy/kube/pods.ts';
import { COLOR_LABEL, type Color, otherColor } from '../../../src/split/model.ts';
import type { Store } from '../api/store.ts';
import type { MemoryHelm } from '../helm/helm.ts';
import type { VirtualClock } from './clock.ts';
import { DEPLOYMENT } from './controllers.ts';
import type { Users } from './users.ts';

export const HANDS = [
  'evict',
  'switch one',
  'switch all',
  'selector gone',
  'selector foreign',
  'delete service',
  'delete color service',
  'delete active deployment',
  'delete idle deployment',
  'scale active to zero',
  'scale active up',
  'scale idle up',
  'delete journal',
  'delete lease',
  'uninstall base',
  'uninstall active',
  'uninstall idle',
] as const;
export type Hand = (typeof HANDS)[number];

const MANAGER = 'kubectl-patch';
const SERVICES = ['web', 'web2', 'api', 'api2'];
/** A pod of a Deployment is back by then. */
const BACK_MS = 3_000;
/** As long as both may be at it. */
const BESIDE_MS = 60_000;

interface World {
  release: string;
  store: Store;
  clock: VirtualClock;
  users: Users;
  /** A person's own. */
  helm: MemoryHelm;
}

/** Does what a person does; returns what it was, as text; undefined where there was nothing to do it to. */
export async function lend(world: World, hand: Hand): Promise<string | undefined> {
  const { store, users, release } = world;
  const stable = SERVICES.filter((name) => selectedColor(store.get({ ...SERVICE, name })?.spec?.selector) !== undefined);
  const color = users.journal()?.active ?? selectedColor(store.get({ ...SERVICE, name: stable[0] ?? '' })?.spec?.selector);
  const [first] = stable;
  if (hand === 'delete journal' || hand === 'delete lease') {
    // Before a version has passed the journal alone says that the first one is on trial: without it users stay where they are.
    if (hand === 'delete journal') {
      users.excuse([]);
      users.excuseJournal();
    } else users.excuseBeside(BESIDE_MS);
    store.delete(hand === 'delete lease' ? { ...LEASE, name: leaseName(release) } : { ...SECRET, name: journalName(release) });
    return hand;
  }
  if (!color || !first) return undefined;
  switch (hand) {
    case 'evict':
      return evict(world, first);
    case 'switch one':
      return select(world, [first], { [COLOR_LABEL]: otherColor(color) });
    case 'switch all':
      return select(world, stable, { [COLOR_LABEL]: otherColor(color) });
    case 'selector gone':
      return select(world, [first], undefined);
    case 'selector foreign':
      return select(world, [first], { app: 'other', [COLOR_LABEL]: undefined });
    case 'delete service':
      users.excuse([first]);
      store.delete({ ...SERVICE, name: first });
      return `${hand} ${first}`;
    case 'delete color service':
      users.excuse([]);
      store.delete({ ...SERVICE, name: `${first}-${color}` });
      return `${hand} ${first}-${color}`;
    case 'delete active deployment':
      return removeDeployment(world, color);
    case 'delete idle deployment':
      return removeDeployment(world, otherColor(color));
    case 'scale active to zero':
      return scaleBy(world, color, () => 0);
    case 'scale active up':
      return scaleBy(world, color, (now) => now + 2);
    case 'scale idle up':
      return scaleBy(world, otherColor(color), () => 1);
    case 'uninstall base':
      return uninstall(world, release);
    case 'uninstall active':
      return uninstall(world, `${release}-${color}`);
    case 'uninstall idle':
      return uninstall(world, `${release}-${otherColor(color)}`);
  }
}

function evict({ store, users }: World, service: string): string | undefined {
  const selector = store.get({ ...SERVICE, name: service })?.spec?.selector;
  const pod = store.list(POD).find((one) => selects(selector, one.metadata.labels) && isReady(one));
  if (!pod) return undefined;
  users.excuseFor(SERVICES, BACK_MS);
  store.delete({ ...POD, name: pod.metadata.name });
  return `evict ${pod.metadata.name}`;
}

/**
 * Users of every Service are excused: whoever leads them to another version leaves those without one that it has, and that went with the
 * version after it, until the next run has made it again.
 */
function select({ store, users }: World, services: readonly string[], labels: Record<string, string | undefined> | undefined): string {
  users.excuse(labels?.[COLOR_LABEL] === undefined ? services : SERVICES);
  for (const name of services) {
    const live = store.get({ ...SERVICE, name });
    if (!live) continue;
    const { selector, ...spec } = live.spec ?? {};
    const wanted = labels && { ...selector, ...labels };
    store.update({ ...live, spec: wanted ? { ...spec, selector: wanted as Record<string, string> } : spec }, { manager: MANAGER });
  }
  return `selector of ${services.join(', ')} → ${labels ? JSON.stringify(labels) : 'none'}`;
}

const deploymentsOf = ({ store }: World, color: Color) =>
  store.list(DEPLOYMENT, { labelSelector: `${COLOR_LABEL}=${color}` }).filter(({ metadata }) => !metadata.deletionTimestamp);

/** The idle color may be on its way to users. */
function removeDeployment(world: World, color: Color): string | undefined {
  const found = deploymentsOf(world, color)[0];
  if (!found) return undefined;
  world.users.excuse(SERVICES);
  world.store.delete({ ...DEPLOYMENT, name: found.metadata.name });
  return `delete ${found.metadata.name}`;
}

function scaleBy(world: World, color: Color, to: (now: number) => number): string | undefined {
  const found = deploymentsOf(world, color)[0];
  if (!found) return undefined;
  const now = found.spec.replicas ?? 1;
  world.users.excuse(to(now) === 0 ? SERVICES : []);
  world.store.update({ ...found, spec: { ...found.spec, replicas: to(now) } }, { manager: MANAGER });
  return `scale ${found.metadata.name} to ${to(now)}`;
}

async function uninstall({ users, helm }: World, release: string): Promise<string> {
  users.excuse(SERVICES);
  await helm.uninstall({ release, noHooks: true, timeoutMs: 60_000 }).catch(() => undefined);
  return `helm uninstall ${release}`;
}
