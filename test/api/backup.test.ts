import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { tellBackupAge } from '../../src/actions/shared/backup/age.ts';
import { readStatusInputs } from '../../src/actions/status/inputs.ts';
import { runStatus } from '../../src/actions/status/run.ts';
import { applyCronJob, followRecords, readProof, recordProof } from '../../src/backup/index.ts';
import { fieldAt } from '../../src/interfaces/values.ts';
import { type ActionContext, createContext } from '../../src/runtime/action.ts';
import { environment, kubeconfig, workplace } from './support/api.ts';

const { namespace, folder, kubernetes } = workplace('backup');
const HOUR = 3_600_000;
const CRON_JOB = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'todo-deploy-todo-backups' };
const ID = '000007-20260301T030000Z-7f3a9c';

/** A run of status with these inputs, and all that it says. */
function contextOf(inputs: Record<string, string>): { context: ActionContext; said: string[]; summary: () => Promise<string> } {
  const file = join(folder, 'summary');
  writeFileSync(file, '');
  const given = Object.entries({ release: 'todo', namespace, kubeconfig, ...inputs }).map(([name, value]) => [
    `INPUT_${name.toUpperCase()}`,
    value,
  ]);
  const said: string[] = [];
  const say = (level: string) => (text: string) => void said.push(`${level}${text}`);
  const log = () => ({
    info: say(''),
    debug: say(''),
    notice: say(''),
    warning: say('warning: '),
    error: say(''),
    group: <T>(_: string, body: () => T) => body(),
  });
  const variables = { PATH: environment.PATH, RUNNER_TEMP: folder, GITHUB_STEP_SUMMARY: file, ...Object.fromEntries(given) };
  const context = createContext('status', new AbortController().signal, variables, { log, showOutputs: false });
  const summary = async () => {
    await context.summary.write();
    return readFileSync(file, 'utf8');
  };
  return { context, said, summary };
}

/** A minute older than that: the API server's clock tells whole seconds. */
const provedAt = (hours: number): Promise<void> =>
  recordProof(kubernetes, 'todo', { backup: ID, snapshotAt: Date.now() - hours * HOUR - 60_000, drilledAt: Date.now() });

describe('the age of the newest backup that a drill has restored', () => {
  test('is not spoken of where there never was a drill; asked for, that is red', async () => {
    const { context, said, summary } = contextOf({ 'max-backup-age': '50h' });
    await expect(runStatus(context, readStatusInputs(context))).rejects.toMatchObject({
      reason: 'backup-old',
      message: 'No drill of "todo" has restored a backup',
    });
    expect([...said, await summary()].join('\n')).not.toContain('newest backup');
  });

  test('is in the summary, and a warning from 50 hours on; asked for, it is red beyond the limit', async () => {
    await provedAt(49.5);
    expect(await readProof(kubernetes, 'todo')).toMatchObject({ backup: ID });
    const young = contextOf({ 'max-backup-age': '50h' });
    await runStatus(young.context, readStatusInputs(young.context));
    const line = (hours: number) => `The newest backup that a drill has restored is ${hours} h old (${ID})`;
    expect(await young.summary()).toContain('has restored is 49 h old');
    expect(young.said.filter((text) => text.startsWith('warning: The newest'))).toEqual([]);
    await provedAt(75);
    const old = contextOf({ 'max-backup-age': '50h' });
    await expect(runStatus(old.context, readStatusInputs(old.context))).rejects.toMatchObject({ reason: 'backup-old', message: line(75) });
    expect(old.said).toContain(`warning: ${line(75)}`);
    // What a deploy says is the same line.
    const deploy = contextOf({});
    await tellBackupAge(deploy.context, kubernetes, 'todo');
    expect([deploy.said, await deploy.summary()]).toEqual([[`warning: ${line(75)}`], expect.stringContaining('is 75 h old')]);
  });
});

describe("a runner's clock", () => {
  test.each([-30, 30])('that is off by %i hours makes no backup younger or older', async (hours) => {
    const skewed = (inputs: Record<string, string>) => {
      const { context, ...rest } = contextOf(inputs);
      return { ...rest, context: { ...context, clock: { ...context.clock, now: () => Date.now() + hours * HOUR } } };
    };
    await provedAt(49.5);
    const young = skewed({ 'max-backup-age': '50h' });
    await runStatus(young.context, readStatusInputs(young.context));
    expect(await young.summary()).toContain('has restored is 49 h old');
    await provedAt(75);
    const old = skewed({ 'max-backup-age': '50h' });
    await expect(runStatus(old.context, readStatusInputs(old.context))).rejects.toMatchObject({ reason: 'backup-old' });
    expect(old.said).toContain(`warning: The newest backup that a drill has restored is 75 h old (${ID})`);
  });
});

describe('the CronJob of backups', () => {
  const pod = {
    image: 'registry.example/backup:1',
    args: ['backup-job'],
    env: {},
    database: {},
    scratchSize: '1Gi',
    memory: '256Mi',
    pullSecrets: [],
    labels: { 'todo-deploy.dev/job': CRON_JOB.name },
  };
  const install = (recovery: readonly string[]) =>
    applyCronJob(kubernetes, { name: CRON_JOB.name, pod: { ...pod, recovery }, beside: [], limitMs: HOUR }, '17 3 * * *');
  const taken = async (): Promise<unknown[]> => {
    const volumes = fieldAt(await kubernetes.get(CRON_JOB), 'spec', 'jobTemplate', 'spec', 'template', 'spec', 'volumes');
    const volume = Array.isArray(volumes) ? volumes.find((one) => fieldAt(one, 'name') === 'recovery') : undefined;
    const sources = fieldAt(volume, 'projected', 'sources');
    return Array.isArray(sources)
      ? sources.map((source) => fieldAt(source, 'secret', 'items', '0') ?? fieldAt(source, 'secret', 'name'))
      : [];
  };
  const record = (release: string, revision: number, status = 'deployed') =>
    kubernetes.apply(
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
          name: `sh.helm.release.v1.${release}.v${revision}`,
          labels: { owner: 'helm', name: release, status, version: String(revision) },
        },
      },
      { fieldManager: 'helm', force: true },
    );
  beforeEach(async () => {
    await kubernetes.delete(CRON_JOB);
  });

  test('is not made, where there is none', async () => {
    expect(await followRecords(kubernetes, 'todo', CRON_JOB.name)).toBe(false);
    expect(await kubernetes.get(CRON_JOB)).toBeUndefined();
  });

  test('takes up what Helm has recorded last, of the base and of each color, and the journal', async () => {
    await install(['todo-deploy-todo-journal']);
    expect(await followRecords(kubernetes, 'todo', CRON_JOB.name)).toBe(false);
    await Promise.all([record('todo', 9, 'superseded'), record('todo', 10), record('todo-green', 3), record('other', 4)]);
    expect(await followRecords(kubernetes, 'todo', CRON_JOB.name)).toBe(true);
    const now = ['sh.helm.release.v1.todo-green.v3', 'sh.helm.release.v1.todo.v10', 'todo-deploy-todo-journal'];
    expect(await taken()).toEqual(now);
    expect(await followRecords(kubernetes, 'todo', CRON_JOB.name)).toBe(false);
    // Installed again, it is as it was installed, whoever changed it meanwhile.
    await install(['todo-deploy-todo-journal']);
    expect(await taken()).toEqual(['todo-deploy-todo-journal']);
  });
});
