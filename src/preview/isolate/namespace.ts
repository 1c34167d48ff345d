import { StepFailure } from '../../deploy/index.ts';
import { NAMESPACE } from '../../deploy/kube/names.ts';
import { ConfigurationError, HttpError } from '../../interfaces/errors.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Log } from '../../interfaces/log.ts';
import { type GoneTools, receiptText, takeDown } from '../gone/index.ts';
import { type Notes, type Preview, type PreviewKey, previewIn, previewLabels, previewNotes } from '../model/index.ts';

interface Wanted {
  namespace: string;
  key: PreviewKey;
  labels: Record<string, string>;
  /** Of a new one, and set anew on one that is there. */
  notes(seen: Preview | undefined): Notes;
  limitMs: number;
}

const TRIES = 5;

/**
 * The preview's namespace, with its marks. One that is being taken down is taken down to the end first: a pull request that was opened again
 * gets a new one. Errors: `ConfigurationError` where something else has its name, or the account may not create it; `StepFailure` where the
 * old one does not go.
 */
export async function ensureNamespace(wanted: Wanted, tools: GoneTools): Promise<Preview> {
  const { kubernetes, log } = tools;
  const { namespace, key } = wanted;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const live = await kubernetes.get({ ...NAMESPACE, name: namespace });
    if (live === undefined) {
      await create(kubernetes, wanted, log);
      continue;
    }
    const seen = previewIn(live);
    if (seen === undefined) {
      throw new ConfigurationError(
        `The namespace "${namespace}" is there, and not marked as this pull request's: nothing is deployed into it`,
        {
          hint: `kubectl get namespace ${namespace} --show-labels`,
        },
      );
    }
    if (seen.ending) {
      const receipt = await takeDown({ preview: seen, why: 'it was being taken down', limitMs: wanted.limitMs }, tools);
      if (receipt.status === 'stuck') throw new StepFailure('namespace-terminating', receiptText(receipt));
      continue;
    }
    const metadata = { resourceVersion: seen.resourceVersion, labels: marks(wanted), annotations: previewNotes(wanted.notes(seen)) };
    try {
      const now = previewIn(await kubernetes.patch({ ...NAMESPACE, name: namespace }, { metadata }, { type: 'merge' }));
      if (now) return now;
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 409) throw error;
    }
  }
  throw new StepFailure(
    'state-unclear',
    `The namespace "${namespace}" of pull request ${key.number} is changed by somebody else all the time`,
  );
}

const marks = ({ labels, key }: Wanted): Record<string, string> => ({ ...labels, ...previewLabels(key) });

async function create(kubernetes: Kubernetes, wanted: Wanted, log: Log): Promise<void> {
  const metadata = { name: wanted.namespace, labels: marks(wanted), annotations: previewNotes(wanted.notes(undefined)) };
  try {
    await kubernetes.create({ ...NAMESPACE, metadata });
    log.info(`Namespace ${wanted.namespace} created`);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    if (error.status === 409) return;
    if (error.status !== 403) throw error;
    throw new ConfigurationError(`This account may not create the namespace "${wanted.namespace}", which this preview needs`, {
      hint: 'Give it the ClusterRole in actions/preview/role.yaml.',
      cause: error,
    });
  }
}

/** Sets notes of a preview that is not being taken down; false where it is, or is another one by now. */
export async function note(
  kubernetes: Kubernetes,
  { namespace, uid }: Preview,
  notes: (seen: Preview) => Notes,
): Promise<Preview | undefined> {
  for (let tries = 0; ; tries += 1) {
    const live = await kubernetes.get({ ...NAMESPACE, name: namespace });
    const seen = live && previewIn(live);
    if (!seen || seen.uid !== uid || seen.ending) return undefined;
    const metadata = { resourceVersion: seen.resourceVersion, annotations: previewNotes(notes(seen)) };
    try {
      return previewIn(await kubernetes.patch({ ...NAMESPACE, name: namespace }, { metadata }, { type: 'merge' }));
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 409 || tries >= TRIES) throw error;
    }
  }
}
