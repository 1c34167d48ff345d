import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { serviceSpec } from '../kinds/fields.ts';
import { rowOf } from '../kinds/rows.ts';
import type { ServicePlan } from '../model.ts';

/** A Service (`ExternalName`) that is another name of a stable one. */
export interface OtherName {
  name: string;
  /** Name of the stable Service. */
  of: string;
}

/**
 * Services of the chart that are other names of its stable ones, directly or one over another: DNS would lead to the color that serves,
 * whoever asks.
 */
export function otherNames(objects: readonly KubernetesObject[], plans: readonly ServicePlan[], namespace: string): OtherName[] {
  const stable = new Set(plans.map(({ name }) => name));
  const targets = new Map(
    objects.flatMap((object) => {
      const target = rowOf(object)?.rule === 'service' && isHere(object, namespace) ? targetOf(object, namespace) : undefined;
      return target === undefined ? [] : [[object.metadata.name, target] as const];
    }),
  );
  const follow = (name: string, passed: readonly string[] = []): string | undefined => {
    const target = targets.get(name);
    if (target === undefined || passed.includes(name)) return undefined;
    return stable.has(target) ? target : follow(target, [...passed, name]);
  };
  return [...targets.keys()].flatMap((name) => {
    const of = follow(name);
    return of === undefined ? [] : [{ name, of }];
  });
}

const isHere = ({ metadata }: KubernetesObject, namespace: string): boolean => (metadata.namespace ?? namespace) === namespace;

/** The Service of this namespace that it stands for, by its address in the cluster's domain, whatever that is called. */
function targetOf(service: KubernetesObject, namespace: string): string | undefined {
  const { type, externalName = '' } = serviceSpec(service);
  const [name, where, svc] = externalName.split('.');
  return type === 'ExternalName' && where === namespace && svc === 'svc' ? name : undefined;
}
