import { NAMESPACE } from '../../deploy/kube/names.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { messageOf } from '../../interfaces/values.ts';
import { keyText, PREVIEW_LABEL, type Preview, type PullRequest, previewIn } from '../../preview/model/index.ts';
import { readClocks } from '../world/clocks.ts';
import { emptyReport, type Report, type World } from '../world/model.ts';
import { type Answer, decidePreview, isOf } from './decide.ts';

export interface PreviewOptions {
  cap: number;
  dryRun: boolean;
}

export interface PreviewWorld extends World {
  /** The repository whose pull requests can be asked for. */
  repositoryId: number | undefined;
  /** This pull request's own GET; undefined for an answer that is none. Throws what the call throws, 404 too. */
  pullRequest(number: number): Promise<PullRequest | undefined>;
  /** Takes it down, the namespace with this uid and no other. Returns what holds it where it will not go. */
  takeDown(preview: Preview): Promise<string | undefined>;
}

/** Takes down the previews of which it is proved that nobody needs them, at most `cap`. */
export async function sweepPreviews(world: PreviewWorld, options: PreviewOptions): Promise<Report> {
  const report = emptyReport();
  const { kubernetes, signal } = world;
  const { items } = await kubernetes.list(NAMESPACE, { labelSelector: PREVIEW_LABEL });
  for (const namespace of items) {
    signal.throwIfAborted();
    const what = `Namespace ${namespace.metadata.name}`;
    try {
      await judge(world, namespace, options, report);
    } catch (error) {
      signal.throwIfAborted();
      report.stuck.push({ what, why: messageOf(error) });
    }
  }
  return report;
}

async function judge(world: PreviewWorld, namespace: KubernetesObject, { cap, dryRun }: PreviewOptions, report: Report): Promise<void> {
  const preview = previewIn(namespace);
  if (preview === undefined) {
    report.kept.push({ what: `Namespace ${namespace.metadata.name}`, why: 'its labels and its name are not those of a preview' });
    return;
  }
  const what = `Namespace ${preview.namespace} (pull request ${keyText(preview.key)})`;
  const answer = isOf(preview.key, world.repositoryId) ? await ask(world, preview.key.number) : undefined;
  const clocks = await readClocks(world);
  const decision = decidePreview({ preview, answer, clocks });
  if (decision.gone === undefined) {
    report.kept.push({ what, why: decision.stays });
    return;
  }
  if (report.removed.length + report.stuck.length >= cap) {
    report.kept.push({ what, why: 'waits for the next run: "cap" is reached' });
    return;
  }
  // A visit, a deploy or a person may have renewed it since the list was read.
  const now = await again(world, preview);
  if (now === undefined) {
    report.kept.push({ what, why: 'it is gone, or another one has its name' });
    return;
  }
  const still = decidePreview({ preview: now, answer, clocks });
  if (still.gone === undefined) {
    report.kept.push({ what, why: still.stays });
    return;
  }
  const held = dryRun ? undefined : await world.takeDown(now);
  if (held === undefined) report.removed.push({ what, why: still.gone });
  else report.stuck.push({ what, why: held });
}

async function again({ kubernetes }: PreviewWorld, { namespace, uid }: Preview): Promise<Preview | undefined> {
  const live = await kubernetes.get({ ...NAMESPACE, name: namespace });
  const preview = live && previewIn(live);
  return preview?.uid === uid ? preview : undefined;
}

async function ask(world: PreviewWorld, number: number): Promise<Answer> {
  try {
    const pullRequest = await world.pullRequest(number);
    return pullRequest === undefined ? { failed: 'GitHub’s answer is not a pull request' } : { pullRequest };
  } catch (error) {
    world.signal.throwIfAborted();
    return { failed: messageOf(error) };
  }
}
