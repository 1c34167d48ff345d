import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { kindOf, titleOf } from '../kinds/objects.ts';
import { containersOf, podTemplateOf } from '../kinds/pods.ts';
import type { Finding, SplitInput } from '../model.ts';
import { serviceNames } from '../render/host-aliases.ts';
import type { Classified } from '../sort/classify.ts';

/** What bypasses the hosts file, as far as a chart shows it: these lookups find the active color. */
const PAST_THE_HOSTS_FILE: readonly { pattern: RegExp; what: string }[] = [
  { pattern: /^[ \t]*resolver\s[^;]{1,500};/m, what: 'an nginx resolver' },
  { pattern: /_[a-z0-9-]+\._(?:tcp|udp)\./i, what: 'an SRV look-up' },
  { pattern: /\.svc(?:\.cluster\.local)?\.(?=[:/\s"']|$)/, what: 'a name with a trailing dot' },
];

export function stackWarnings(input: SplitInput, classified: Classified): Finding[] {
  if (input.stack !== 'own' || classified.plans.length === 0) {
    return [];
  }
  const names = new Set(classified.plans.flatMap((plan) => serviceNames(plan.name, input.namespace)));
  return [
    ...classified.copied.filter((object) => kindOf(object) === '/ConfigMap').flatMap((object) => lookUps(object, texts(object.data))),
    ...classified.own.flatMap((object) => [
      ...lookUps(
        object,
        containersOf(podTemplateOf(object)?.spec).flatMap((container) => texts([container.args, container.command, container.env])),
      ),
      ...hostsFile(object, names),
    ]),
  ];
}

function lookUps(object: KubernetesObject, found: readonly string[]): Finding[] {
  return PAST_THE_HOSTS_FILE.filter(({ pattern }) => found.some((text) => pattern.test(text))).map(({ what }) => ({
    object: titleOf(object),
    message: `has ${what}, which bypasses the hosts file: it finds the active color, not the pod's own`,
    hint: 'Use plain names of Services, or stack: active if that is what you want.',
  }));
}

function hostsFile(object: KubernetesObject, names: ReadonlySet<string>): Finding[] {
  const spec = podTemplateOf(object)?.spec;
  const mounted = containersOf(spec).some((container) => container.volumeMounts?.some((mount) => mount.mountPath === '/etc/hosts'));
  const taken = (spec?.hostAliases ?? []).flatMap((alias) => alias.hostnames ?? []).filter((name) => names.has(name));
  return [
    ...(mounted ? [{ object: titleOf(object), message: 'mounts its own /etc/hosts: its calls find the active color, not its own' }] : []),
    ...taken.map((name) => ({ object: titleOf(object), message: `its own hostAliases define ${name}: it is left as it is` })),
  ];
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') {
    return [value];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}
