import type { PodSpec } from 'kubernetes-types/core/v1.d.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { textsIn } from '../kinds/fields.ts';
import { containersOf } from '../kinds/pods.ts';
import type { ServicePlan } from '../model.ts';
import type { Addresses } from './host-aliases.ts';

const variableName = (name: string): string => name.replaceAll('-', '_').toUpperCase();

/** The variables that the kubelet sets for a Service (`TODO_BACKEND_SERVICE_HOST`, `TODO_BACKEND_PORT_8000_TCP_ADDR` …). */
export function serviceVariables(plan: ServicePlan, ip: string): Record<string, string> {
  const prefix = variableName(plan.name);
  const host = ip.includes(':') ? `[${ip}]` : ip;
  const variables: Record<string, string> = { [`${prefix}_SERVICE_HOST`]: ip };
  for (const [index, port] of plan.ports.entries()) {
    const protocol = port.protocol ?? 'TCP';
    const url = `${protocol.toLowerCase()}://${host}:${port.port}`;
    const portPrefix = `${prefix}_PORT_${port.port}_${protocol.toUpperCase()}`;
    if (index === 0) {
      variables[`${prefix}_SERVICE_PORT`] = String(port.port);
      variables[`${prefix}_PORT`] = url;
    }
    if (port.name !== undefined && port.name !== '') {
      variables[`${prefix}_SERVICE_PORT_${variableName(port.name)}`] = String(port.port);
    }
    variables[portPrefix] = url;
    variables[`${portPrefix}_PROTO`] = protocol.toLowerCase();
    variables[`${portPrefix}_PORT`] = String(port.port);
    variables[`${portPrefix}_ADDR`] = ip;
  }
  return variables;
}

export function allServiceVariables(plans: readonly ServicePlan[], addresses: Addresses): Record<string, string> {
  const pairs = plans.flatMap((plan) => {
    const ip = addresses[plan.name];
    return ip === undefined ? [] : Object.entries(serviceVariables(plan, ip));
  });
  return Object.fromEntries(pairs.sort(([one], [other]) => (one < other ? -1 : 1)));
}

export const serviceConfigName = (app: string, color: string): string => `${app}-services-${color}`;

/** True where the kubelet would set the variables of Services. */
export function takesServiceVariables(spec: PodSpec | undefined): spec is PodSpec {
  return spec !== undefined && spec.enableServiceLinks !== false;
}

/**
 * Lets every container read the variables from the color's ConfigMap, in place. First in `envFrom`: stronger than the kubelet's own,
 * weaker than anything that the chart sets.
 */
export function readServiceConfig(spec: PodSpec, name: string): void {
  for (const container of containersOf(spec)) {
    container.envFrom = [{ configMapRef: { name } }, ...(container.envFrom ?? [])];
  }
}

/**
 * Sets the variables themselves, in place: for hooks that run before the color's ConfigMap exists. What a container defines, or reads from
 * one of the chart's objects (`config` finds it), is left alone; what it may read from an object of others, too.
 */
export function setServiceVariables(
  spec: PodSpec,
  variables: Readonly<Record<string, string>>,
  config: (kind: string, name: string) => KubernetesObject | undefined,
): void {
  for (const container of containersOf(spec)) {
    const defined = new Set((container.env ?? []).map((variable) => variable.name));
    const unknown: string[] = [];
    for (const source of container.envFrom ?? []) {
      const kind = source.configMapRef === undefined ? '/Secret' : '/ConfigMap';
      const object = config(kind, source.configMapRef?.name ?? source.secretRef?.name ?? '');
      if (object === undefined) unknown.push(source.prefix ?? '');
      for (const key of Object.keys({ ...textsIn(object, 'data'), ...textsIn(object, 'stringData') })) {
        defined.add(`${source.prefix ?? ''}${key}`);
      }
    }
    const added = Object.entries(variables).filter(([name]) => !defined.has(name) && !unknown.some((prefix) => name.startsWith(prefix)));
    if (added.length > 0) {
      container.env = [...added.map(([name, value]) => ({ name, value })), ...(container.env ?? [])];
    }
  }
}
