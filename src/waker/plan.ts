import type { Service, Workload } from '../interfaces/objects.ts';
import { isAsleep, REPLICAS_NOTE, SELECTOR_NOTE } from './marks.ts';

/** A port that the waker has to listen on, as the Services' `targetPort` calls it. */
export interface WakerPort {
  port: number;
  /** Where a Service asks for it by name. */
  name?: string | undefined;
}

/** Beyond what anybody uses, so that a named port gets a number that no Service asks for. */
const NAMED_FROM = 20_000;

/** Pure: what the waker listens on so that these Services reach it with their ports as they are. UDP has no visitors. */
export function wakerPorts(services: readonly Pick<Service, 'spec'>[]): WakerPort[] {
  const targets = services.flatMap(({ spec }) =>
    (spec?.ports ?? [])
      .filter(({ protocol }) => (protocol ?? 'TCP') === 'TCP')
      .map(({ targetPort, port }) => (targetPort === undefined || targetPort === 0 ? port : targetPort)),
  );
  const numbers = [...new Set(targets.filter((target) => typeof target === 'number'))].sort((one, other) => one - other);
  const names = [...new Set(targets.filter((target) => typeof target === 'string'))].sort();
  let next = NAMED_FROM;
  const free = (): number => {
    while (numbers.includes(next)) next += 1;
    return next++;
  };
  return [...numbers.map((port) => ({ port })), ...names.map((name) => ({ port: free(), name }))];
}

/** Pure: how many replicas a sleeping workload gets back; undefined where it does not sleep by our mark. */
export function awakeReplicas({ metadata, spec }: Pick<Workload, 'metadata' | 'spec'>): number | undefined {
  const noted = metadata.annotations?.[REPLICAS_NOTE] ?? '';
  if (spec?.replicas !== 0 || !/^[1-9]\d{0,3}$/.test(noted)) return undefined;
  return Number(noted);
}

/** Pure: what a Service selects again; undefined where it does not lead to the waker, or its note is not ours. */
export function awakeSelector(
  { metadata, spec }: Pick<Service, 'metadata' | 'spec'>,
  read: (text: string) => unknown,
): Record<string, string> | undefined {
  if (!isAsleep(spec?.selector)) return undefined;
  const noted = read(metadata.annotations?.[SELECTOR_NOTE] ?? '');
  if (typeof noted !== 'object' || noted === null || Array.isArray(noted)) return undefined;
  const entries = Object.entries(noted);
  const isSelector = entries.length > 0 && entries.every(([, value]) => typeof value === 'string');
  return isSelector && !isAsleep(noted as Record<string, string>) ? (noted as Record<string, string>) : undefined;
}
