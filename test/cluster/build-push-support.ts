import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { execaSync } from 'execa';
import { type ClusterEnvironment, clusterEnvironment } from '../../demo/environment.ts';
import type { BuildPushReport } from '../../src/actions/build-push/report.ts';
import { type ActionResult, runAction } from '../support/action.ts';
import { CraneRegistry } from '../support/registry.ts';

/** A checkout with images, and repositories of their own, for one test file. */
export interface BuildPlace {
  readonly cluster: ClusterEnvironment;
  readonly registry: CraneRegistry;
  readonly workspace: string;
  readonly prefix: string;
  write(files: Readonly<Record<string, string>>): void;
  /** Commits everything. Returns the commit. */
  commit(): string;
  /** The main step, with the embedded BuildKit; its post step follows where the test asks for it, in the end at the latest. */
  main(inputs: Readonly<Record<string, string>>, env?: Readonly<Record<string, string | undefined>>): Promise<ActionResult>;
  post(main: ActionResult): Promise<ActionResult>;
}

export function buildPlace(name: string, files: Readonly<Record<string, string>>): BuildPlace {
  let made: Omit<BuildPlace, 'main' | 'post'> | undefined;
  const here = (): Omit<BuildPlace, 'main' | 'post'> => {
    if (made === undefined) throw new Error('Only inside of a test');
    return made;
  };
  const open = new Map<ActionResult, Readonly<Record<string, string>>>();
  beforeAll(() => {
    const cluster = clusterEnvironment();
    const workspace = mkdtempSync(join(tmpdir(), `todo-deploy-${name}-`));
    const git = (...args: string[]): string => execaSync('git', ['-C', workspace, ...args]).stdout;
    made = {
      cluster,
      registry: new CraneRegistry(cluster),
      workspace,
      prefix: `${cluster.registry.host}/${name}-${Date.now().toString(36)}`,
      write: (more) => {
        for (const [path, content] of Object.entries(more)) {
          mkdirSync(dirname(join(workspace, path)), { recursive: true });
          writeFileSync(join(workspace, path), content);
        }
      },
      commit: () => {
        git('add', '.');
        git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '-qm', 'a change', '--allow-empty');
        return git('rev-parse', 'HEAD');
      },
    };
    git('init', '-q', '-b', 'main');
    made.write(files);
    made.commit();
  });
  const post = async (main: ActionResult): Promise<ActionResult> => {
    const { cluster, workspace } = here();
    const inputs = open.get(main) ?? {};
    open.delete(main);
    const { state, tempDir } = main;
    return await runAction({
      action: 'actions/build-push',
      step: 'post',
      inputs,
      state,
      tempDir,
      env: { ...cluster.env, ...ON_MAIN },
      cwd: workspace,
    });
  };
  afterAll(async () => {
    for (const main of [...open.keys()]) await post(main);
    rmSync(here().workspace, { recursive: true, force: true });
  });
  return {
    get cluster() {
      return here().cluster;
    },
    get registry() {
      return here().registry;
    },
    get workspace() {
      return here().workspace;
    },
    get prefix() {
      return here().prefix;
    },
    write: (more) => here().write(more),
    commit: () => here().commit(),
    main: async (given, env = {}) => {
      const { cluster, prefix, workspace } = here();
      const inputs = { registry: prefix, builder: cluster.buildkit.address, ...given };
      const result = await runAction({
        action: 'actions/build-push',
        inputs,
        env: { ...cluster.env, ...ON_MAIN, ...env },
        cwd: workspace,
      });
      open.set(result, inputs);
      return result;
    },
    post,
  };
}

const ON_MAIN = { GITHUB_ACTIONS: 'true', GITHUB_REF: 'refs/heads/main', GITHUB_EVENT_NAME: 'push' };

export const reportOf = (result: ActionResult): BuildPushReport => JSON.parse(readFileSync(result.outputs['report-file'] ?? '', 'utf8'));
/** Where a line of the log stands; an error where there is none. */
export function lineOf(result: ActionResult, pattern: RegExp): number {
  const index = result.log.findIndex((line) => pattern.test(line));
  if (index < 0) throw new Error(`No line ${pattern} in:\n${result.log.join('\n')}`);
  return index;
}
