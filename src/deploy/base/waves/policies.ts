import type { NetworkPolicySpec } from 'kubernetes-types/networking/v1.d.ts';
import type { KubernetesObject } from '../../../interfaces/kubernetes.ts';
import { specOf } from '../../../split/kinds/fields.ts';
import { waveRuleOf } from '../../../split/kinds/waves.ts';
import { matchesSelector } from '../../../split/sort/selectors.ts';
import { equal } from '../../kube/equal.ts';
import type { Change, Placed, Surroundings } from './change.ts';
import { union } from './unions.ts';

type Direction = 'Ingress' | 'Egress';
const DIRECTIONS: readonly Direction[] = ['Ingress', 'Egress'];
const RULES = { Ingress: 'ingress', Egress: 'egress' } as const;

const policySpec = (policy: KubernetesObject): Partial<NetworkPolicySpec> => specOf<NetworkPolicySpec>(policy);
const isPolicy = (object: KubernetesObject): boolean => waveRuleOf(object) === 'policy';

/** Directions in which it lets its pods have nothing but what policies allow. */
function directionsOf(policy: KubernetesObject): Direction[] {
  const { policyTypes, egress } = policySpec(policy);
  if (policyTypes && policyTypes.length > 0) return DIRECTIONS.filter((direction) => policyTypes.includes(direction));
  return egress ? [...DIRECTIONS] : ['Ingress'];
}

/**
 * Pure: what a policy allows is added to what others allow, so that both versions' policies may stand beside each other; that it allows
 * nothing else is what cuts a version off, unless other policies do that to the same pods anyway.
 */
export function placePolicy({ before, wanted }: Change, around: Surroundings): Placed[] {
  const others = (list: readonly KubernetesObject[], own: KubernetesObject) =>
    [...list.filter(isPolicy), ...around.foreign.filter(isPolicy)].filter((one) => one.metadata.name !== own.metadata.name);
  const allowsMore = (policy: KubernetesObject, list: readonly KubernetesObject[]) =>
    directionsOf(policy).filter((direction) => isolated(policy, direction, others(list, policy), around.pods));
  if (wanted === undefined) return before ? [until(only(before, allowsMore(before, around.wanted)), undefined)] : [];
  if (before === undefined) return [until(only(wanted, allowsMore(wanted, around.before)), wanted)];
  if (equal(before, wanted)) return [{ now: wanted, wanted }];
  if (!equal(policySpec(before).podSelector, policySpec(wanted).podSelector)) {
    const beside = { ...wanted, metadata: { ...wanted.metadata, name: `${wanted.metadata.name}-next` } };
    return [until(before, wanted), until(only(beside, allowsMore(wanted, around.before)), undefined)];
  }
  const [was, will] = [directionsOf(before), directionsOf(wanted)];
  const both = was.filter((direction) => will.includes(direction));
  const kept = was.filter((direction) => !will.includes(direction) && allowsMore(before, around.wanted).includes(direction));
  const come = will.filter((direction) => !was.includes(direction) && allowsMore(wanted, around.before).includes(direction));
  const directions = DIRECTIONS.filter((direction) => [...both, ...kept, ...come].includes(direction));
  const rules = Object.fromEntries(
    directions.map((direction) => [RULES[direction], union(policySpec(wanted)[RULES[direction]], policySpec(before)[RULES[direction]])]),
  );
  const now = only({ ...wanted, spec: { ...policySpec(wanted), ...rules } }, directions);
  // Written in another way it is the same.
  const same =
    now !== undefined && equal(directions, will) && will.every((one) => equal(rules[RULES[one]], policySpec(wanted)[RULES[one]] ?? []));
  return [same ? { now: wanted, wanted } : until(now, wanted)];
}

const until = (now: KubernetesObject | undefined, wanted: KubernetesObject | undefined): Placed =>
  now !== undefined && wanted !== undefined && equal(now, wanted) ? { now: wanted, wanted } : { now, wanted, wave: 'end' };

/** The policy in some of its directions; as it is where these are all. */
function only(policy: KubernetesObject, directions: readonly Direction[]): KubernetesObject | undefined {
  if (directions.length === 0) return undefined;
  if (directions.length === directionsOf(policy).length && directionsOf(policy).every((one) => directions.includes(one))) return policy;
  const { ingress, egress, ...spec } = policySpec(policy);
  const rules = { ...(directions.includes('Ingress') && { ingress }), ...(directions.includes('Egress') && { egress }) };
  return { ...policy, spec: { ...spec, ...rules, policyTypes: [...directions] } };
}

/** Whether other policies leave the pods of this one nothing but what is allowed, in this direction. */
function isolated(
  policy: KubernetesObject,
  direction: Direction,
  others: readonly KubernetesObject[],
  pods: Surroundings['pods'],
): boolean {
  const isolating = others.filter((other) => directionsOf(other).includes(direction)).map((other) => policySpec(other).podSelector);
  const own = pods.filter((labels) => matchesSelector(policySpec(policy).podSelector, labels));
  // Pods that nobody knows of: only a policy for all counts.
  const judged = own.length > 0 ? own : [{}];
  return judged.every((labels) => isolating.some((selector) => matchesSelector(selector, labels)));
}
