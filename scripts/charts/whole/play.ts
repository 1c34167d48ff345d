import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Run, WholeApp } from './app.ts';
import type { WholeChart } from './model.ts';

/** One thing that was done with an app, and how it ended. */
export interface Played {
  step: string;
  seconds: number;
  /** What was wrong with it; empty: nothing. */
  wrong: string[];
  /** Of the failed version: its cause, as it was told. */
  told?: string;
}

const FLAGS = { timeout: '90s', bake: '2s', drain: '1s' };

/** Deploys a chart whole: two versions, a broken one, back, and away. */
export async function play(chart: WholeChart, folder: string, app: WholeApp, work: string): Promise<Played[]> {
  const played: Played[] = [];
  const deploy = (version: string, tag: string, more: Record<string, string> = {}): Promise<Run> => {
    const file = join(work, `${version}.json`);
    writeFileSync(file, JSON.stringify(chart.values(tag)));
    return app.run('deploy', { ...FLAGS, chart: folder, version, 'value-files': file, ...more });
  };
  const step = async (name: string, act: () => Promise<Run>, judge: (run: Run) => Promise<string[]> | string[]): Promise<void> => {
    const began = Date.now();
    const run = await act();
    const seconds = Math.round((Date.now() - began) / 1000);
    const wrong = await judge(run);
    const told = run.reason ? { told: firstLine(run.message) } : {};
    played.push({ step: name, seconds, wrong, ...told });
    console.log(
      `${chart.path}: ${name}: ${wrong.length === 0 ? 'right' : wrong.join('; ')} (${seconds} s)${told.told ? ` ${told.told}` : ''}`,
    );
    if (wrong.length > 0) console.log(indent(`${run.reason} ${run.message}\n${run.log.split('\n').slice(-60).join('\n')}`));
  };
  const green = (version: string) => async (run: Run) => [
    ...(run.exitCode === 0 ? [] : [`exit code ${run.exitCode}`]),
    ...differs('status', run.outputs.status, 'deployed'),
    ...(await serves(chart, app, version)),
  ];
  await step('first version', () => deploy('v1', 'v1'), green('v1'));
  await step('second version', () => deploy('v2', 'v2'), green('v2'));
  const { broken } = chart;
  await step(
    `broken: ${broken.what}`,
    () => deploy('v3', 'v2', { values: JSON.stringify(broken.values) }),
    async (run) => [
      ...(run.exitCode === 0 ? ['green'] : []),
      ...differs('reason', run.reason, broken.reason),
      ...(broken.message.test(run.message) ? [] : [`the cause is told as: ${firstLine(run.message)}`]),
      ...(await serves(chart, app, 'v2')),
    ],
  );
  await step('rollback', () => app.run('rollback', { ...FLAGS, to: 'previous' }), green('v1'));
  await step(
    'removal',
    () => app.run('remove', { confirm: app.release }),
    async (run) => [
      ...(run.exitCode === 0 ? [] : [`exit code ${run.exitCode}`]),
      ...differs('pods left', (await app.kubectl('get', 'pods', '--output=name', '--field-selector=status.phase=Running')).trim(), ''),
    ],
  );
  return played;
}

async function serves(chart: WholeChart, app: WholeApp, version: string): Promise<string[]> {
  const { outputs } = await app.run('status', {});
  const seen = await chart.serving(app).catch((error: Error) => [error.message]);
  return [
    ...differs('version of status', outputs.version, version),
    ...differs('healthy', outputs.healthy, 'true'),
    ...(seen.length > 0 && seen.every((one) => one === version) ? [] : [`serving: ${seen.join(', ') || 'nobody'}, not ${version}`]),
  ];
}

const differs = (what: string, is: string | undefined, expected: string): string[] =>
  is === expected ? [] : [`${what}: "${is}", not "${expected}"`];
const firstLine = (text: string): string => text.split('\n')[0] ?? '';
const indent = (text: string): string => text.replaceAll(/^/gm, '    ');
