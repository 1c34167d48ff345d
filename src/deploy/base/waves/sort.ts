import type { KubernetesObject } from '../../../interfaces/kubernetes.ts';
import type { Service } from '../../../interfaces/objects.ts';
import { serviceSpec } from '../../../split/kinds/fields.ts';
import { type WaveRule, waveRuleOf } from '../../../split/kinds/waves.ts';
import { equal } from '../../kube/equal.ts';
import { samePorts } from '../../kube/service-ports.ts';
import { wouldLeadToColor } from '../services.ts';
import { joinCertificates } from './certificates.ts';
import type { Change, Placed, Surroundings } from './change.ts';
import { sharesHost } from './doors.ts';
import { placePolicy } from './policies.ts';
import { largerLimits, unionOf } from './unions.ts';

type Changed = { before: KubernetesObject; wanted: KubernetesObject };

/** Pure: when one object of the base changes. */
export function placeChange(change: Change, around: Surroundings): Placed[] {
  const { before, wanted } = change;
  const rule = waveRuleOf(wanted ?? (before as KubernetesObject));
  if (rule === 'policy') return placePolicy(change, around);
  if (wanted === undefined) return [removed(before as KubernetesObject, rule, around)];
  if (rule === 'service') return [service(wanted, around)];
  if (before === undefined) return [added(wanted, rule, around)];
  return [equal(before, wanted) ? { now: wanted, wanted } : changed({ before, wanted }, rule, around)];
}

/** What a version lacks stays until the old color is gone, unless it only hinders. */
function removed(before: KubernetesObject, rule: WaveRule | undefined, { pods, ports }: Surroundings): Placed {
  if (rule === 'limits' || rule === 'restriction') return {};
  if (rule !== 'service') return { now: before, wave: 'end' };
  const { selector, ...rest } = serviceSpec(before);
  // Its selector is ours until it goes: it is pinned to the pods that it had. Its users are on the live ports.
  const own = selector !== undefined && !wouldLeadToColor(before, pods);
  const live = ports.get(before.metadata.name) ?? rest.ports;
  return { now: { ...before, spec: { ...rest, ...(own && { selector }), ...(live && { ports: [...live] }) } }, wave: 'end' };
}

function added(wanted: KubernetesObject, rule: WaveRule | undefined, { before }: Surroundings): Placed {
  if (rule === 'limits' || rule === 'restriction' || rule === 'webhooks') return { wanted, wave: 'end' };
  // Another way into a host that users know would lead them to what does not serve yet.
  const doors = before.filter((object) => waveRuleOf(object) === 'door');
  if (rule === 'door' && doors.some((door) => sharesHost(door, wanted))) return { wanted, wave: 'switch' };
  return { now: wanted, wanted };
}

function changed({ before, wanted }: Changed, rule: WaveRule | undefined, around: Surroundings): Placed {
  const until = (now: KubernetesObject): Placed => (equal(now, wanted) ? { now: wanted, wanted } : { now, wanted, wave: 'end' });
  switch (rule) {
    case 'door':
      return { now: before, wanted, wave: 'switch' };
    case 'config':
      return isUsed(wanted, around) ? { now: wanted, wanted } : { now: before, wanted, wave: 'switch' };
    case 'rules':
    case 'subjects':
      return until(unionOf(before, wanted, rule));
    case 'limits':
      return until(largerLimits(before, wanted));
    case 'webhooks':
      return until(leadsToColor(wanted, around) ? joinCertificates(before, wanted) : joinCertificates(wanted, before));
    case 'certificates':
      return until(joinCertificates(wanted, before));
    default:
      return { now: wanted, wanted };
  }
}

/**
 * Ports change with the switch, which sets them, also where nothing is recorded of the base: users are on the live ones. A selector that we
 * give back is Helm's when the old color is gone.
 */
function service(wanted: KubernetesObject, { ports, givenBack }: Surroundings): Placed {
  const { name } = wanted.metadata;
  const { selector, ...rest } = (wanted as Service).spec ?? {};
  const given = givenBack.has(name);
  const live = ports.get(name);
  const between = given ? { ...wanted, spec: rest } : wanted;
  if (!live || samePorts(live, rest.ports ?? [])) return given ? { now: between, wanted, wave: 'end' } : { now: wanted, wanted };
  const now = { ...wanted, spec: { ...rest, ...(!given && selector && { selector }), ports: [...live] } };
  return given ? { now, between, wanted, wave: 'end' } : { now, wanted, wave: 'switch' };
}

/** Whether something shared, or a hook, names it. */
function isUsed({ metadata }: KubernetesObject, { before, wanted }: Surroundings): boolean {
  const names = (object: KubernetesObject) => JSON.stringify(object).includes(JSON.stringify(metadata.name));
  return [...before, ...wanted].some((object) => [undefined, 'certificates'].includes(waveRuleOf(object)) && names(object));
}

/** Whether what answers these webhooks changes with the switch: then a stable Service, which has no selector of Helm's, leads to it. */
function leadsToColor(webhooks: KubernetesObject, { wanted }: Surroundings): boolean {
  const stable = wanted.filter((object) => waveRuleOf(object) === 'service' && !(object as Service).spec?.selector);
  const text = JSON.stringify(webhooks);
  return stable.some(({ metadata }) => text.includes(`"name":${JSON.stringify(metadata.name)}`));
}
