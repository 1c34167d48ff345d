import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Log } from '../../interfaces/log.ts';
import type { Service } from '../../interfaces/objects.ts';
import { REASONS } from '../../interfaces/reasons.ts';
import { FIELD_MANAGER } from '../../split/model.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { equal } from '../kube/equal.ts';
import { SERVICE } from '../kube/names.ts';
import type { InFlight, ServiceMove } from '../state/model.ts';

/** Pure: how a Service is not as the switch left it, as text; undefined where it is. */
export function overruled({ name, to }: ServiceMove, service: Service | undefined): string | undefined {
  if (!service) return `Service ${name} is gone`;
  const { selector } = service.spec ?? {};
  if (equal(selector, to)) return undefined;
  const by = writerOf(service);
  return `Service ${name} selects ${labelsOf(selector)}${by ? `, as ${by} set it` : ''}`;
}

const labelsOf = (selector: Record<string, string> | undefined): string =>
  Object.entries(selector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(', ') || 'nothing';

/** Who wrote the selector last, besides this product. */
function writerOf({ metadata }: Service): string | undefined {
  const writers = (metadata.managedFields ?? []).filter(
    ({ manager, fieldsV1 }) => manager !== FIELD_MANAGER && JSON.stringify(fieldsV1 ?? {}).includes('"f:selector"'),
  );
  const last = writers.sort((a, b) => (b.time ?? '').localeCompare(a.time ?? ''))[0];
  return last && `${last.manager}${last.time ? ` (${last.time})` : ''}`;
}

export const overruledFailure = (what: string): StepFailure =>
  new StepFailure('selector-changed', `Someone else decided where users go: ${what}`, { hint: REASONS['selector-changed'].todo });

/** Reads the selectors again, before the new version is said to serve. Errors: `StepFailure` (selector-changed). */
export async function requireOurSelectors(moves: readonly ServiceMove[], kubernetes: Kubernetes): Promise<void> {
  const seen = await Promise.all(moves.map(async (move) => overruled(move, await kubernetes.get({ ...SERVICE, name: move.name }))));
  const what = seen.filter((text) => text !== undefined).join('; ');
  if (what) throw overruledFailure(what);
}

/**
 * What a run that goes back may restore: not a Service that somebody has led elsewhere than this run would. That decision stands, and is
 * said. A selector that is empty leads nowhere and is nobody's decision.
 */
export async function exceptOverruled(inFlight: InFlight, run: { kubernetes: Kubernetes; log: Log }): Promise<InFlight> {
  const services: ServiceMove[] = [];
  for (const move of inFlight.services) {
    // Users wait: where it cannot be read, it is restored.
    const service = await run.kubernetes.get({ ...SERVICE, name: move.name }).catch(() => undefined);
    const selector = service?.spec?.selector ?? {};
    const ours = Object.keys(selector).length === 0 || equal(selector, move.from ?? {}) || equal(selector, move.to);
    if (ours) services.push(move);
    else run.log.warning(`${overruled(move, service)}: it is left as it is`);
  }
  return { ...inFlight, services };
}
