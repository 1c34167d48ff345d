import type { PartChart } from '../../interfaces/helm.ts';
import { isA, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import { colorServiceName, splitOfRecorded } from '../../split/index.ts';
import { serviceSpec } from '../../split/kinds/fields.ts';
import { podTemplateOf } from '../../split/kinds/pods.ts';
import type { Color, SplitResult } from '../../split/model.ts';
import { unpack } from '../../split/part/pack.ts';
import { recordOf } from '../../split/part/record.ts';
import { ownPart } from '../base/recorded.ts';
import { colorRelease, SERVICE } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';
import type { Deployed } from '../state/model.ts';

type Run = Pick<AppContext, 'helm' | 'options' | 'kubernetes' | 'journal'>;

/** What Helm recorded of an app: what was deleted by hand is made again from it. */
export class Records {
  readonly #run: Run;
  #base: Promise<PartChart | undefined> | undefined;

  constructor(run: Run) {
    this.#run = run;
  }

  /** What both colors share, as it was applied last. */
  base(): Promise<PartChart | undefined> {
    const { helm, options } = this.#run;
    this.#base ??= helm.recordedPart(options.release).then((recorded) => recorded?.part);
    return this.#base;
  }

  color(color: Color, revision: number): Promise<{ part: PartChart; values: Record<string, unknown> } | undefined> {
    return this.#run.helm.recordedPart(colorRelease(this.#run.options.release, color), revision);
  }

  /**
   * A stable Service as Helm made it. Where the base's release is gone with it, as the color of a version knows it: by its ports; the next
   * deploy makes it whole. undefined where nothing knows it.
   */
  async service(name: string): Promise<KubernetesObject | undefined> {
    const base = await this.base();
    const made = (base ? unpack(base) : []).find(({ object }) => isA(object, SERVICE) && object.metadata.name === name)?.object;
    const found = made ?? (await this.#known(name));
    if (!found) return undefined;
    const { namespace } = this.#run.kubernetes;
    const labels = { ...found.metadata.labels, 'app.kubernetes.io/managed-by': 'Helm' };
    const owner = { 'meta.helm.sh/release-name': this.#run.options.release, 'meta.helm.sh/release-namespace': namespace };
    return { ...found, metadata: { ...found.metadata, namespace, labels, annotations: { ...found.metadata.annotations, ...owner } } };
  }

  async #known(name: string): Promise<KubernetesObject | undefined> {
    const { history, inFlight } = this.#run.journal.journal;
    for (const entry of [...history, ...(inFlight?.deployed ? [inFlight.deployed] : [])]) {
      if (!entry.services.includes(name)) continue;
      const recorded = await this.color(entry.color, entry.colorRevision);
      const plan = recorded && recordOf(recorded.part)?.services.find((one) => one.name === name);
      if (plan) return { ...SERVICE, metadata: { name }, spec: { ports: plan.ports } };
    }
    return undefined;
  }

  /** A Service as the base of a version made it; undefined where that is not recorded, or had none of that name. */
  async serviceOf({ baseRevision }: Deployed, name: string): Promise<KubernetesObject | undefined> {
    const recorded = ownPart(await this.#run.helm.recordedPart(this.#run.options.release, baseRevision));
    return (recorded ? unpack(recorded.part) : []).find(({ object }) => isA(object, SERVICE) && object.metadata.name === name)?.object;
  }

  /** What the split made of a version, for its own color; undefined where nothing recorded it. */
  async split({ color, colorRevision, partHash, baseHash, url }: Deployed): Promise<SplitResult | undefined> {
    const [base, recorded] = await Promise.all([this.base(), this.color(color, colorRevision)]);
    if (!base || !recorded || !recordOf(recorded.part)) return undefined;
    const { options, kubernetes } = this.#run;
    const parts = { base, color: recorded.part, from: color, partHash, baseHash, url };
    return splitOfRecorded({ app: options.release, namespace: kubernetes.namespace, ...parts }, color, {});
  }

  /** A version's color Services, each with the address that its pods know; empty where nothing recorded them. */
  async colorServices(entry: Deployed): Promise<KubernetesObject[]> {
    const [split, recorded] = await Promise.all([this.split(entry), this.color(entry.color, entry.colorRevision)]);
    const known = recorded ? addressesIn(recorded.part) : new Map<string, string>();
    const stable = new Map((split?.services ?? []).map(({ name }) => [colorServiceName(name, entry.color), name]));
    return (split?.colorServices ?? []).map((service) => {
      const clusterIP = known.get(stable.get(service.metadata.name) ?? '');
      return clusterIP === undefined ? service : { ...service, spec: { ...serviceSpec(service), clusterIP } };
    });
  }
}

/** Where pods of a part look for each Service. */
function addressesIn(part: PartChart): Map<string, string> {
  const aliases = unpack(part).flatMap(({ object }) => podTemplateOf(object)?.spec?.hostAliases ?? []);
  return new Map(aliases.flatMap(({ ip, hostnames = [] }) => (ip ? hostnames.map((name) => [name, ip] as const) : [])));
}
