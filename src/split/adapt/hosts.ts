import { createHash } from 'node:crypto';
import { fitted } from '../kinds/colored.ts';

/** Kubernetes' limit for one label of a host name. */
const LABEL = 63;

/** The preview's name for each host of the chart; '' stands for all hosts. */
export type HostMap = ReadonlyMap<string, string>;

/**
 * Pure: the preview's hosts for those of the chart, in the chart's order. The first one, and one that stands for all, is the preview's own
 * host. Any other one is one label beside it, so that one wildcard certificate and one DNS record cover all: `api-pr-7-todo.example.com`.
 * Wildcards get none: they would take what is other previews'.
 */
export function hostMap(hosts: readonly string[], main: string): HostMap {
  const dot = main.indexOf('.');
  const [label, domain] = [main.slice(0, dot), main.slice(dot)];
  const map = new Map<string, string>([['', main]]);
  const taken = new Set([main]);
  const concrete = [...new Set(hosts)].filter((host) => host !== '' && !isWildcard(host));
  for (const [index, host] of concrete.entries()) {
    const word = host.split('.')[0] ?? '';
    const beside = (prefix: string): string => `${fitted(`${prefix}-${label}`, LABEL)}${domain}`;
    const names = index === 0 ? [main] : [beside(word), beside(host.replaceAll('.', '-')), beside(`${word}-${hashOf(host).slice(0, 8)}`)];
    const name = names.find((one) => !taken.has(one)) ?? names.at(-1) ?? main;
    taken.add(name);
    map.set(host, name);
  }
  return map;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

export const isWildcard = (host: string): boolean => host.startsWith('*');

/** Pure: a text with the chart's hosts in it, as the preview's; a host within a longer one is another host. */
export function replaceHosts(text: string, map: HostMap): string {
  return text.replace(/[a-z0-9*][a-z0-9.-]*[a-z0-9]/gi, (word) => map.get(word.toLowerCase()) ?? word);
}
