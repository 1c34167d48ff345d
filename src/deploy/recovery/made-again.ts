import { HttpError } from '../../interfaces/errors.ts';
import { FIELD_MANAGER } from '../../split/model.ts';
import { SERVICE } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';
import type { Deployed } from '../state/journal.ts';
import type { Records } from './records.ts';

/** Helm's own field manager: the object is Helm's, as the one that was deleted. */
const HELM = 'helm';

/** Makes a stable Service that was deleted again, by what the base's release recorded. Returns whether it could. */
export const serviceMaker =
  ({ kubernetes }: Pick<AppContext, 'kubernetes'>, records: Records) =>
  async (name: string): Promise<boolean> => {
    const service = await records.service(name);
    if (!service) return false;
    await kubernetes.apply(service, { fieldManager: HELM, force: true });
    return true;
  };

/**
 * Makes a version's color Services that were deleted again, at the addresses that its pods know. Returns what was done, as text, a line
 * each.
 */
export async function makeColorServices({ kubernetes }: AppContext, entry: Deployed, records: Records): Promise<string[]> {
  const names = entry.services.map((name) => `${name}-${entry.color}`);
  const live = await Promise.all(names.map((name) => kubernetes.get({ ...SERVICE, name })));
  const missing = names.filter((_, index) => live[index] === undefined);
  if (missing.length === 0) return [];
  const wanted = (await records.colorServices(entry)).filter(({ metadata }) => missing.includes(metadata.name));
  return Promise.all(
    wanted.map(async (service) => {
      const { name } = service.metadata;
      try {
        await kubernetes.apply(service, { fieldManager: FIELD_MANAGER, force: true });
        return `Service ${name} was gone: it is there again`;
      } catch (error) {
        if (!(error instanceof HttpError) || error.status !== 422) throw error;
        const { clusterIP: _, ...spec } = service.spec as { clusterIP?: string };
        await kubernetes.apply({ ...service, spec }, { fieldManager: FIELD_MANAGER, force: true });
        return `Service ${name} was gone: it is there again, at another address than ${entry.color}'s pods know`;
      }
    }),
  );
}
