import type { PartChart } from '../../interfaces/helm.ts';
import { clone } from '../kinds/objects.ts';
import { unpack, write } from '../part/pack.ts';
import { HOOK_ANNOTATION } from '../read/hooks.ts';

/** A recorded part whose hooks are its tests alone: what changes data has been done. */
export function withTestsOnly(part: PartChart): PartChart {
  const files = unpack(part).flatMap((file) => {
    const events = file.object.metadata.annotations?.[HOOK_ANNOTATION]?.split(',');
    if (events === undefined) return [file];
    if (!events.some((event) => event.trim() === 'test')) return [];
    const object = clone(file.object);
    object.metadata.annotations = { ...object.metadata.annotations, [HOOK_ANNOTATION]: 'test' };
    return [{ ...file, object }];
  });
  return { ...part, templates: write(files) };
}
