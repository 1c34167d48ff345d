import { HttpError } from '../../../src/interfaces/errors.ts';
import type { KindRef, KubernetesObject, ListOptions, ObjectMeta, ObjectRef } from '../../../src/interfaces/kubernetes.ts';
import { groupOf } from '../../../src/interfaces/kubernetes.ts';
import { kindOf } from '../../../src/split/kinds/objects.ts';
import { copy, leavesOf, overlay, removeFields, same } from './fields.ts';
import { knownKind } from './kinds.ts';
import { APPLY, afterApply, afterUpdate, keptOwners, type Owners, ownerKey, shownOwners, UPDATE } from './owners.ts';
import { countsChanges, requireAllowed, setDefaults } from './rules.ts';
import { selection } from './selectors.ts';

export interface Change {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: KubernetesObject;
  before?: KubernetesObject | undefined;
}

interface Entry {
  object: KubernetesObject;
  owners: Owners;
}

export interface Writing {
  manager: string;
  dryRun?: boolean | undefined;
}

const FOREGROUND = 'foregroundDeletion';
const FINALIZERS = 'finalizers';

/** Whether a deletion waits for what the object owns. */
export const waitsForDependents = ({ metadata }: KubernetesObject): boolean =>
  ((metadata as unknown as Record<string, unknown>)[FINALIZERS] as string[] | undefined)?.includes(FOREGROUND) === true;

/**
 * The objects of a cluster, as the API server keeps them: versions, server-side apply with its owners, what cannot be changed. What it gives
 * is what it holds: nobody may change it in place.
 */
export class Store {
  readonly #kinds = new Map<string, Map<string, Entry>>();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #now: () => number;
  readonly #frozen: boolean;
  #version = 1;
  #addresses = 0;

  constructor(now: () => number, { frozen = false }: { frozen?: boolean } = {}) {
    this.#now = now;
    this.#frozen = frozen;
  }

  get version(): string {
    return String(this.#version);
  }

  /** Returns what ends it. */
  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  get<T extends KubernetesObject>(ref: ObjectRef<T>): T | undefined {
    return this.#of(ref).get(ref.name)?.object as T | undefined;
  }

  list<T extends KubernetesObject>(kind: KindRef<T>, options: ListOptions = {}): T[] {
    const all = [...this.#of(kind).values()].map(({ object }) => object as T);
    return options.labelSelector || options.fieldSelector ? all.filter(selection(options)) : all;
  }

  /** Every object, of every kind. */
  *all(): Iterable<KubernetesObject> {
    for (const objects of this.#kinds.values()) for (const { object } of objects.values()) yield object;
  }

  ownersOf = (ref: ObjectRef): Owners => this.#of(ref).get(ref.name)?.owners ?? new Map();

  create<T extends KubernetesObject>(object: T, { manager, dryRun }: Writing): T {
    if (this.get({ ...object, name: object.metadata.name })) throw refusal(object, 409, 'AlreadyExists', 'already exists');
    const made = this.#made(object);
    const leaves = leavesOf(made);
    return this.#store(made, undefined, new Map([[ownerKey(manager, UPDATE), new Set(leaves.keys())]]), dryRun);
  }

  /** PUT, and what a patch made of the object. */
  update<T extends KubernetesObject>(object: T, { manager, dryRun }: Writing): T {
    const entry = this.#need(object);
    this.#requireVersion(object, entry.object);
    const after: T = { ...copy(object), status: entry.object.status };
    after.metadata = { ...after.metadata, ...identityOf(entry.object) };
    setDefaults(after, entry.object, () => this.#address());
    const kept = keptOwners(entry.owners, object.metadata.managedFields);
    const owners = afterUpdate(kept, ownerKey(manager, UPDATE), leavesOf(entry.object), leavesOf(after));
    return this.#store(after, entry.object, owners, dryRun);
  }

  /** Status alone: what controllers and the kubelet write. */
  setStatus<T extends KubernetesObject>(ref: ObjectRef<T>, status: unknown): void {
    const entry = this.#of(ref).get(ref.name);
    if (entry && !same(entry.object.status, status)) this.#store({ ...entry.object, status }, entry.object, entry.owners, false);
  }

  /** Server-side apply. */
  apply<T extends KubernetesObject>(object: T, { manager, force, dryRun }: Writing & { force?: boolean | undefined }): T {
    const entry = this.#of(object).get(object.metadata.name);
    const key = ownerKey(manager, APPLY);
    const applied = leavesOf(object);
    if (!entry) {
      // Whatever version is asked for.
      const made = this.#made({ ...object, metadata: { ...object.metadata, resourceVersion: undefined } });
      return this.#store(made, undefined, new Map([[key, new Set(applied.keys())]]), dryRun);
    }
    this.#requireVersion(object, entry.object);
    const { owners, gone, conflicts } = afterApply(entry.owners, key, applied, leavesOf(entry.object));
    const [first] = conflicts;
    if (first && force !== true) {
      const message = `Apply failed with ${conflicts.length} conflict${conflicts.length === 1 ? '' : 's'}: conflict with "${first.manager}"`;
      const fields = conflicts.map(({ path }) => `.${path.replaceAll('\n', '.')}`);
      throw new HttpError(message, { status: 409, code: 'Conflict', fields });
    }
    const after = copy(entry.object);
    removeFields(after as unknown as Record<string, unknown>, gone);
    overlay(after, { ...object, status: undefined, metadata: { ...object.metadata, resourceVersion: undefined, uid: undefined } });
    setDefaults(after, entry.object, () => this.#address());
    return this.#store(after as T, entry.object, owners, dryRun);
  }

  /** Errors: `HttpError` 409 for another object of that name. Does nothing where there is none. */
  delete(ref: ObjectRef, { uid, propagation = 'Background' }: { uid?: string | undefined; propagation?: string } = {}): void {
    const object = this.get(ref);
    if (!object) return;
    if (uid !== undefined && uid !== object.metadata.uid)
      throw refusal(
        object,
        409,
        'Conflict',
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${object.metadata.uid}`,
      );
    const waits = propagation === 'Foreground' && this.#owns(object);
    if (!waits && kindOf(object) !== '/Pod') {
      this.remove(ref);
      return;
    }
    if (object.metadata.deletionTimestamp) return;
    const deletionTimestamp = this.#time();
    const metadata = { ...object.metadata, deletionTimestamp, ...(waits && { [FINALIZERS]: [FOREGROUND] }) };
    this.#store({ ...object, metadata }, object, this.ownersOf(ref), false);
  }

  /** For good, whatever it waits for. */
  remove(ref: ObjectRef): void {
    const object = this.get(ref);
    if (!object) return;
    this.#of(ref).delete(ref.name);
    this.#tell({
      type: 'DELETED',
      object: { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#version) } },
      before: object,
    });
  }

  #owns = ({ metadata }: KubernetesObject): boolean =>
    [...this.all()].some((one) => one.metadata.ownerReferences?.some((owner) => owner.uid === metadata.uid));

  #of(kind: KindRef): Map<string, Entry> {
    const key = kindOf(kind);
    const found = this.#kinds.get(key);
    if (found) return found;
    if (!knownKind(kind))
      throw new HttpError(`The cluster does not know the kind ${kind.kind} (${kind.apiVersion})`, { status: 404, code: 'UnknownKind' });
    const made = new Map<string, Entry>();
    this.#kinds.set(key, made);
    return made;
  }

  #need(object: KubernetesObject): Entry {
    const entry = this.#of(object).get(object.metadata.name);
    if (!entry) throw refusal(object, 404, 'NotFound', 'not found');
    return entry;
  }

  #requireVersion({ metadata }: KubernetesObject, live: KubernetesObject): void {
    const { resourceVersion, uid } = metadata;
    if ((resourceVersion && resourceVersion !== live.metadata.resourceVersion) || (uid && uid !== live.metadata.uid))
      throw refusal(live, 409, 'Conflict', 'the object has been modified; please apply your changes to the latest version and try again');
  }

  #made<T extends KubernetesObject>(object: T): T {
    const made = copy(object);
    const uid = `uid-${++this.#version}`;
    made.metadata = { ...made.metadata, uid, creationTimestamp: this.#time() };
    if (countsChanges(made)) made.metadata.generation = 1;
    setDefaults(made, undefined, () => this.#address());
    return made;
  }

  #store<T extends KubernetesObject>(after: T, before: KubernetesObject | undefined, owners: Owners, dryRun: boolean | undefined): T {
    requireAllowed(after, before);
    if (before && sameObject(before, after)) {
      return dryRun ? (before as T) : this.#put(before as T, owners);
    }
    if (dryRun) return after;
    after.metadata = withoutEmpty({ ...after.metadata, resourceVersion: String(++this.#version) });
    if (before && countsChanges(after) && hasNewGeneration(before, after))
      after.metadata.generation = (before.metadata.generation ?? 0) + 1;
    const stored = this.#put(after, owners);
    this.#tell(before ? { type: 'MODIFIED', object: stored, before } : { type: 'ADDED', object: stored });
    return stored;
  }

  #put<T extends KubernetesObject>(object: T, owners: Owners): T {
    const shown = { ...object, metadata: { ...object.metadata, managedFields: shownOwners(owners) } };
    const stored = this.#frozen ? freeze(shown) : shown;
    this.#of(object).set(object.metadata.name, { object: stored, owners });
    return stored;
  }

  #tell(change: Change): void {
    for (const listener of [...this.#listeners]) listener(change);
  }

  #time = (): string => new Date(this.#now()).toISOString().replace(/\.\d+Z$/, 'Z');
  #address = (): string => `10.96.${Math.floor(++this.#addresses / 250)}.${this.#addresses % 250}`;
}

const identityOf = ({ metadata }: KubernetesObject) => ({
  ...(metadata.uid !== undefined && { uid: metadata.uid }),
  ...(metadata.creationTimestamp !== undefined && { creationTimestamp: metadata.creationTimestamp }),
  ...(metadata.generation !== undefined && { generation: metadata.generation }),
  ...(metadata.deletionTimestamp !== undefined && { deletionTimestamp: metadata.deletionTimestamp }),
});

/** A Deployment counts changes of its annotations, too. */
const hasNewGeneration = (before: KubernetesObject, after: KubernetesObject): boolean =>
  !same(before.spec, after.spec) || (after.kind === 'Deployment' && !same(before.metadata.annotations, after.metadata.annotations));

function withoutEmpty(metadata: ObjectMeta): ObjectMeta {
  for (const field of ['labels', 'annotations'] as const)
    if (metadata[field] && Object.keys(metadata[field]).length === 0) delete metadata[field];
  return metadata;
}

const sameObject = (one: KubernetesObject, other: KubernetesObject): boolean => {
  const bare = ({ metadata: { resourceVersion: _, managedFields: __, ...metadata }, ...rest }: KubernetesObject) => ({ ...rest, metadata });
  return same(bare(one), bare(other));
};

const refusal = (object: KubernetesObject, status: number, code: string, what: string): HttpError => {
  const plural = knownKind(object)?.plural ?? object.kind;
  const group = groupOf(object);
  return new HttpError(`${plural}${group && `.${group}`} "${object.metadata.name}" ${what}`, { status, code });
};

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freeze(inner);
  }
  return value;
}
