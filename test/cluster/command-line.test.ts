import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ClusterEnvironment, clusterEnvironment } from '../../demo/environment.ts';
import { PULL_SECRET } from '../../demo/namespace.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { type CommandCall, type CommandResult, todoDeploy } from '../support/command-line.ts';
import { PairApp } from './deploy-support.ts';

jest.setTimeout(240_000);

const CANARY = 'canary-of-the-database-password';
let cluster: ClusterEnvironment;
let app: PairApp;

beforeAll(async () => {
  cluster = clusterEnvironment();
  app = await PairApp.create('command-line-test', cluster, ['v1', 'v2'], new NodeProcessRunner({ env: process.env }));
});
afterAll(() => {
  app.kubectl('delete', 'namespace', app.namespace, '--wait=false');
});

const todo = (args: readonly string[], call: CommandCall = {}): Promise<CommandResult> =>
  todoDeploy([...args, '--namespace', app.namespace], { ...call, env: { ...cluster.env, USER: 'ada', ...call.env } });

const deploy = (version: string, more: readonly string[] = [], call: CommandCall & { bake?: string } = {}): Promise<CommandResult> =>
  todo(
    [
      ...[
        'deploy',
        '--chart',
        'test/charts/pair',
        '--version',
        version,
        `--images=${app.image}:${version}`,
        '--values',
        app.values(version),
      ],
      ...['--image-pull-secrets', PULL_SECRET, '--smoke', '- {service: pair-frontend, path: /}'],
      ...['--timeout', '90s', '--bake', call.bake ?? '1s', '--drain', '0s', '--keep-old', 'warm', ...more],
    ],
    call,
  );
const status = async () => JSON.parse((await todo(['status', '--release', 'pair', '--json'])).stdout);

/** Command lines of every process of this machine that hold the text. */
const commandLinesWith = (text: string): string[] =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8')];
      } catch {
        return [];
      }
    })
    .filter((line) => line.includes(text));

describe('the command line, outside of any workflow', () => {
  test('deploys; a secret from standard input is seen nowhere but in the cluster', async () => {
    let seen: string[] = [];
    const { exitCode, stdout, stderr, left } = await deploy('v1', ['--secrets-file', '-'], {
      stdin: `database/password=${CANARY}`,
      onText: () => {
        seen = [...seen, ...commandLinesWith(CANARY)];
      },
    });
    if (exitCode !== 0) throw new Error(stdout + stderr);
    expect(stdout).toMatch(/^Switch users to blue$/m);
    expect(stdout).toMatch(/^ {2}\S/m);
    expect(stdout).toContain('pair: v1 is deployed');
    expect([seen, left, (stdout + stderr).includes(CANARY)]).toEqual([[], [], false]);
    expect(Buffer.from(app.get('secret', 'database').data.password, 'base64').toString()).toBe(CANARY);
    expect(app.journal().history[0].actor).toBe('ada');
  });

  test('deploys the next one with --json', async () => {
    const { exitCode, stdout, stderr } = await deploy('v2', ['--json']);
    const object = JSON.parse(stdout);
    expect([exitCode, object.ok, object.outputs.status, object.outputs['active-color']]).toEqual([0, true, 'deployed', 'green']);
    expect(object.report.steps.map((step: { name: string }) => step.name)).toContain('switch');
    expect(stderr).toContain('Switch users to green');
  });

  test('status --json says how it stands', async () => {
    const { exitCode, outputs, report } = await status();
    expect([exitCode, outputs.healthy, outputs.version]).toEqual([0, 'true', 'v2']);
    expect(report.rollback[0]).toMatchObject({ to: '-1', version: 'v1', text: expect.stringContaining('at once') });
  });

  test('rolls back', async () => {
    const { exitCode, stdout } = await todo([
      'rollback',
      '--release=pair',
      '--to',
      '-1',
      '--bake',
      '1s',
      '--drain',
      '0s',
      '--keep-old=warm',
      '--reason',
      'a test',
    ]);
    expect([exitCode, app.colors()]).toEqual([0, ['blue', 'blue']]);
    expect(stdout).toContain('version v1 serves as blue');
  });

  test('Ctrl-C in the middle: back to what served, exit code 130, the lease is free', async () => {
    let child: { kill(signal: 'SIGINT'): void } | undefined;
    let holder = '';
    const { exitCode, stdout } = await deploy('v2', ['--allow-older'], {
      bake: '60s',
      onStart: (one) => {
        child = one;
      },
      onText: (text) => {
        if (holder !== '' || !text.includes('Watch v2')) return;
        holder = app.get('lease', 'todo-deploy-pair').spec.holderIdentity;
        child?.kill('SIGINT');
      },
    });
    expect([exitCode, app.colors(), app.journal().inFlight]).toEqual([130, ['blue', 'blue'], undefined]);
    expect(holder).toMatch(new RegExp(`^ada@${hostname()}/`));
    expect(app.get('lease', 'todo-deploy-pair').spec.holderIdentity).toBeUndefined();
    expect(stdout).toContain('cancelled');
  });
});
