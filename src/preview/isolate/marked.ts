import { StepFailure } from '../../deploy/index.ts';
import { ConfigurationError, HttpError } from '../../interfaces/errors.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Log } from '../../interfaces/log.ts';
import { type GoneTools, receiptText, takeDown } from '../gone/index.ts';
import { type Home, type Notes, type Preview, type PreviewKey, previewIn, previewLabels, previewNotes, sharedBy } from '../model/index.ts';

interface Wanted {
  home: Home;
  key: PreviewKey;
  /** Further ones, of the namespace. */
  labels: Record<string, string>;
  /** Of a new one, and set anew on one that is there. */
  notes(seen: Preview | undefined): Notes;
  limitMs: number;
}

const TRIES = 5;

/**
 * The preview's marks, and with them its namespace where it has one of its own. One that is being taken down is taken down to the end first: a
 * pull request that was opened again gets a new one. Errors: `ConfigurationError` where something else has its name, or the account may not
 * create it; `StepFailure` where the old one does not go.
 */
export async function ensureMarked(wanted: Wanted, tools: GoneTools): Promise<Preview> {
  const { kubernetes, log } = tools;
  const { home, key } = wanted;
  const { marks } = home;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const live = await kubernetes.get(marks);
    if (live === undefined) {
      await create(kubernetes, wanted, log);
      continue;
    }
    const seen = previewIn(live);
    if (seen === undefined) {
      throw new ConfigurationError(`${textOf(home)} is there, and not marked as this pull request's: nothing is deployed into it`, {
        hint: `kubectl get ${marks.kind.toLowerCase()} ${marks.name} --show-labels${marks.namespace ? ` --namespace ${marks.namespace}` : ''}`,
      });
    }
    if (seen.ending) {
      const receipt = await takeDown({ preview: seen, why: 'it was being taken down', limitMs: wanted.limitMs }, tools);
      if (receipt.status === 'stuck') throw new StepFailure('namespace-terminating', receiptText(receipt));
      continue;
    }
    const metadata = { resourceVersion: seen.resourceVersion, labels: labelsOf(wanted), annotations: previewNotes(wanted.notes(seen)) };
    try {
      const now = previewIn(await kubernetes.patch(marks, { metadata }, { type: 'merge' }));
      if (now) return now;
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 409) throw error;
    }
  }
  throw new StepFailure('state-unclear', `${textOf(home)} of pull request ${key.number} is changed by somebody else all the time`);
}

const textOf = ({ marks }: Home): string =>
  marks.namespace === undefined ? `The namespace "${marks.name}"` : `${marks.kind}/${marks.name} in namespace ${marks.namespace}`;

const labelsOf = ({ labels, key }: Wanted): Record<string, string> => ({ ...labels, ...previewLabels(key) });

async function create(kubernetes: Kubernetes, wanted: Wanted, log: Log): Promise<void> {
  const { home } = wanted;
  const { name, namespace, ...kind } = home.marks;
  const metadata = { name, ...(namespace && { namespace }), labels: labelsOf(wanted), annotations: previewNotes(wanted.notes(undefined)) };
  try {
    await kubernetes.create({ ...kind, metadata });
    log.info(`${kind.kind} ${name} created`);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    if (error.status === 409) return;
    throw refusal(home, error) ?? error;
  }
}

/** What somebody else has to do first. */
function refusal(home: Home, cause: HttpError): ConfigurationError | undefined {
  const shared = sharedBy(home);
  if (shared !== undefined && cause.status === 404) {
    return new ConfigurationError(
      `Input "namespace" names ${shared}, which is not there: with "isolation: release" somebody makes it first`,
      {
        hint: `kubectl create namespace ${shared}`,
        cause,
      },
    );
  }
  if (cause.status !== 403) return undefined;
  return shared === undefined
    ? new ConfigurationError(`This account may not create the namespace "${home.namespace}", which this preview needs`, {
        hint: 'Give it the ClusterRole in actions/preview/role.yaml; or let previews share a namespace: "isolation: release".',
        cause,
      })
    : new ConfigurationError(`This account may not create a ConfigMap in namespace ${shared}, which says what is known of a preview`, {
        hint: 'Give it the Role in actions/preview/role-release.yaml, in that namespace. Is the namespace there?',
        cause,
      });
}

/** Sets notes of a preview that is not being taken down; false where it is, or is another one by now. */
export async function note(
  kubernetes: Kubernetes,
  { marks, uid }: Pick<Preview, 'marks' | 'uid'>,
  notes: (seen: Preview) => Notes,
): Promise<Preview | undefined> {
  for (let tries = 0; ; tries += 1) {
    const live = await kubernetes.get(marks);
    const seen = live && previewIn(live);
    if (!seen || seen.uid !== uid || seen.ending) return undefined;
    const metadata = { resourceVersion: seen.resourceVersion, annotations: previewNotes(notes(seen)) };
    try {
      return previewIn(await kubernetes.patch(marks, { metadata }, { type: 'merge' }));
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 409 || tries >= TRIES) throw error;
    }
  }
}
