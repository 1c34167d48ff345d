import { gzipSync } from 'node:zlib';
import type { PartChart } from '../../interfaces/helm.ts';
import type { Finding } from '../model.ts';

/** Kubernetes' limit for the data of one Secret, in bytes. */
const SECRET_LIMIT = 1024 * 1024;
/** What we do not know here: the user's values, notes, Helm's own bookkeeping. */
const RESERVE = 16 * 1024;

/** From here on the host aliases of all pods are what makes a part large: about 100 bytes a Service in every pod. */
const MANY_ALIASES = 100;

/**
 * Bytes of the Secret in which Helm records the part's release: JSON of the chart (files in base64), of the user's values (`config`) and of
 * the manifest, compressed, in base64.
 */
export function releaseBytes(part: PartChart, config: Record<string, unknown> = {}): number {
  const files = Object.entries(part.templates).map(([name, content]) => ({ name, data: Buffer.from(content).toString('base64') }));
  const manifest = Object.entries(part.templates)
    .map(([name, content]) => `---\n# Source: ${part.chart.name}/templates/${name}\n${content}`)
    .join('');
  const release = JSON.stringify({ info: {}, chart: { metadata: part.chart, files }, config, manifest });
  return Math.ceil(gzipSync(release, { level: 9 }).length / 3) * 4;
}

export function sizeRefusals(bytes: { base: number; color: number }, aliases: number): Finding[] {
  return Object.entries(bytes)
    .filter(([, size]) => size + RESERVE > SECRET_LIMIT)
    .map(([part, size]) => ({
      object: '',
      message: `The ${part} part needs ${Math.ceil(size / 1024)} KiB in Helm's release Secret; Kubernetes allows 1,024`,
      hint:
        part === 'color' && aliases > MANY_ALIASES
          ? `Each pod holds the names of ${aliases} Services: set stack: active, or make several charts of this one.`
          : 'Move large files out of the ConfigMaps and Secrets of the chart (into the image, a volume or object storage).',
    }));
}
