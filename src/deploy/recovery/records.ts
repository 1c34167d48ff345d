import type { PartChart } from '../../interfaces/helm.ts';
import { isA, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import { splitOfRecorded } from '../../split/index.ts';
import { podTemplateOf } from '../../split/kinds/pods.ts';
import type { Color } from '../../split/model.ts';
import { unpack } from '../../split/part/pack.ts';
import { colorRelease, SERVICE } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';
import type { Deployed } from '../state/journal.ts';

/** What Helm recorded of an app: what was deleted by hand is made again from it. */
export class Records {
  readonly #run: Pick<AppContext, 'helm' | 'options' | 'kubernetes'>;
  #base: Promise<PartChart | undefined> | undefined;

  constructor(run: Pick<AppContext, 'helm' | 'options' | 'kubernetes'>) {
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

  /** A stable Service as Helm made it; undefined where the base has none of this name. */
  async service(name: string): Promise<KubernetesObject | undefined> {
    const base = await this.base();
    const found = (base ? unpack(base) : []).find(({ object }) => isA(object, SERVICE) && object.metadata.name === name)?.object;
    if (!found) return undefined;
    const { namespace } = this.#run.kubernetes;
    const labels = { ...found.metadata.labels, 'app.kubernetes.io/managed-by': 'Helm' };
    const owner = { 'meta.helm.sh/release-name': this.#run.options.release, 'meta.helm.sh/release-namespace': namespace };
    return { ...found, metadata: { ...found.metadata, namespace, labels, annotations: { ...found.metadata.annotations, ...owner } } };
  }

  /** A version's color Services, each with the address that its pods know; empty where nothing recorded them. */
  async colorServices(entry: Deployed): Promise<KubernetesObject[]> {
    const [base, recorded] = await Promise.all([this.base(), this.color(entry.color, entry.colorRevision)]);
    if (!base || !recorded) return [];
    const { options, kubernetes } = this.#run;
    const { color, partHash, baseHash, url } = entry;
    const of = { app: options.release, namespace: kubernetes.namespace, base, color: recorded.part, from: color, partHash, baseHash, url };
    const known = addressesIn(recorded.part);
    return splitOfRecorded(of, color, {}).colorServices.map((service) => {
      const clusterIP = known.get(service.metadata.name.slice(0, -color.length - 1));
      return clusterIP === undefined ? service : { ...service, spec: { ...(service.spec as object), clusterIP } };
    });
  }
}

/** Where pods of a part look for each Service. */
function addressesIn(part: PartChart): Map<string, string> {
  const aliases = unpack(part).flatMap(({ object }) => podTemplateOf(object)?.spec?.hostAliases ?? []);
  return new Map(aliases.flatMap(({ ip, hostnames = [] }) => (ip ? hostnames.map((name) => [name, ip] as const) : [])));
}
