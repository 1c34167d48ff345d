import type { PartChart } from '../../interfaces/helm.ts';
import { APP_LABEL, COLORS, type Color } from '../../split/model.ts';
import { recordOf } from '../../split/part/record.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { colorRelease, journalName, SECRET } from '../kube/names.ts';
import type { Run } from '../run/run.ts';

type Deps = Pick<Run, 'kubernetes' | 'helm'> & { readonly options: { readonly release: string } };

/**
 * The three Helm releases of the app must be its own, or nobody's yet. Asked before anything else, since a run begins with what the last one
 * left of them. Errors: `StepFailure` (owned-by-others) that names each stranger.
 */
export async function requireOwnReleases(deps: Deps): Promise<void> {
  const { release } = deps.options;
  const names = [release, ...COLORS.map((color) => colorRelease(release, color))];
  const newest = await newestRevisions(deps, names);
  const parts = await Promise.all([...newest].map(async ([name, revision]) => [name, await partOf(deps, name, revision)] as const));
  const records = new Map(parts);
  const owner = (await appOfColor(deps, release)) ?? appOf(records.get(release));
  if (owner && owner !== release) {
    const color = COLORS.find((one) => release.endsWith(`-${one}`));
    throw new StepFailure(
      'owned-by-others',
      `"${release}" is ${color ? `the color ${color}` : 'a release'} of the app "${owner}": it is no name for another app in this namespace`,
      { hint: `Use another release name; or is "${owner}" the one that you mean?` },
    );
  }
  const strangers = COLORS.map((color) => colorRelease(release, color)).filter((name) => {
    const part = records.get(name);
    return part !== undefined && appOf(part) !== release;
  });
  if (strangers.length === 0) return;
  const list = strangers.map((name) => `the Helm release "${name}" is not of this app (${chartOf(records.get(name))})`);
  throw new StepFailure(
    'owned-by-others',
    `"${release}" cannot use its names in namespace ${deps.kubernetes.namespace}: ${list.join('; ')}`,
    {
      hint: `The colors of "${release}" are the Helm releases ${names.slice(1).join(' and ')}. Use another release name, or another namespace.`,
    },
  );
}

/** An app that is known by its journal, one of whose colors this name is. */
async function appOfColor({ kubernetes }: Deps, release: string): Promise<string | undefined> {
  const color: Color | undefined = COLORS.find((one) => release.endsWith(`-${one}`));
  const app = color && release.slice(0, -color.length - 1);
  return app && (await kubernetes.get({ ...SECRET, name: journalName(app) })) ? app : undefined;
}

/** The newest revision of each of these Helm releases that there is. */
export async function newestRevisions({ kubernetes }: Pick<Deps, 'kubernetes'>, names: readonly string[]): Promise<Map<string, number>> {
  // Names and labels are enough: a record may have a megabyte.
  const { items } = await kubernetes.list(SECRET, { labelSelector: `owner=helm,name in (${names.join(',')})`, metadataOnly: true });
  const newest = new Map<string, number>();
  for (const { metadata } of items) {
    const [name, revision] = [metadata.labels?.name ?? '', Number(metadata.labels?.version)];
    newest.set(name, Math.max(revision, newest.get(name) ?? 0));
  }
  return newest;
}

const partOf = async ({ helm }: Deps, name: string, revision: number): Promise<PartChart | undefined> =>
  (await helm.recordedPart(name, revision))?.part;

/** Pure: the app whose color this part is; '' where it is no color of ours. */
export function appOf(part: PartChart | undefined): string | undefined {
  if (part === undefined) return undefined;
  const record = recordOf(part);
  // A color that holds nothing says it there alone.
  if (record?.app !== undefined) return record.app;
  // A stranger's templates are not JSON.
  const texts = Object.values(part.templates);
  const found = texts.map((text) => new RegExp(`"${APP_LABEL}": ?"([^"]+)"`).exec(text)?.[1]).find((app) => app !== undefined);
  return record === undefined && found === undefined ? '' : found;
}

const chartOf = (part: PartChart | undefined): string => `chart ${part?.chart.name ?? ''} ${part?.chart.version ?? ''}`.trim();
