import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../../janitor/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { code } from '../../runtime/markdown.ts';

/** What each part of a pass did; undefined where it was switched off, or had nothing to look at. */
export type Parts = Readonly<Record<'previews' | 'drills' | 'colors' | 'registry-tags', Report | undefined>>;

/** In the summary, of each part; the report file has all. */
const SHOWN = 50;
/** In an output: GitHub takes 1 MB of them. */
const MOST = 1_000;

const TITLES = { previews: 'Previews', drills: 'Drills', colors: 'Idle colors', 'registry-tags': 'Images' } as const;

/** Outputs, log, summary and report file. */
export async function report(context: ActionContext, parts: Parts, dryRun: boolean): Promise<Report> {
  const { log, summary, setOutput } = context;
  const done = Object.values(parts).filter((part) => part !== undefined);
  const all: Report = {
    removed: done.flatMap(({ removed }) => removed),
    kept: done.flatMap(({ kept }) => kept),
    stuck: done.flatMap(({ stuck }) => stuck),
  };
  for (const name of ['removed', 'kept', 'stuck'] as const) setOutput(name, linesOf(all[name]));
  setOutput('report-file', await writeReport(context, parts, dryRun));
  const headline = `${dryRun ? 'Would be removed' : 'Removed'}: ${all.removed.length}; kept: ${all.kept.length}; stuck: ${all.stuck.length}`;
  log.info(headline);
  for (const line of all.removed) log.info(`${dryRun ? 'Would go' : 'Gone'}: ${lineText(line)}`);
  for (const line of all.stuck) log.warning(`Stuck: ${lineText(line)}`);
  summary.heading(2, headline);
  for (const [name, part] of Object.entries(parts)) {
    if (part === undefined) continue;
    summary.heading(3, TITLES[name as keyof Parts]);
    const rows = [
      ...part.stuck.map(({ what, why }) => ['stuck', code(what), why]),
      ...part.removed.map(({ what, why }) => [dryRun ? 'would go' : 'gone', code(what), why]),
      ...part.kept.map(({ what, why }) => ['kept', code(what), why]),
    ];
    if (rows.length === 0) summary.text('There is nothing to look at.');
    else summary.table(['', 'what', 'why'], rows.slice(0, SHOWN));
    if (rows.length > SHOWN) summary.text(`And ${rows.length - SHOWN} more: the report file has them all.`);
  }
  return all;
}

const linesOf = (lines: Report['kept']): string => {
  const more = lines.length > MOST ? [`and ${lines.length - MOST} more: the report file has them all`] : [];
  return [...lines.slice(0, MOST).map(lineText), ...more].join('\n');
};

const lineText = ({ what, why }: { what: string; why: string }): string => `${what}: ${why}`;

async function writeReport({ env, secrets }: ActionContext, parts: Parts, dryRun: boolean): Promise<string> {
  const path = join(await mkdtemp(join(env.tempDir, 'todo-deploy-report-')), 'janitor.json');
  await writeFile(path, `${secrets.redact(JSON.stringify({ dryRun, ...parts }, null, 2))}\n`);
  return path;
}
