import type { PrivateFiles } from '../../interfaces/files.ts';
import type { HelmValues } from '../../interfaces/helm.ts';
import type { ProcessRunner } from '../../interfaces/process.ts';
import { positional } from './arguments.ts';
import { HELM_VARIABLES, helmSettings } from './environment.ts';

const LIMIT_MS = 120_000;

export interface Template {
  release: string;
  namespace: string;
  chart: string;
  values: HelmValues;
}

/** What a chart makes, hooks included, rendered without any cluster: what it looks up there is empty. */
export async function templateChart(
  { release, namespace, chart, values }: Template,
  { runner, helmPath, files }: { runner: ProcessRunner; helmPath: string; files: PrivateFiles },
): Promise<string> {
  const inline = values.inline === undefined ? [] : [files.file('values.yaml', values.inline)];
  const command = [
    helmPath,
    'template',
    positional(release, 'a release'),
    positional(chart, 'a chart'),
    `--namespace=${namespace}`,
  ] as const;
  const { stdout } = await runner.run({
    command: [...command, ...[...values.files, ...inline].map((file) => `--values=${file}`)],
    passes: HELM_VARIABLES,
    env: helmSettings(files.directory('no-plugins')),
    timeoutMs: LIMIT_MS,
    failure: 'helm-failed',
  });
  return stdout;
}
