import { HttpError } from '../../interfaces/errors.ts';
import type { Kubernetes, ObjectRef } from '../../interfaces/kubernetes.ts';
import { FIELD_MANAGER } from '../../split/model.ts';

const TRIES = 5;

/** This product owns no field of the object any more: whoever applies it next meets no conflict with us. */
export async function disown(kubernetes: Kubernetes, ref: ObjectRef, managers: readonly string[] = [FIELD_MANAGER]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const live = await kubernetes.get(ref);
    const entries = live?.metadata.managedFields ?? [];
    const others = entries.filter(({ manager }) => !managers.includes(manager));
    if (!live || others.length === entries.length) return;
    const body = [
      { op: 'replace', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion },
      // An empty list changes nothing, a list of one empty entry says that nobody owns anything.
      { op: 'replace', path: '/metadata/managedFields', value: others.length > 0 ? others : [{}] },
    ];
    try {
      await kubernetes.patch(ref, body, { type: 'json', fieldManager: FIELD_MANAGER });
      return;
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 409 || attempt >= TRIES) throw error;
    }
  }
}
