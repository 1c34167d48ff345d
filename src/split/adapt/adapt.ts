import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { titleOf } from '../kinds/objects.ts';
import type { Finding, PreviewRules } from '../model.ts';
import { cap, storageShare } from './caps.ts';
import { hostsOf, rewriteHosts } from './doors.ts';
import { hostMap } from './hosts.ts';
import { whyLeftOut } from './left-out.ts';
import { keepOutOfSearch } from './noindex.ts';
import { markOwn } from './own.ts';
import { confine } from './pods.ts';

interface Parts<Manifest, Hook> {
  manifests: Manifest[];
  hooks: Hook[];
}

/**
 * The chart as a preview of it is deployed: with the preview's hosts, without what must not run there, and capped. The objects are changed in
 * place; what was changed is said, hosts aside.
 */
export function adaptToPreview<Manifest extends { object: KubernetesObject }, Hook extends { object: KubernetesObject }>(
  { manifests, hooks }: Parts<Manifest, Hook>,
  rules: PreviewRules,
  namespace: string,
): Parts<Manifest, Hook> & { adapted: Finding[] } {
  const adapted: Finding[] = [];
  const say = (object: KubernetesObject, message: string): void => void adapted.push({ object: titleOf(object), message });
  const stays = ({ object }: { object: KubernetesObject }): boolean => {
    const why = whyLeftOut(object, rules, namespace);
    if (why !== undefined) say(object, `left out: ${why}`);
    return why === undefined;
  };
  const kept = { manifests: manifests.filter(stays), hooks: hooks.filter(stays) };
  const objects = [...kept.manifests, ...kept.hooks].map(({ object }) => object);
  const map = hostMap(hostsOf(objects), rules.host);
  const share = storageShare(objects, rules);
  const { own = {} } = rules;
  // Before any of them is marked: what a Service selects is asked of the chart's own labels.
  for (const object of objects) for (const line of markOwn(object, own, objects)) say(object, line);
  for (const object of objects) {
    rewriteHosts(object, map, rules.tlsSecret);
    if (rules.noindex) keepOutOfSearch(object, rules.noindex, namespace);
    for (const line of [...cap(object, rules, share), ...confine(object, rules)]) say(object, line);
  }
  return { ...kept, adapted };
}
