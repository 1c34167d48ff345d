import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execaSync } from 'execa';
import { type ClusterEnvironment, clusterEnvironment, ROOT } from '../../demo/environment.ts';
import { type ActionResult, errorsOf, runAction } from '../support/action.ts';
import { CraneRegistry } from '../support/registry.ts';
import { shippedRole } from '../support/shipped-role.ts';

const HOUR = 3_600_000;
const name = `janitor-${Date.now().toString(36)}`;
const commit = (of: string): string => createHash('sha1').update(of).digest('hex');

let cluster: ClusterEnvironment;
let registry: CraneRegistry;
let prefix: string;
let repository: string;

const kubectl = (args: readonly string[], input?: string): string =>
  execaSync('kubectl', ['--namespace', name, ...args], { env: cluster.env, ...(input === undefined ? {} : { input }) }).stdout;
const apply = (object: object): string => kubectl(['apply', '--filename=-'], JSON.stringify(object));

/** An image of its own content under these tags. Returns its digest. */
async function image(content: string, ...tags: readonly string[]): Promise<string> {
  const [first = '', ...more] = tags;
  const base = `${cluster.registry.host}/library/busybox:1.37`;
  await registry.crane('mutate', base, '--label', `content=${content}`, '--tag', `${repository}:${first}`);
  for (const tag of more) await registry.crane('tag', `${repository}:${first}`, tag);
  return await registry.digest(`${repository}:${first}`);
}

async function index(tag: string, ...digests: readonly string[]): Promise<string> {
  const parts = digests.flatMap((digest) => ['--manifest', `${repository}@${digest}`]);
  await registry.crane('index', 'append', ...parts, '--tag', `${repository}:${tag}`);
  return await registry.digest(`${repository}:${tag}`);
}

const isThere = (digest: string): Promise<boolean> =>
  registry.crane('manifest', `${repository}@${digest}`).then(
    () => true,
    () => false,
  );

async function janitor(inputs: Record<string, string> = {}): Promise<ActionResult> {
  const { username, password } = cluster.registry;
  return await runAction({
    action: 'actions/janitor',
    cwd: ROOT,
    inputs: {
      previews: 'false',
      colors: 'false',
      registry: prefix,
      'tags-unused-for': '1h',
      'keep-tags': `${commit('wanted').slice(0, 12)}*`,
      username,
      password,
      namespace: name,
      'service-account': `${name}/janitor`,
      ...inputs,
    },
    env: { ...cluster.env, GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/todo', GITHUB_RUN_ID: '7' },
  });
}

/** As if the last look had been so long ago. */
function age(ms: number): void {
  const data = JSON.parse(kubectl(['get', 'configmap', 'todo-deploy-janitor', '--output=jsonpath={.data.unused\\.json}'])) as Record<
    string,
    { since: number }
  >;
  for (const entry of Object.values(data)) entry.since -= ms;
  kubectl([
    'patch',
    'configmap',
    'todo-deploy-janitor',
    '--type=merge',
    '--patch',
    JSON.stringify({ data: { 'unused.json': JSON.stringify(data) } }),
  ]);
}

beforeAll(async () => {
  cluster = clusterEnvironment();
  registry = new CraneRegistry(cluster);
  prefix = `${cluster.registry.host}/${name}`;
  repository = `${prefix}/web`;
  execaSync('kubectl', ['create', 'namespace', name], { env: cluster.env });
  kubectl(['create', 'serviceaccount', 'janitor']);
});
afterAll(() => {
  kubectl(['delete', 'clusterrolebinding', name, '--ignore-not-found']);
  kubectl(['delete', 'clusterrole', name, '--ignore-not-found']);
  execaSync('kubectl', ['delete', 'namespace', name, '--wait=false'], { env: cluster.env });
});

describe('images that nothing names any more', () => {
  test('an account that may not look at everything removes nothing, and the run is red', async () => {
    const role = shippedRole('todo', 'janitor') as ReturnType<typeof shippedRole> & { rules: { resources: string[] }[] };
    const blind = role.rules.map((rule) => ({ ...rule, resources: rule.resources.filter((resource) => resource !== 'cronjobs') }));
    apply({ ...role, metadata: { name }, rules: blind });
    kubectl(['create', 'clusterrolebinding', name, `--clusterrole=${name}`, `--serviceaccount=${name}:janitor`]);
    const result = await janitor();
    expect(result.exitCode).toBe(1);
    expect(result.outputs.stuck).toContain('cronjobs');
    expect(errorsOf(result)[0]).toMatch(/could not be removed, or judged/);
    apply({ ...role, metadata: { name } });
  });

  test('go, with all of their tags, on a registry that deletes manifests; all others stay whole', async () => {
    const live = await image('live', commit('live'), commit('live again'));
    const byTag = await image('by tag', commit('by tag'));
    const release = await image('release', commit('release'), '1.2.3');
    const wanted = await image('wanted', commit('wanted'));
    const [part, lone] = [await image('part', commit('part')), await image('lone', commit('lone'))];
    const whole = await index('latest', part);
    const old = await image('old', commit('old'), 'pr-7');
    const oldIndex = await index(commit('old index'), lone);
    apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'names', namespace: name },
      data: { one: `${repository}@${live}`, two: `image: ${repository}:${commit('by tag')}` },
    });

    const first = await janitor();
    expect([first.exitCode, first.outputs.removed, first.outputs.stuck]).toEqual([0, '', '']);
    expect(first.outputs.kept).toContain('is not unused for long enough');
    age(2 * HOUR);

    const before = await registry.snapshot(prefix);
    const planned = await janitor({ 'dry-run': 'true' });
    expect(await registry.snapshot(prefix)).toEqual(before);
    const done = await janitor();
    expect([done.exitCode, done.outputs.stuck]).toEqual([0, '']);
    expect(done.outputs.removed).toBe(planned.outputs.removed);
    expect(done.outputs.removed?.split('\n')).toHaveLength(3);

    for (const digest of [old, oldIndex, lone]) expect(await isThere(digest)).toBe(false);
    for (const digest of [live, byTag, release, wanted, part, whole]) expect(await isThere(digest)).toBe(true);
    await registry.crane('validate', '--remote', `${repository}@${live}`);
    await registry.crane('validate', '--remote', `${repository}:latest`);
    expect(await registry.tags(repository)).toEqual(
      [
        commit('live'),
        commit('live again'),
        commit('by tag'),
        commit('release'),
        commit('wanted'),
        commit('part'),
        '1.2.3',
        'latest',
      ].sort(),
    );
    expect((await janitor()).outputs.removed).toBe('');
  });

  test('an image that is tagged again, or comes into use, counts anew', async () => {
    const [again, used] = [await image('again', commit('again')), await image('used', commit('used'))];
    await janitor();
    age(2 * HOUR);
    await registry.crane('tag', `${repository}:${commit('again')}`, commit('another commit'));
    apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'more', namespace: name }, data: { one: `${repository}@${used}` } });
    const result = await janitor();
    expect([result.exitCode, result.outputs.removed]).toEqual([0, '']);
    for (const digest of [again, used]) expect(await isThere(digest)).toBe(true);
  });

  test('without a registry whose images the cluster alone runs none goes', async () => {
    const result = await janitor({ registry: '' });
    expect([result.exitCode, result.outputs.removed]).toEqual([0, '']);
    expect(result.log.join('\n')).toContain('No image goes');
  });
});
