import { existsSync, readFileSync } from 'node:fs';
import { accessWith, ownAccess, PART_VERBS, WATCH_VERBS } from '../../../src/deploy/preflight/access.ts';
import { ROUTES } from '../../../src/interfaces/gateway.ts';
import { type AccessReview, groupOf } from '../../../src/interfaces/kubernetes.ts';
import { KINDS } from '../../../src/split/kinds/rows.ts';

/** One line of the API server's audit log, what is read of it. */
interface Event {
  verb: string;
  userAgent?: string;
  requestURI: string;
  objectRef?: { resource?: string; namespace?: string; name?: string; apiGroup?: string; subresource?: string };
}

const wordsOf = ({ verb, group, resource, subresource }: AccessReview): string =>
  `${verb} ${[group, resource, subresource].filter(Boolean).join('/')}`;

/** What a deploy may look at where it can, as the comments of its role.yaml say. */
const OPTIONAL = [
  'get namespaces',
  'get persistentvolumeclaims',
  'list nodes',
  'list resourcequotas',
  'list networking.k8s.io/networkpolicies',
];
/** What everybody may ask. */
const EVERYBODY = /^create authorization.k8s.io\/selfsubject/;
/** Where a chart has definitions, runs wait until their objects are served. */
const DEFINITIONS = ['list', 'watch'].map((verb) => `${verb} apiextensions.k8s.io/customresourcedefinitions`);
/** Where a chart has routes, runs wait for what Gateways say of them. */
const ROUTED = ROUTES.flatMap(({ ref, plural }) => WATCH_VERBS.map((verb) => `${verb} ${groupOf(ref)}/${plural}`));
const ALLOWED = new Set([...[...ownAccess('any'), ...KINDS.flatMap(accessWith)].map(wordsOf), ...OPTIONAL, ...DEFINITIONS, ...ROUTED]);
/** Kinds that no chart holds by itself: nothing beyond the rules above. */
const NEVER_PARTS = ['events', 'coordination.k8s.io/leases', 'discovery.k8s.io/endpointslices', 'apps/replicasets', 'nodes', 'namespaces'];

/** Pure: what was done beyond the Role, a line a kind of call with an example. */
export function beyondTheRole(log: string): string[] {
  const beyond = new Map<string, string>();
  for (const line of log.split('\n').filter(Boolean)) {
    const { verb, userAgent = '', requestURI, objectRef }: Event = JSON.parse(line);
    // Discovery, the version: no objects.
    if (!objectRef?.resource) continue;
    const { apiGroup: group = '', resource, subresource } = objectRef;
    const words = wordsOf({ verb, group, resource, subresource });
    const kind = words.slice(verb.length + 1);
    // A chart may hold a Namespace; the product itself makes none. Helm waits for a hook by a watch of its kind.
    const helms = /^Helm\b/.test(userAgent) || /[?&]fieldManager=helm(&|$)/.test(requestURI);
    const verbs = helms ? [...PART_VERBS, 'list', 'watch'] : PART_VERBS;
    const isPart = subresource === undefined && verbs.includes(verb) && (!NEVER_PARTS.includes(kind) || (helms && kind === 'namespaces'));
    if (ALLOWED.has(words) || EVERYBODY.test(words) || isPart) continue;
    beyond.set(`${words}, by ${userAgent.split(/[ /]/)[0]}`, requestURI.slice(0, 160));
  }
  return [...beyond].map(([words, example]) => `${words}: ${example}`);
}

/** Errors: with what runs of the product did beyond the Role, by the audit log. */
export function requireWithinRole(path: string): void {
  const beyond = existsSync(path) ? beyondTheRole(readFileSync(path, 'utf8')) : [];
  if (beyond.length > 0) throw new Error(`Runs did what the shipped Role does not allow:\n${beyond.join('\n')}`);
}
