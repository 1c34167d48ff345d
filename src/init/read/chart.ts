import { ConfigurationError } from '../../interfaces/errors.ts';
import { hostOf, nameOf, parseImage } from '../../interfaces/image-reference.ts';
import { fieldAt, isMap } from '../../interfaces/values.ts';
import type { ChartImage, Checkout, FoundChart } from '../model.ts';
import { below, fileOf, folderOf } from './names.ts';
import { yamlOf } from './yaml.ts';

/** Values for where users are; those for a developer's machine are not. */
const PRODUCTION = /^values[-._](prod(uction)?)\.ya?ml$/i;
const ASIDE = /(^|\/)(node_modules|vendor|tests?|testdata|fixtures|examples?)\//;
/** On charts that init wrote: they are read as what they were made from. */
export const OWN_CHART = 'todo-deploy.dev/written-by';

/** Returns the chart to deploy; undefined where there is none. Throws ConfigurationError where it cannot be said which. */
export function findChart(checkout: Checkout, named: string | undefined): FoundChart | undefined {
  const files = checkout.files.filter((path) => fileOf(path) === 'Chart.yaml');
  if (named !== undefined) return files.includes(below(named, 'Chart.yaml')) ? readChart(checkout, named) : undefined;
  const folders = files.map(folderOf);
  const charts = folders
    .filter((folder) => !ASIDE.test(`${folder}/`))
    // Subcharts are part of another one.
    .filter((folder) => !folders.some((other) => other !== folder && folder.startsWith(other === '.' ? 'charts/' : `${other}/charts/`)))
    .filter((folder) => fieldAt(yamlOf(checkout.read(below(folder, 'Chart.yaml'))), 'type') !== 'library');
  const [only, ...more] = charts;
  if (only === undefined) return undefined;
  if (more.length === 0) return readChart(checkout, only);
  throw new ConfigurationError(`There are ${charts.length} charts, and nothing says which one is the app: ${charts.join(', ')}`, {
    hint: `Name it: --chart ${only}`,
  });
}

/** Whether init wrote it. */
export const isOwnChart = (checkout: Checkout, folder: string): boolean =>
  fieldAt(yamlOf(checkout.read(below(folder, 'Chart.yaml'))), 'annotations', OWN_CHART) !== undefined;

function readChart(checkout: Checkout, folder: string): FoundChart {
  const inChart = checkout.files.filter((path) => folder === '.' || path.startsWith(`${folder}/`));
  const valueFiles = inChart.filter((path) => folderOf(path) === folder && PRODUCTION.test(fileOf(path)));
  const templates = inChart.filter((path) => /\/templates\/.*\.(ya?ml|tpl)$/.test(`/${path}`)).map((path) => checkout.read(path) ?? '');
  const images = [below(folder, 'values.yaml'), ...valueFiles].flatMap((path) => valueImages(yamlOf(checkout.read(path)), []));
  // Later files win.
  const byPath = new Map(images.map((image) => [String(image.path), image]));
  return {
    folder,
    name: String(fieldAt(yamlOf(checkout.read(below(folder, 'Chart.yaml'))), 'name') ?? ''),
    valueFiles,
    images: [...byPath.values(), ...templates.flatMap(templateImages)],
    kinds: templates.flatMap(kindsIn),
  };
}

/** `{repository, tag}`, with or without `registry`; or the whole reference as text under a name that says `image`. */
function valueImages(value: unknown, path: readonly string[]): ChartImage[] {
  if (!isMap(value)) return [];
  const { repository, registry } = value;
  const here = path.at(-1) ?? '';
  if (typeof repository === 'string' && repository !== '' && (/image/i.test(here) || 'tag' in value)) {
    const hasRegistry = typeof registry === 'string' && registry !== '';
    return [{ path, hasRegistry, isText: false, repository: hasRegistry ? `${registry}/${repository}` : repository }];
  }
  return Object.entries(value).flatMap(([key, one]): ChartImage[] => {
    if (typeof one !== 'string' || !/image$/i.test(key)) return valueImages(one, [...path, key]);
    return parseImage(one).reference ? [{ path: [...path, key], hasRegistry: false, isText: true, repository: nameOf(one) }] : [];
  });
}

/** `image: ghcr.io/acme/web:{{ .Values.tag }}`: what stands before the first expression. */
function templateImages(text: string): ChartImage[] {
  const found = text.matchAll(/^\s*(?:- )?image:\s*["']?([a-z0-9][\w./-]*(?::\d+\/[\w./-]+)?)(?=[:@"'\s]|\{\{|$)/gm);
  return [...found].flatMap(([, name = '']) =>
    parseImage(name).reference ? [{ path: undefined, hasRegistry: false, isText: true, repository: name }] : [],
  );
}

/** What the templates make. An API version that is an expression is the one of the kind that people mean. */
function kindsIn(text: string): { apiVersion: string; kind: string }[] {
  return text.split(/^---\s*$/m).flatMap((document) =>
    [...document.matchAll(/^kind:\s*["']?([A-Z]\w+)/gm)].map(([, kind = '']) => {
      const [, version = ''] = /^apiVersion:\s*["']?([\w./-]+)/m.exec(document) ?? [];
      return { apiVersion: version, kind };
    }),
  );
}

/** Pure: whether this name leads to a registry of one's own, rather than to a program that others publish. */
export const isOwnRegistry = (repository: string): boolean => hostOf(repository) !== 'docker.io' || repository.includes('/');
