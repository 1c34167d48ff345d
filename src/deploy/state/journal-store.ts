import { HttpError, LeaseLostError } from '../../interfaces/errors.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Secret } from '../../interfaces/objects.ts';
import { tryJsonObject } from '../../interfaces/reading/json.ts';
import { APP_LABEL } from '../../split/model.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { journalName, SECRET } from '../kube/names.ts';
import { fitted } from './fit.ts';
import { emptyJournal } from './journal.ts';
import type { Journal } from './model.ts';

type Proof = () => Promise<void>;

const KEY = 'journal.json';
/** Of a write that did not arrive; the client repeats what was not sent by itself. */
const TRIES = 3;

/**
 * The journal in the cluster: a Secret, since recorded checks may carry credentials. Every write is conditional on the version read,
 * so a run that has lost its lease without knowing cannot write.
 */
export class JournalStore {
  readonly #kubernetes: Kubernetes;
  readonly #release: string;
  readonly #prove: Proof | undefined;
  #object: Secret | undefined;
  #journal: Journal;

  private constructor(kubernetes: Kubernetes, release: string, object: Secret | undefined, prove: Proof | undefined) {
    this.#kubernetes = kubernetes;
    this.#prove = prove;
    this.#release = release;
    this.#object = object;
    this.#journal = object ? parse(object, release) : emptyJournal(release);
  }

  /** `prove`: that the app is still this run's, before a journal that somebody deleted is written anew. */
  static async open(kubernetes: Kubernetes, release: string, prove?: Proof): Promise<JournalStore> {
    return new JournalStore(kubernetes, release, await kubernetes.get({ ...SECRET, name: journalName(release) }), prove);
  }

  get journal(): Journal {
    return this.#journal;
  }

  /** Whether this app has ever been deployed by the product, successfully or not. */
  get exists(): boolean {
    return this.#object !== undefined;
  }

  /** Applies a transition and writes it. Errors: `LeaseLostError` when someone else wrote meanwhile. */
  async update(transition: (journal: Journal) => Journal): Promise<Journal> {
    const next = fitted(transition(this.#journal));
    const text = JSON.stringify(next);
    try {
      this.#object = await this.#write(text);
    } catch (error) {
      this.#object = await this.#afterFailure(error, text);
    }
    this.#journal = next;
    return next;
  }

  #write(text: string): Promise<Secret> {
    const object: Secret = {
      ...SECRET,
      metadata: {
        name: journalName(this.#release),
        namespace: this.#kubernetes.namespace,
        labels: { [APP_LABEL]: this.#release },
        resourceVersion: this.#object?.metadata.resourceVersion || undefined,
      },
      type: 'todo-deploy.dev/journal',
      data: { [KEY]: Buffer.from(text).toString('base64') },
    };
    return this.#object ? this.#kubernetes.replace(object) : this.#kubernetes.create(object);
  }

  async #again(text: string, tries: number): Promise<Secret> {
    try {
      return await this.#write(text);
    } catch (error) {
      if (tries <= 1) throw error;
      return await this.#afterFailure(error, text, tries - 1);
    }
  }

  /** What it held is known: nothing is lost with it. */
  async #afterDeletion(prove: Proof, text: string): Promise<Secret> {
    await prove();
    this.#object = undefined;
    return this.#again(text, TRIES);
  }

  /** A write whose answer was lost may have arrived: then the journal holds exactly our text. */
  async #afterFailure(error: unknown, text: string, tries = TRIES): Promise<Secret> {
    if (!(error instanceof HttpError) || (![0, 404, 409].includes(error.status) && error.status < 500)) throw error;
    const seen = await this.#kubernetes.get({ ...SECRET, name: journalName(this.#release) });
    if (!seen && this.#object && this.#prove) return this.#afterDeletion(this.#prove, text);
    if (error.status === 404) throw error;
    if (seen && Buffer.from(seen.data?.[KEY] ?? '', 'base64').toString() === text) return seen;
    if (error.status !== 409 && seen?.metadata.resourceVersion === this.#object?.metadata.resourceVersion) return this.#again(text, tries);
    throw new LeaseLostError(`The journal of "${this.#release}" was written by someone else`, {
      cause: error,
      hint: 'Another run owns this app now; nothing more was touched by this one.',
    });
  }
}

function parse(object: Secret, release: string): Journal {
  const text = Buffer.from(object.data?.[KEY] ?? '', 'base64').toString();
  const journal = tryJsonObject<Journal>(text);
  if (journal?.schema === 1) return journal as Journal;
  throw new StepFailure('state-unclear', `The journal of "${release}" (Secret ${object.metadata.name}) cannot be read by this version`, {
    hint: `Use the version of this action that wrote it. Or delete it, and the next run rebuilds it from what Helm recorded: kubectl --namespace ${object.metadata.namespace} delete secret ${object.metadata.name}`,
  });
}
