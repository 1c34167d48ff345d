import { HttpError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Service } from '../../interfaces/objects.ts';
import { colorServiceName } from '../../split/index.ts';
import { serviceSpec } from '../../split/kinds/fields.ts';
import { type Color, FIELD_MANAGER } from '../../split/model.ts';
import type { AppContext } from '../run/run.ts';
import type { Deployed } from '../state/model.ts';
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
 * Makes a version's color Services that are not among the Services there (`live`) again, at the addresses that its pods know. Returns what was
 * done, as text, a line each.
 */
export async function makeColorServices(run: AppContext, entry: Deployed, live: readonly Service[], records: Records): Promise<string[]> {
  const there = new Set(live.map(({ metadata }) => metadata.name));
  if (entry.services.every((name) => there.has(colorServiceName(name, entry.color)))) return [];
  const missing = (await records.colorServices(entry)).filter(({ metadata }) => !there.has(metadata.name));
  return Promise.all(missing.map((service) => makeColorService(run, service, entry.color)));
}

async function makeColorService({ kubernetes }: AppContext, service: KubernetesObject, color: Color): Promise<string> {
  const { name } = service.metadata;
  try {
    await kubernetes.apply(service, { fieldManager: FIELD_MANAGER, force: true });
    return `Service ${name} was gone: it is there again`;
  } catch (error) {
    if (!(error instanceof HttpError) || error.status !== 422) throw error;
    const { clusterIP: _, ...spec } = serviceSpec(service);
    await kubernetes.apply({ ...service, spec }, { fieldManager: FIELD_MANAGER, force: true });
    return `Service ${name} was gone: it is there again, at another address than ${color}'s pods know; the next deploy gives it to them`;
  }
}
