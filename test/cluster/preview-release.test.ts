import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { until } from '../../cluster/wait.ts';
import { ROOT } from '../../demo/environment.ts';
import { PULL_SECRET } from '../../demo/namespace.ts';
import { expectGreen } from './deploy-support.ts';
import { DOMAIN, PreviewStage } from './preview-stage.ts';

jest.setTimeout(300_000);

// Previews that share a namespace, by an account that has the shipped Role in it and nothing of the whole cluster.
const PLACE = 'shared-test';
const [FIRST, SECOND] = [7, 12];
let stage: PreviewStage;

beforeAll(async () => {
  stage = await PreviewStage.open(PLACE, 4444, {
    isolation: 'release',
    namespace: PLACE,
    'service-account': `${PLACE}/previews`,
  });
  const { kubectl } = stage;
  kubectl('label', 'namespace', PLACE, 'pod-security.kubernetes.io/enforce=restricted', '--overwrite');
  kubectl('--namespace', PLACE, 'apply', '--filename', join(ROOT, 'actions/preview/role-release.yaml'));
  kubectl('--namespace', PLACE, 'create', 'serviceaccount', 'previews');
  kubectl('--namespace', PLACE, 'create', 'rolebinding', 'previews', '--role=todo-deploy-previews', `--serviceaccount=${PLACE}:previews`);
});
afterAll(() => stage.close());

const hostOf = (number: number): string => `pr-${number}-small.${DOMAIN}`;
const visit = (number: number) => stage.visit(hostOf(number));
const play = (number: number, more: object = {}): void =>
  void stage.standIn.played.pulls.set(number, { number, head: String(number % 10).repeat(40), ...more });
const run = (number: number, action: string, more: Record<string, string> = {}) => {
  const values = {
    image: { repository: stage.image, tag: 'v1' },
    imagePullSecrets: [{ name: PULL_SECRET }],
    env: { VERSION: `pr-${number}` },
    frontDoor: { className: stage.cluster.ingress.className, host: 'small.example.com' },
  };
  return stage.preview(number, action, {
    chart: 'charts/small',
    values: JSON.stringify(values),
    smoke: '- {service: $(release)-web, path: /}',
    'front-door-namespaces': 'traefik',
    'isolation-probe': 'require',
    ...more,
  });
};
/** What bears the mark of one of them. */
const objectsOf = (number: number): string[] =>
  stage
    .kubectl(
      '--namespace',
      PLACE,
      'get',
      'all,configmaps,secrets,ingresses,networkpolicies,persistentvolumeclaims,serviceaccounts,roles,rolebindings',
      '--output=name',
    )
    .split('\n')
    .filter((name) => name.includes(`pr-${number}-small-`));

describe('previews that share a namespace', () => {
  test('come up beside one another, each at its own host, and each one’s network is proved to be closed to the other', async () => {
    for (const number of [FIRST, SECOND]) {
      play(number);
      expect(expectGreen(await run(number, 'opened')).outputs).toMatchObject({
        state: 'up',
        url: `http://${hostOf(number)}`,
        namespace: PLACE,
      });
    }
    for (const number of [FIRST, SECOND])
      expect(await visit(number)).toMatchObject({ status: 200, body: expect.stringContaining(`pr-${number}`) });
    for (const { body } of stage.standIn.played.comments) expect(body).toContain('closed, proved by a pod');
    expect(stage.standIn.played.comments).toHaveLength(2);
    expect(stage.namespaces()).toEqual([]);
  });

  test('one sleeps and is woken by its own visit; its neighbour is awake all the while', async () => {
    play(FIRST, { draft: true });
    expect(expectGreen(await run(FIRST, 'converted_to_draft')).outputs.state).toBe('asleep');
    expect((await visit(SECOND)).status).toBe(200);
    expect(await visit(FIRST)).toMatchObject({ status: 503, body: expect.stringContaining('is being started') });
    await until('the preview to be awake', 60_000, async () => ((await visit(FIRST)).status === 200 ? true : undefined));
    expect(await visit(FIRST)).toMatchObject({ body: expect.stringContaining(`pr-${FIRST}`) });
  });

  test('one is closed and goes, with nothing of its neighbour', async () => {
    const neighbours = objectsOf(SECOND);
    expect(neighbours.length).toBeGreaterThan(5);
    play(FIRST, { state: 'closed' });
    const { outputs } = expectGreen(await run(FIRST, 'closed', { chart: '', values: '', smoke: '' }));
    expect(outputs).toMatchObject({ state: 'gone', receipt: expect.stringContaining(`pr-${FIRST}-small-`) });
    expect(objectsOf(FIRST)).toEqual([]);
    expect((await visit(FIRST)).status).toBe(404);
    expect(objectsOf(SECOND)).toEqual(neighbours);
    expect((await visit(SECOND)).status).toBe(200);
  });

  test('one whose event never came is the janitor’s, by the same account', async () => {
    play(SECOND, { state: 'closed' });
    const { outputs } = expectGreen(await stage.janitor());
    expect([outputs.removed, outputs.stuck]).toEqual([expect.stringContaining(`release pr-${SECOND}-small-`), '']);
    expect(objectsOf(SECOND)).toEqual([]);
    expect((await visit(SECOND)).status).toBe(404);
    expect(stage.standIn.violations).toEqual([]);
  });
});
