import type { ObjectStore, StoredObject } from '../../interfaces/object-store.ts';
import { messageOf } from '../../interfaces/values.ts';
import type { BackupManifest, Inventory, StoredBackup } from '../model.ts';
import { readDrill, readManifest } from './documents.ts';
import { sequenceOf } from './ids.ts';
import { isDrill, MANIFEST, STARTED } from './paths.ts';
import { startedBy } from './started.ts';

const DOCUMENT_BYTES = 4 * 1024 * 1024;

/** Reads what the store holds of an app. Objects of others, whose folders have no id of ours, are passed over. */
export async function inventory(store: ObjectStore): Promise<Inventory> {
  const found: Inventory = { backups: [], damaged: [], unfinished: [], lastSequence: 0 };
  for (const [id, objects] of folders(await store.list())) {
    found.lastSequence = Math.max(found.lastSequence, sequenceOf(id) ?? 0);
    const paths = objects.map(({ path }) => path);
    if (!paths.includes(`${id}/${MANIFEST}`)) {
      const source = paths.includes(`${id}/${STARTED}`) ? startedBy(await store.text(`${id}/${STARTED}`, DOCUMENT_BYTES)) : undefined;
      found.unfinished.push({ id, paths, newestAt: Math.max(...objects.map(({ at }) => at)), source });
      continue;
    }
    try {
      found.backups.push(await readBackup(store, id, objects));
    } catch (error) {
      found.damaged.push({ id, why: messageOf(error), paths });
    }
  }
  found.backups.sort((a, b) => b.manifest.sequence - a.manifest.sequence || b.at - a.at);
  return found;
}

/** By id, in the order of the list. */
function folders(objects: readonly StoredObject[]): Map<string, StoredObject[]> {
  const all = new Map<string, StoredObject[]>();
  for (const object of objects) {
    const [id = ''] = object.path.split('/');
    if (sequenceOf(id) === undefined) continue;
    all.set(id, [...(all.get(id) ?? []), object]);
  }
  return all;
}

async function readBackup(store: ObjectStore, id: string, objects: readonly StoredObject[]): Promise<StoredBackup> {
  const manifest = readManifest(id, await store.text(`${id}/${MANIFEST}`, DOCUMENT_BYTES));
  const missing = whatIsMissing(manifest, objects);
  if (missing !== undefined) throw new Error(missing);
  const at = objects.find(({ path }) => path === `${id}/${MANIFEST}`)?.at ?? 0;
  const drills = objects
    .filter(({ path }) => isDrill(path.slice(id.length + 1)))
    .toSorted((a, b) => b.at - a.at || (a.path < b.path ? 1 : -1));
  const [newest] = drills;
  const paths = objects.map(({ path }) => path);
  if (!newest) return { manifest, at, drilled: 'never', drilledAt: undefined, paths };
  const { equal } = readDrill(id, await store.text(newest.path, DOCUMENT_BYTES));
  return { manifest, at, drilled: equal ? 'good' : 'bad', drilledAt: newest.at, paths };
}

/** Pure: a part that is not there, or not of its size. */
function whatIsMissing({ id, parts }: BackupManifest, objects: readonly StoredObject[]): string | undefined {
  for (const { name, bytes } of parts) {
    const object = objects.find(({ path }) => path === `${id}/${name}`);
    if (!object) return `${name} is missing`;
    if (object.bytes !== bytes) return `${name} has ${object.bytes} bytes instead of ${bytes}`;
  }
  return undefined;
}
