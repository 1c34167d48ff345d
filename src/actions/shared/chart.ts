import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../../interfaces/errors.ts';
import { nameOf } from '../../interfaces/image-reference.ts';
import { gunzip } from '../../interfaces/reading/gunzip.ts';
import { filesInTar } from '../../interfaces/reading/tar.ts';
import { parseYaml } from '../../interfaces/reading/yaml.ts';
import { fieldAt } from '../../interfaces/values.ts';
import type { Paths } from './paths.ts';

/** What Helm is given as the chart, and the chart's name, which is the default release. */
interface NamedChart {
  reference: string;
  name: string;
}

/** As large as Helm takes them. */
const LARGEST = 100 * 1024 * 1024;

/** A folder with a Chart.yaml, a packed chart (`helm package`), or an OCI reference. Throws ConfigurationError. */
export function readChart(value: string, paths: Paths): NamedChart {
  if (value.startsWith('oci://')) return inRegistry(value);
  if (/\.(tgz|tar\.gz)$/.test(value)) return packed(value, paths);
  const folder = paths.chart(value, 'Input "chart" names');
  const file = join(folder, 'Chart.yaml');
  if (!existsSync(file)) throw new ConfigurationError(`Input "chart" names ${value}, which has no Chart.yaml`);
  return { reference: folder, name: nameIn(readFileSync(file, 'utf8'), `${value}/Chart.yaml`) };
}

function inRegistry(value: string): NamedChart {
  if (!/^oci:\/\/[^\s/]+\/[^\s]+$/.test(value)) {
    throw new ConfigurationError(`Input "chart" is "${value}": not an OCI reference (allowed: oci://registry/path/chart)`);
  }
  return { reference: value, name: nameOf(value.slice('oci://'.length)).split('/').at(-1) ?? '' };
}

/** Its one folder is named after the chart; a subchart's Chart.yaml is deeper. */
function packed(value: string, paths: Paths): NamedChart {
  const file = paths.file(value, 'Input "chart" names');
  const wrong = (why: string) =>
    new ConfigurationError(`Input "chart" names ${value}, which is no packed chart: ${why}`, { hint: 'helm package <folder> makes one.' });
  const archive = gunzip(readFileSync(file), LARGEST, wrong);
  for (const { name, content } of filesInTar(archive, wrong)) {
    if (/^(\.\/)?[^/]+\/Chart\.yaml$/.test(name)) return { reference: file, name: nameIn(content.toString('utf8'), `${value}/${name}`) };
  }
  throw wrong('it has no Chart.yaml');
}

function nameIn(text: string, what: string): string {
  const name = fieldAt(parseYaml(text, what), 'name');
  if (typeof name !== 'string' || name === '') throw new ConfigurationError(`${what} has no name`);
  return name;
}
