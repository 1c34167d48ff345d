import { join } from 'node:path';
import { environment, ROOT, runner } from './api.ts';
import { type App, RELEASE } from './app.ts';

/** How an app is run without us. */
export interface Way {
  helm: 'helm' | 'helm3';
  flags: readonly string[];
}
export const HELM4: Way = { helm: 'helm', flags: [] };
export const HELM4_CLIENT_SIDE: Way = { helm: 'helm', flags: ['--server-side=false'] };
export const HELM3: Way = { helm: 'helm3', flags: [] };

/** Runs a program against the app's namespace; returns what it printed. */
export async function run(app: App, program: string, args: readonly string[], stdin?: string): Promise<string> {
  const command = [program, ...args, `--namespace=${app.namespace}`] as const;
  return (await runner.run({ command, env: environment, timeoutMs: 60_000, stdin })).stdout;
}

/** `helm upgrade --install` of the chart, as people run it, until its pods are ready. */
export async function upgrade(app: App, way: Way, version: string, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const values = `--set-json=${Object.entries(JSON.parse(app.values(version, more).inline ?? '{}'))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',')}`;
  await run(app, way.helm, ['upgrade', '--install', RELEASE, join(ROOT, 'test/charts/small'), values, ...way.flags]);
  await served(app, version);
}

/** Waits until users are answered by this version alone. */
export async function served(app: App, version: string): Promise<void> {
  for (const deadline = Date.now() + 20_000; ; ) {
    const versions = new Set((await app.serving()).map((pod) => pod.spec?.containers[0]?.image?.split(':').at(-1)));
    if (versions.size === 1 && versions.has(version)) return;
    if (Date.now() > deadline) throw new Error(`${[...versions].join(', ') || 'Nothing'} serves, not ${version}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What Helm says of the app's revisions, oldest first. */
export async function revisions(app: App, helm: Way['helm'] = 'helm'): Promise<string[]> {
  const history: { revision: number; status: string }[] = JSON.parse(await run(app, helm, ['history', RELEASE, '--output=json']));
  return history.map(({ revision, status }) => `${revision} ${status}`);
}
