import { ProcessError } from '../../../src/interfaces/errors.ts';
import type { HelmRelease, PartChart } from '../../../src/interfaces/helm.ts';
import type { Kubernetes } from '../../../src/interfaces/kubernetes.ts';
import type { Secret } from '../../../src/interfaces/objects.ts';
import { releaseSecret, SECRET } from '../../../src/tools/helm/release-secret.ts';

/** What Helm keeps of a revision. */
export interface Record {
  name: string;
  version: number;
  info: { status: string; description: string; last_deployed: string };
  chart: { metadata: PartChart['chart']; templates: { name: string; data: string }[] };
  config: { [value: string]: unknown };
  manifest: string;
}

/** A record as it is in the cluster. */
export interface Kept {
  secret: Secret;
  record: Record;
}

/** As Helm does. */
const HISTORY = 30;

/** As texts, so that the same Secret gives the same record at no cost. */
const decoded = new Map<string, Record>();

export function decode(secret: Secret): Record {
  const text = secret.data?.release ?? '';
  const known = decoded.get(text);
  if (known) return known;
  // Not compressed: Helm reads that too.
  const record = JSON.parse(Buffer.from(Buffer.from(text, 'base64').toString('latin1'), 'base64').toString('utf8')) as Record;
  if (decoded.size > 200) decoded.clear();
  decoded.set(text, record);
  return record;
}

const encode = (record: Record): string => Buffer.from(Buffer.from(JSON.stringify(record)).toString('base64'), 'latin1').toString('base64');

export const releaseOf = ({ name, version, info, chart }: Record, namespace: string): HelmRelease => ({
  name,
  namespace,
  revision: version,
  status: info.status,
  chart: `${chart.metadata.name}-${chart.metadata.version}`,
  appVersion: chart.metadata.appVersion ?? '',
  updated: info.last_deployed,
  description: info.description,
});

/** What Helm prints and ends with. */
export const helmError = (stderr: string): ProcessError =>
  new ProcessError({ command: ['helm', 'upgrade'], exitCode: 1, stderr: `Error: ${stderr}` });

/** The releases of a namespace: a Secret a revision. */
export class Records {
  readonly #kubernetes: Kubernetes;

  constructor(kubernetes: Kubernetes) {
    this.#kubernetes = kubernetes;
  }

  /** Oldest first. */
  async all(release: string): Promise<Kept[]> {
    const { items } = await this.#kubernetes.list(SECRET, { labelSelector: `name=${release},owner=helm` });
    return items.map((secret) => ({ secret, record: decode(secret) })).sort((one, other) => one.record.version - other.record.version);
  }

  async get(release: string, version: number): Promise<Kept | undefined> {
    const secret = await this.#kubernetes.get(releaseSecret(release, version));
    return secret && { secret, record: decode(secret) };
  }

  async create(record: Record, known: readonly Kept[]): Promise<Kept> {
    const deployed = known.findLast((one) => one.record.info.status === 'deployed');
    const old = known.slice(0, Math.max(0, known.length + 1 - HISTORY)).filter((one) => one !== deployed);
    for (const { secret } of old) await this.#kubernetes.delete({ ...SECRET, name: secret.metadata.name });
    const labels = { name: record.name, owner: 'helm', status: record.info.status, version: String(record.version) };
    const secret: Secret = {
      ...SECRET,
      kind: 'Secret',
      metadata: { name: releaseSecret(record.name, record.version).name, namespace: this.#kubernetes.namespace, labels },
      type: 'helm.sh/release.v1',
      data: { release: encode(record) },
    };
    return { secret: await this.#kubernetes.create(secret), record };
  }

  async setStatus({ secret, record }: Kept, status: string, description = record.info.description): Promise<Kept> {
    const next = { ...record, info: { ...record.info, status, description } };
    // Helm's storage writes what it has in mind, whatever is there now.
    const { resourceVersion: _, ...metadata } = secret.metadata;
    const written = await this.#kubernetes.replace({
      ...secret,
      metadata: { ...metadata, labels: { ...secret.metadata.labels, status } },
      data: { release: encode(next) },
    });
    return { secret: written, record: next };
  }

  purge = async (kept: readonly Kept[]): Promise<void> => {
    for (const { secret } of kept) await this.#kubernetes.delete({ ...SECRET, name: secret.metadata.name });
  };
}
