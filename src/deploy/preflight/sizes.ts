import { createHash } from 'node:crypto';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { PartChart } from '../../interfaces/helm.ts';
import { COLOR_LABEL } from '../../split/model.ts';
import { releaseBytes } from '../../split/part/sizes.ts';
import { expansionOf } from '../base/apply.ts';
import { stableServices } from '../kube/live.ts';
import { SECRET, SERVICE } from '../kube/names.ts';
import { samePorts } from '../kube/service-ports.ts';
import type { DeployOptions } from '../run/options.ts';
import type { Plan, Run } from '../run/run.ts';
import { bytesOf, fitted, SECRET_LIMIT } from '../state/fit.ts';
import { migrationsOf } from '../state/migrations.ts';

/** Helm's bookkeeping beside what it is given; the journal's fields beside its lists. */
const RESERVE = 8 * 1024;

type Deps = Pick<Run, 'kubernetes' | 'helm' | 'journal' | 'options'>;

/** Something that will be stored in one Secret. */
export interface Stored {
  what: string;
  bytes: number;
  /** What it consists of, the largest first, for people. */
  of: string;
  hint: string;
}

/** What this run will record, by what it is and how much it needs: Kubernetes allows 1 MiB each. Errors: `ConfigurationError`. */
export async function requireSizes(run: Deps, plan: Plan): Promise<void> {
  const tooLarge = (await storedBy(run, plan)).filter(({ bytes }) => bytes > SECRET_LIMIT);
  if (tooLarge.length === 0) return;
  const lines = tooLarge.map(
    ({ what, bytes, of }) => `${what} needs ${kib(bytes)}, ${kib(bytes - SECRET_LIMIT)} more than a Secret holds${of}`,
  );
  throw new ConfigurationError(`What this deploy has to record is too large: ${lines.join('; ')}`, {
    hint: [...new Set(tooLarge.map(({ hint }) => hint))].join('\n'),
  });
}

/** What this run will record, and how much it needs. */
export async function storedBy(run: Deps, plan: Plan): Promise<Stored[]> {
  const { items } = await run.kubernetes.list(SERVICE);
  const names = plan.split.services.map(({ name }) => name);
  const sixes = items.some(({ spec }) => spec?.clusterIP?.includes(':'));
  // As long as they can be, and as different: a color's Services have no addresses yet.
  const split = plan.warm
    ? plan.split
    : plan.splitFor(plan.color, Object.fromEntries(names.map((name) => [name, longAddress(name, sixes)])));
  const ofRelease = (part: PartChart) => releaseBytes(part, plan.values) + RESERVE;
  const base = plan.base === 'same' ? undefined : (await expansionOf(run, { ...plan, split })).part;
  const texts = 'Move large files out of the ConfigMaps and Secrets of the chart (into the image, a volume or object storage).';
  const aliases = `Each pod holds the names of ${names.length} Services: set stack: active, or make several charts of this one.`;
  return [
    ...(base ? [{ what: 'the Helm release of what both colors share', bytes: ofRelease(base), of: '', hint: texts }] : []),
    ...(plan.warm
      ? []
      : [{ what: `the Helm release of ${plan.color}`, bytes: ofRelease(split.color), of: '', hint: names.length > 100 ? aliases : texts }]),
    await journalOf(run, plan, stableServices(items, run.options.release)),
  ];
}

/** The journal with this deploy in flight, at its longest: after the proof. Old entries are shortened first. */
async function journalOf(run: Deps, { split, color }: Plan, live: ReturnType<typeof stableServices>): Promise<Stored> {
  const { journal } = run.journal;
  const moves = split.services.map(({ name, selector, ports }) => {
    const now = live.find((one) => one.name === name);
    const from = now?.selector ?? { ...selector, [COLOR_LABEL]: color };
    return {
      name,
      from,
      to: { ...selector, [COLOR_LABEL]: color },
      ports: now && !samePorts(now.ports, ports) && { from: now.ports, to: ports },
    };
  });
  const deployed = {
    images: [...new Set(split.images.map(({ image }) => image))],
    services: split.services.map(({ name }) => name),
    replicas: Object.fromEntries(split.workloads.map(({ name, replicas }) => [name, replicas])),
    smoke: run.options.smoke,
    migrations: migrationsOf(split),
  };
  const secrets = await formerSecrets(run);
  // What the history will hold is in flight before, and for a while in both.
  const own = bytesOf({ moves, deployed: [deployed, deployed] }) + secrets + RESERVE;
  const short = fitted(journal, SECRET_LIMIT - own);
  const parts: [string, number][] = [
    ['former values of the input "secrets"', secrets],
    [`${moves.length} Services`, bytesOf(moves)],
    [`${run.options.smoke.length} checks`, 2 * bytesOf(deployed.smoke)],
    ['the newest versions that served', bytesOf(short.history)],
  ];
  const sorted = parts.toSorted(([, one], [, other]) => other - one).map(([name, bytes]) => `${name} ${kib(bytes)}`);
  return {
    what: 'the journal',
    bytes: bytesOf(short) + own,
    of: ` (${sorted.join(', ')})`,
    hint: 'Apply large Secrets beside the chart instead of with the input "secrets"; make several charts of this one.',
  };
}

/** Bytes, in base64, of what Secrets hold that the input `secrets` names: recorded, so that they can go back. */
async function formerSecrets({ kubernetes, options }: Deps): Promise<number> {
  const { secrets = [] } = options as Partial<DeployOptions>;
  const live = await Promise.all([...new Set(secrets.map(({ name }) => name))].map((name) => kubernetes.get({ ...SECRET, name })));
  return live.reduce((sum, secret) => sum + (secret ? bytesOf(secret.data ?? {}) : 0), 0);
}

const kib = (bytes: number): string => `${Math.ceil(bytes / 1024)} KiB`;

/** An address of the greatest length that looks like no other, so that compressing gains as little as it can. */
function longAddress(name: string, six: boolean): string {
  const digest = createHash('sha256').update(name).digest();
  if (!six) return [0, 1, 2, 3].map((index) => 100 + ((digest[index] ?? 0) % 156)).join('.');
  return Array.from({ length: 8 }, (_, index) => (0x1000 + (digest.readUInt16BE(index * 2) % 0xf000)).toString(16)).join(':');
}
