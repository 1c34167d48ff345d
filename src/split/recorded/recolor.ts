import type { LabelSelector } from 'kubernetes-types/meta/v1.d.ts';
import type { PartChart } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { textsIn, workloadSpec } from '../kinds/fields.ts';
import { kindOf } from '../kinds/objects.ts';
import { changeTextAt } from '../kinds/paths.ts';
import { podTemplateOf } from '../kinds/pods.ts';
import { renameReferences } from '../kinds/references.ts';
import { rowOf } from '../kinds/rows.ts';
import { COLOR_LABEL, type Color } from '../model.ts';
import { unpack, write } from '../part/pack.ts';
import { affinityTerms } from '../render/affinity.ts';
import { type Addresses, serviceNames } from '../render/host-aliases.ts';
import { serviceConfigName } from '../render/service-env.ts';

export interface Recolor {
  app: string;
  namespace: string;
  from: Color;
  to: Color;
  /** ClusterIP of each color Service of `to`, by stable Service name. */
  addresses: Addresses;
}

/**
 * A recorded color part as the other color's. What depends on the color is in a closed list of places: the names of the part's own
 * objects and references to them, the color label and selectors of it, host aliases with a Service's four names, and the ConfigMap
 * `<app>-services-<color>`. The part's hash stays: it is the same version.
 */
export function recolor(part: PartChart, options: Recolor): PartChart {
  const files = unpack(part);
  const own = new Set(files.map(({ object }) => `${kindOf(object)}/${object.metadata.name}`));
  const suffix = `-${options.from}`;
  const rename = (name: string) => (name.endsWith(suffix) ? `${name.slice(0, -suffix.length)}-${options.to}` : name);
  for (const { object } of files) {
    if (kindOf(object) === '/ConfigMap' && object.metadata.name === serviceConfigName(options.app, options.from)) {
      readdress(object, options.addresses);
    }
    relabel(object, options);
    realias(object, options);
    const makes = rowOf(object)?.makes;
    if (makes !== undefined) {
      changeTextAt(object, makes, rename);
    }
    renameReferences(object, (kind, name) => (own.has(`${kind}/${name}`) ? rename(name) : name));
  }
  return { chart: part.chart, templates: write(files) };
}

function relabel(object: KubernetesObject, { from, to }: Recolor): void {
  const spec = podTemplateOf(object)?.spec;
  const selectors: (LabelSelector | undefined)[] = [
    workloadSpec(object).selector,
    ...affinityTerms(spec?.affinity).map((term) => term.labelSelector),
    ...(spec?.topologySpreadConstraints ?? []).map((constraint) => constraint.labelSelector),
  ];
  const labels = [object.metadata.labels, podTemplateOf(object)?.metadata?.labels, ...selectors.map((selector) => selector?.matchLabels)];
  for (const one of labels) {
    if (one?.[COLOR_LABEL] === from) {
      one[COLOR_LABEL] = to;
    }
  }
  for (const expression of selectors.flatMap((selector) => selector?.matchExpressions ?? [])) {
    if (expression.key === COLOR_LABEL && expression.operator === 'NotIn') {
      expression.values = (expression.values ?? []).map((value) => (value === to ? from : value));
    }
  }
}

/** Other names of a Service have its address, too. */
function realias(object: KubernetesObject, { addresses, namespace }: Recolor): void {
  const aliases = podTemplateOf(object)?.spec?.hostAliases ?? [];
  const moved = new Map(
    aliases.flatMap(({ ip, hostnames: names = [] }) => {
      const service = Object.keys(addresses).find(
        (one) => names.length > 0 && names.every((name) => serviceNames(one, namespace).includes(name)),
      );
      return service === undefined ? [] : [[ip, addresses[service]] as const];
    }),
  );
  for (const alias of aliases) {
    const ip = moved.get(alias.ip);
    if (ip !== undefined) {
      alias.ip = ip;
    }
  }
}

/** Puts the new addresses into the variables of each Service, which all hold its old one. */
function readdress(config: KubernetesObject, addresses: Addresses): void {
  const data = textsIn(config, 'data');
  for (const [service, ip] of Object.entries(addresses)) {
    const prefix = `${service.replaceAll('-', '_').toUpperCase()}_`;
    const old = data[`${prefix}SERVICE_HOST`];
    const inUrl = (address: string | undefined) => `//${address?.includes(':') ? `[${address}]` : address}:`;
    for (const [name, value] of Object.entries(data)) {
      if (old !== undefined && name.startsWith(prefix)) {
        data[name] = value === old ? ip : value.replace(inUrl(old), inUrl(ip));
      }
    }
  }
}
