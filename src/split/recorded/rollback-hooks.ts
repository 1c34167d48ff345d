import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { clone } from '../kinds/objects.ts';
import { HOOK_ANNOTATION } from '../read/hooks.ts';

type Phase = 'pre' | 'post';

const eventsOf = (object: KubernetesObject): string[] | undefined => object.metadata.annotations?.[HOOK_ANNOTATION]?.split(',');

/**
 * A recorded part for a rollback to it: of its hooks only those for rollbacks fire (whatever event Helm takes the apply for), tests stay,
 * the others are left out. Returns the objects in their order.
 */
export function withRollbackHooks<T extends { object: KubernetesObject }>(files: readonly T[]): T[] {
  return files.flatMap((file) => {
    const events = eventsOf(file.object);
    if (events === undefined) return [file];
    const phases = (['pre', 'post'] as const).filter((phase) => events.includes(`${phase}-rollback`));
    const kept = [...phases.flatMap(firing), ...events.filter((event) => event === 'test')];
    if (kept.length === 0) return [];
    const object = clone(file.object);
    object.metadata.annotations = { ...object.metadata.annotations, [HOOK_ANNOTATION]: kept.join(',') };
    return [{ ...file, object }];
  });
}

const firing = (phase: Phase): string[] => [`${phase}-install`, `${phase}-upgrade`, `${phase}-rollback`];

/** The events of a part's hooks that a rollback fires. */
export function rollbackEvents(object: KubernetesObject): string[] {
  return (eventsOf(object) ?? []).filter((event) => event === 'test' || event.endsWith('-rollback'));
}
