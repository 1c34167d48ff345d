import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { HelmChartMetadata, PartChart } from '../../interfaces/helm.ts';

const ESCAPED = '{{"{{"}}';

/** Text that Helm must not evaluate, as a template that gives exactly this text. */
export const escapeTemplate = (content: string): string => content.replaceAll('{{', ESCAPED);
/** The inverse of `escapeTemplate`. */
export const unescapeTemplate = (template: string): string => template.replaceAll(ESCAPED, '{{');

/** File name → content of the chart folder (JSON is YAML). */
export function chartFiles({ chart, templates }: PartChart): Record<string, string> {
  const { name, version, appVersion, description, annotations } = chart;
  const metadata = {
    apiVersion: 'v2',
    type: 'application',
    name,
    version,
    appVersion,
    description,
    annotations,
  };
  const files = Object.entries(templates).map(([file, content]) => [`templates/${checked(file)}`, escapeTemplate(content)]);
  return { 'Chart.yaml': `${JSON.stringify(metadata, null, 2)}\n`, ...Object.fromEntries(files) };
}

function checked(file: string): string {
  if (/^[\w.-]+(\/[\w.-]+)*$/.test(file) && !file.split('/').includes('..')) return file;
  throw new ConfigurationError(`"${file}" is not a name for a template file`);
}

export function writeChart(folder: string, part: PartChart): void {
  for (const [file, content] of Object.entries(chartFiles(part))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content, { mode: 0o600 });
  }
}

interface RecordedChart {
  metadata?: HelmChartMetadata | null;
  templates?: { name: string; data: string }[] | null;
}

/** The part chart as it was packed, from what a release recorded. */
export function fromRecorded({ metadata, templates }: RecordedChart): PartChart {
  const { name = '', version = '', appVersion, description, annotations } = metadata ?? { name: '', version: '' };
  return {
    chart: { name, version, appVersion, description, annotations },
    templates: Object.fromEntries(
      (templates ?? []).map((file) => [
        file.name.replace(/^templates\//, ''),
        unescapeTemplate(Buffer.from(file.data, 'base64').toString('utf8')),
      ]),
    ),
  };
}
