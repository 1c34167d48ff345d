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
export function releaseBytes(part: PartChart, config?: Record<string, unknown>): number {
  return inBase64(gzipSync(recordOf(part, config), { level: 9 }).length);
}

/** What Helm writes down of a part's release. */
function recordOf(part: PartChart, config: Record<string, unknown> = {}): string {
  const files = Object.entries(part.templates).map(([name, content]) => ({ name, data: Buffer.from(content).toString('base64') }));
  const manifest = Object.entries(part.templates)
    .map(([name, content]) => `---\n# Source: ${part.chart.name}/templates/${name}\n${content}`)
    .join('');
  return JSON.stringify({ info: {}, chart: { metadata: part.chart, files }, config, manifest });
}

const inBase64 = (bytes: number): number => Math.ceil(bytes / 3) * 4;

export function sizeRefusals(parts: { base: PartChart; color: PartChart }, aliases: number): Finding[] {
  return Object.entries(parts)
    .filter(([, part]) => !surelyFits(part))
    .map(([name, part]): [string, number] => [name, releaseBytes(part)])
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

/** Not compressed it would fit, too: deflate makes nothing larger by more than a thousandth. */
const surelyFits = (part: PartChart): boolean => inBase64(Buffer.byteLength(recordOf(part)) * 1.001) + RESERVE <= SECRET_LIMIT;
