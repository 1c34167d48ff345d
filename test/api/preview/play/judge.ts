import { SERVICE, selectedColor } from '../../../../src/deploy/kube/names.ts';
import type { Kubernetes } from '../../../../src/interfaces/kubernetes.ts';
import { fieldAt } from '../../../../src/interfaces/values.ts';
import type { Preview } from '../../../../src/preview/model/index.ts';
import { markerOf } from '../../../../src/preview/told/index.ts';
import { isAsleep } from '../../../../src/waker/index.ts';
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
  previews(): Promise<Preview[]>;
}

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
  const previews = await seen.previews();
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
    for (const preview of own) if (await isHalfAsleep(kubernetes, preview)) leaks.push(`${number} sleeps, and its pods run`);
  }
  const there = new Set(previews.map(({ namespace }) => namespace));
  for (const { metadata, ...volume } of (await kubernetes.list(PERSISTENT_VOLUME)).items) {
    const of = fieldAt(volume, 'spec', 'claimRef', 'namespace');
    if (typeof of === 'string' && names.has(of) && !there.has(of)) leaks.push(`Volume ${metadata.name} of ${of} is left`);
  }
  return leaks;
}

/** Users are led to the waker, and what they would be led to runs as well. */
async function isHalfAsleep(kubernetes: Kubernetes, { namespace }: Preview): Promise<boolean> {
  const service = await kubernetes.get({ ...SERVICE, name: `${RELEASE}-web`, namespace });
  if (!isAsleep(service?.spec?.selector)) return false;
  const { items } = await kubernetes.list(DEPLOYMENT, { namespace });
  return items.some(({ metadata, spec }) => metadata.name.startsWith(`${RELEASE}-web-`) && spec?.replicas !== 0);
}

type Last = ReadonlyMap<number, { ended: Ended }>;

/** Where it is otherwise than its people want it, after a run that nothing disturbed. */
export async function strayIn(seen: Seen, last: Last): Promise<string[]> {
  const { repository } = seen;
  const previews = await seen.previews();
  const stray: string[] = [];
  for (const number of repository.numbers) {
    const { want } = repository.desired(number);
    const pull = repository.pull(number);
    const [preview] = previews.filter(({ key }) => key.number === number);
    const state = last.get(number)?.ended.outputs.state;
    if (want === 'down' && preview) stray.push(`${number} is not to have a preview, and has one`);
    if (want === 'nothing' && preview) stray.push(`${number} of a fork has a preview that nobody let through`);
    if ((want !== 'up' && want !== 'asleep') || pull === undefined) continue;
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
  if (served !== head) say(`users are led to ${served}`);
  return wrong;
}

/** The version that the Service leads to. */
export async function servedIn(kubernetes: Kubernetes, namespace: string): Promise<string | undefined> {
  const service = await kubernetes.get({ ...SERVICE, name: `${RELEASE}-web`, namespace });
  const color = selectedColor(service?.spec?.selector);
  const deployment = await kubernetes.get({ ...DEPLOYMENT, name: `${RELEASE}-web-${color}`, namespace });
  return deployment?.spec?.template.spec?.containers[0]?.env?.find(({ name }) => name === 'VERSION')?.value;
}
