import { messageOf } from '../../interfaces/values.ts';
import { type Receipt, receiptText, type TakeDown } from '../../preview/gone/index.ts';
import {
  keyText,
  marksWith,
  type Preview,
  type PullRequest,
  previewIn,
  previewSelector,
  sharedBy,
  titleOf,
} from '../../preview/model/index.ts';
import { readClocks } from '../world/clocks.ts';
import { emptyReport, type Report, type World } from '../world/model.ts';
import { type Answer, decidePreview, isOf } from './decide.ts';

export interface PreviewOptions {
  cap: number;
  dryRun: boolean;
  /** Of each removal, ms. */
  limitMs: number;
  /** Which of the previews are looked at; left out: all. The others are not spoken of. */
  choose?(previews: readonly Preview[]): readonly Preview[];
}

export interface PreviewWorld extends World {
  /** The namespace that the previews share; undefined: each has its own. */
  shared: string | undefined;
  /** The repository whose pull requests can be asked for. */
  repositoryId: number | undefined;
  /** This pull request's own GET; undefined for an answer that is none. Throws what the call throws, 404 too. */
  pullRequest(number: number): Promise<PullRequest | undefined>;
  /** The preview, once it is known whether anybody has used it since the pass before. */
  visited(preview: Preview, clocks: readonly number[]): Promise<Preview>;
  takeDown(wanted: TakeDown): Promise<Receipt>;
  /** Says of those that have gone that they have, where whoever took them down was killed before. Left out: nobody is told. */
  finishTold?(): Promise<void>;
  /** What a preview that stays needs; undefined where there is nothing to say. */
  tend(preview: Preview, clocks: readonly number[]): Promise<string | undefined>;
}

/** Takes down the previews of which it is proved that nobody needs them, at most `cap`. */
export async function sweepPreviews(world: PreviewWorld, options: PreviewOptions): Promise<Report> {
  const report = emptyReport();
  const { kubernetes, signal } = world;
  const { items } = await kubernetes.list(...marksWith(previewSelector(), world.shared));
  const chosen = options.choose && new Set(options.choose(items.flatMap((item) => previewIn(item) ?? [])).map(({ uid }) => uid));
  for (const marks of items) {
    signal.throwIfAborted();
    const preview = previewIn(marks);
    if (chosen && !(preview && chosen.has(preview.uid))) continue;
    const what = preview ? `${nameOf(preview)} (pull request ${keyText(preview.key)})` : `${marks.kind}/${marks.metadata.name}`;
    try {
      if (preview) await judge(world, what, preview, options, report);
      else report.kept.push({ what, why: 'its labels and its name are not those of a preview' });
    } catch (error) {
      signal.throwIfAborted();
      report.stuck.push({ what, why: messageOf(error) });
    }
  }
  if (!options.dryRun) await world.finishTold?.();
  return report;
}

const nameOf = (preview: Preview): string => `${sharedBy(preview) === undefined ? 'Namespace/' : 'release '}${titleOf(preview)}`;

async function judge(world: PreviewWorld, what: string, listed: Preview, options: PreviewOptions, report: Report): Promise<void> {
  const { cap, dryRun, limitMs } = options;
  const answer = isOf(listed.key, world.repositoryId) ? await ask(world, listed.key.number) : undefined;
  const clocks = await readClocks(world);
  // Whatever its lease says: what is over by its pull request goes, visited or not.
  const isOver = decidePreview({ preview: { ...listed, expiresAt: undefined }, answer, clocks }).gone !== undefined;
  const preview = isOver ? listed : await world.visited(listed, clocks);
  const { gone: why, stays } = decidePreview({ preview, answer, clocks });
  if (why === undefined) {
    const more = await world.tend(preview, clocks);
    return void report.kept.push({ what, why: more === undefined ? stays : `${stays}; ${more}` });
  }
  if (report.removed.length + report.stuck.length >= cap) {
    return void report.kept.push({ what, why: 'waits for the next run: "cap" is reached' });
  }
  if (dryRun) return void report.removed.push({ what, why });
  // A visit, a deploy or a person may have renewed it since the list was read.
  const isDue = (seen: Preview): boolean => decidePreview({ preview: seen, answer, clocks }).gone !== undefined;
  const receipt = await world.takeDown({ preview, why, isDue, limitMs });
  if (receipt.status === 'gone' || receipt.status === 'absent') report.removed.push({ what, why: said(why, receipt) });
  else if (receipt.status === 'kept') report.kept.push({ what, why: 'it was used meanwhile' });
  else report.stuck.push({ what, why: receiptText(receipt) });
}

const said = (why: string, { unproved }: Receipt): string => (unproved.length > 0 ? `${why}; unproved: ${unproved.join('; ')}` : why);

async function ask(world: PreviewWorld, number: number): Promise<Answer> {
  try {
    const pullRequest = await world.pullRequest(number);
    return pullRequest === undefined ? { failed: 'GitHub’s answer is not a pull request' } : { pullRequest };
  } catch (error) {
    world.signal.throwIfAborted();
    return { failed: messageOf(error) };
  }
}
