import { NAMESPACE, SERVICE, selectedColor } from '../../../../src/deploy/kube/names.ts';
import type { Kubernetes } from '../../../../src/interfaces/kubernetes.ts';
import { fieldAt } from '../../../../src/interfaces/values.ts';
import { type Preview, previewIn, previewSelector } from '../../../../src/preview/model/index.ts';
import { markerOf } from '../../../../src/preview/told/index.ts';
import type { PlayedPullRequests } from '../../../support/github/pull-requests.ts';
import { DEPLOYMENT } from '../../support/controllers.ts';
import { RELEASE } from './app.ts';
import { PERSISTENT_VOLUME } from './kubelets.ts';
import type { Repository } from './repository.ts';
import type { Ended } from './run.ts';

/** What a history has left: in the cluster, and at GitHub. */
export interface Seen {
  repository: Repository;
  played: PlayedPullRequests;
  kubernetes: Kubernetes;
  /** Every namespace that it ever had. */
  names: ReadonlySet<string>;
}

const previewsOf = async ({ kubernetes, repository }: Seen): Promise<Preview[]> =>
  (await kubernetes.list(NAMESPACE, { labelSelector: previewSelector(repository.id) })).items.flatMap((item) => previewIn(item) ?? []);

const commentsOf = ({ repository, played }: Seen, number: number): string[] =>
  played.comments
    .filter(
      (one) => one.number === number && one.login === played.login && one.body.startsWith(markerOf(repository.keyOf(number), RELEASE)),
    )
    .map(({ body }) => body);

/** Commits that GitHub shows as deployed. */
const activeOf = ({ repository, played }: Seen, number: number): string[] =>
  played.deployments
    .filter(({ ref, statuses }) => repository.wasHead(number, ref) && statuses.at(-1)?.state === 'success')
    .map(({ ref }) => ref);

/** What is there though nobody needs it. */
export async function leaksIn(seen: Seen): Promise<string[]> {
  const { repository, kubernetes, names } = seen;
  const previews = await previewsOf(seen);
  const leaks: string[] = [];
  for (const number of repository.numbers) {
    const own = previews.filter(({ key }) => key.number === number);
    const active = activeOf(seen, number);
    const comments = commentsOf(seen, number);
    if (own.length > 1) leaks.push(`${number} has ${own.length} namespaces`);
    if (comments.length > 1) leaks.push(`${number} has ${comments.length} comments`);
    if (own.length === 0 && active.length > 0)
      leaks.push(`${number} has no preview, and at GitHub ${active.length} deployments are active`);
    if (own.length === 0 && comments.some((body) => /✓ up|○ deployed/.test(body)))
      leaks.push(`${number} has no preview, and its comment says that it is up`);
    if (!repository.pull(number)?.isOpen && own.length > 0) leaks.push(`${number} is closed, and its namespace is there`);
  }
  const there = new Set(previews.map(({ namespace }) => namespace));
  for (const { metadata, ...volume } of (await kubernetes.list(PERSISTENT_VOLUME)).items) {
    const of = fieldAt(volume, 'spec', 'claimRef', 'namespace');
    if (typeof of === 'string' && names.has(of) && !there.has(of)) leaks.push(`Volume ${metadata.name} of ${of} is left`);
  }
  return leaks;
}

type Last = ReadonlyMap<number, { ended: Ended }>;

/** Where it is otherwise than its people want it, after a run that nothing disturbed. */
export async function strayIn(seen: Seen, last: Last): Promise<string[]> {
  const { repository } = seen;
  const previews = await previewsOf(seen);
  const stray: string[] = [];
  for (const number of repository.numbers) {
    const { want } = repository.desired(number);
    const pull = repository.pull(number);
    const [preview] = previews.filter(({ key }) => key.number === number);
    const state = last.get(number)?.ended.outputs.state;
    if (want === 'down' && preview) stray.push(`${number} is not to have a preview, and has one`);
    if (want !== 'up' || pull === undefined) continue;
    if (state === 'waiting') {
      if (preview) stray.push(`${number} waits, and has a namespace`);
      if (previews.length < repository.settings.max) stray.push(`${number} waits though only ${previews.length} previews are there`);
    } else if (!preview) stray.push(`${number} has no preview`);
    else if (repository.qualityOf(pull.head) === 'good') stray.push(...(await wrongAt(seen, number, pull.head, preview)));
  }
  return stray;
}

async function wrongAt(seen: Seen, number: number, head: string, preview: Preview): Promise<string[]> {
  const wrong: string[] = [];
  const say = (what: string): void => void wrong.push(`${number} is at ${head.slice(0, 7)}, and ${what}`);
  if (preview.head !== head || preview.ending) say(`its namespace says ${preview.head?.slice(0, 7)}`);
  const active = activeOf(seen, number);
  if (active.length !== 1 || active[0] !== head) say(`GitHub shows as deployed: ${active.map((one) => one.slice(0, 7))}`);
  const comments = commentsOf(seen, number);
  if (comments.length !== 1 || !comments[0]?.includes(head.slice(0, 7))) say(`its comments are ${JSON.stringify(comments)}`);
  const served = await servedIn(seen.kubernetes, preview.namespace);
  if (preview.state === 'awake' && served !== head) say(`users are led to ${served}`);
  return wrong;
}

/** The version that the Service leads to. */
async function servedIn(kubernetes: Kubernetes, namespace: string): Promise<string | undefined> {
  const service = await kubernetes.get({ ...SERVICE, name: `${RELEASE}-web`, namespace });
  const color = selectedColor(service?.spec?.selector);
  const deployment = await kubernetes.get({ ...DEPLOYMENT, name: `${RELEASE}-web-${color}`, namespace });
  return deployment?.spec?.template.spec?.containers[0]?.env?.find(({ name }) => name === 'VERSION')?.value;
}
