import { describe, expect, test } from '@jest/globals';
import { config, deployment, find, hook, job, split, statefulSet, texts, titles } from '../helpers.ts';

const web = [deployment('web')];
const annotation = (object: { metadata: { annotations?: Record<string, string> } }) => object.metadata.annotations?.['helm.sh/hook'];

describe('hooks are mapped', () => {
  test.each([
    // events, first deploy: base, color; later: base, color (annotations of the part)
    ['pre-install', 'pre-install,pre-upgrade', undefined, undefined, undefined],
    ['pre-upgrade', undefined, undefined, 'pre-install,pre-upgrade', undefined],
    ['pre-install,pre-upgrade', 'pre-install,pre-upgrade', undefined, 'pre-install,pre-upgrade', undefined],
    ['post-install', undefined, 'post-install,post-upgrade', undefined, undefined],
    ['post-install,post-upgrade', undefined, 'post-install,post-upgrade', undefined, 'post-install,post-upgrade'],
    ['test', undefined, 'test', undefined, 'test'],
    ['test-success', undefined, 'test', undefined, 'test'],
    ['post-upgrade,test', undefined, 'test', undefined, 'post-install,post-upgrade,test'],
    ['pre-install,post-upgrade', 'pre-install,pre-upgrade', undefined, undefined, 'post-install,post-upgrade'],
    ['pre-rollback', 'pre-rollback', undefined, 'pre-rollback', undefined],
    ['post-rollback', undefined, 'post-rollback', undefined, 'post-rollback'],
    ['pre-upgrade,pre-rollback', 'pre-rollback', undefined, 'pre-install,pre-upgrade,pre-rollback', undefined],
    ['pre-delete', undefined, undefined, undefined, undefined],
    ['post-delete', undefined, undefined, undefined, undefined],
  ])('%s', (events, firstBase, firstColor, laterBase, laterColor) => {
    for (const [firstDeploy, base, color] of [
      [true, firstBase, firstColor],
      [false, laterBase, laterColor],
    ] as const) {
      const result = split(web, { hooks: [hook(job('h'), events)], firstDeploy });
      const found = (objects: typeof result.baseObjects, name: string) =>
        objects.filter((one) => one.metadata.name === name).map(annotation)[0];
      expect([found(result.baseObjects, 'h'), found(result.colorObjects, 'h-blue')]).toEqual([base, color]);
      expect(found(result.colorObjects, 'h')).toBeUndefined();
    }
  });

  test('the plan lists what runs, event by event, in the order of weights and names', () => {
    const at = (name: string, events: string, weight: number) => hook(job(name), events, { weight });
    const { hooks } = split(web, {
      firstDeploy: true,
      hooks: [
        at('b', 'pre-install', 5),
        at('c', 'pre-install', -5),
        at('a', 'pre-install,post-install', 5),
        at('t', 'test', 0),
        at('u', 'post-upgrade', 0),
        at('r', 'pre-rollback', 0),
      ],
    });
    expect(hooks).toEqual([
      { part: 'base', event: 'pre-install', object: 'Job/c' },
      { part: 'base', event: 'pre-install', object: 'Job/a' },
      { part: 'base', event: 'pre-install', object: 'Job/b' },
      { part: 'color', event: 'post-install', object: 'Job/a-blue' },
      { part: 'color', event: 'test', object: 'Job/t-blue' },
    ]);
  });

  test('weight and delete policy are kept', () => {
    const { baseObjects } = split(web, {
      hooks: [hook(job('h'), 'pre-upgrade', { weight: -3, deletePolicies: ['before-hook-creation', 'hook-succeeded'] })],
    });
    expect(find(baseObjects, 'Job/h').metadata.annotations).toEqual({
      'helm.sh/hook': 'pre-install,pre-upgrade',
      'helm.sh/hook-weight': '-3',
      'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
    });
  });

  test('a hook that its chart wants removed when it fails stays until its log was read: the product removes it', () => {
    const policies = (kind: object, deletePolicies: string[]) => {
      const { baseObjects, hooks } = split(web, { hooks: [hook(kind as never, 'pre-upgrade', { deletePolicies })] });
      const annotation = find(baseObjects, `${(kind as { kind: string }).kind}/h`).metadata.annotations?.['helm.sh/hook-delete-policy'];
      return [annotation, hooks[0]?.removeFailed];
    };
    expect(policies(job('h'), ['hook-succeeded', 'hook-failed'])).toEqual(['hook-succeeded,before-hook-creation', true]);
    expect(policies(job('h'), ['before-hook-creation', 'hook-failed'])).toEqual(['before-hook-creation', true]);
    expect(policies(job('h'), ['hook-succeeded'])).toEqual(['hook-succeeded', undefined]);
    expect(policies(config('h'), ['hook-failed'])).toEqual(['hook-failed', undefined]);
  });

  test("where a color's suffix would swap two hooks, weights keep Helm's order, in both colors", () => {
    const hooks = [hook(job('a-c'), 'post-upgrade'), hook(job('a'), 'post-upgrade')];
    for (const color of ['blue', 'green'] as const) {
      const weights = split(web, { hooks, color }).colorObjects.map((one) => [
        one.metadata.name,
        one.metadata.annotations?.['helm.sh/hook-weight'],
      ]);
      expect(weights.slice(1)).toEqual([
        [`a-c-${color}`, '1'],
        [`a-${color}`, undefined],
      ]);
    }
    expect(
      split(web, { hooks: [hook(job('a'), 'post-upgrade'), hook(job('b'), 'post-upgrade')] }).colorObjects.map(
        (one) => one.metadata.annotations?.['helm.sh/hook-weight'],
      ),
    ).toEqual([undefined, undefined, undefined]);
  });

  test("the color's hooks use its copies, and hooks of the color; pods keep their labels, out of reach of every color Service", () => {
    const user = deployment('web', { container: { envFrom: [{ configMapRef: { name: 'c' } }, { configMapRef: { name: 'late' } }] } });
    const smoke = job('smoke', {
      labels: { app: 'web' },
      container: {
        envFrom: [{ configMapRef: { name: 'c' } }, { configMapRef: { name: 'late' } }, { configMapRef: { name: 'base-only' } }],
      },
    });
    const result = split([user, config('c'), config('base-only')], { hooks: [hook(smoke, 'test'), hook(config('late'), 'test')] });
    const pods = find(result.colorObjects, 'Job/smoke-blue').spec.template;
    expect(pods.spec.containers[0].envFrom.map((one: { configMapRef: object }) => one.configMapRef)).toEqual([
      { name: 'c-blue' },
      { name: 'late-blue' },
      { name: 'base-only' },
    ]);
    expect(pods.metadata).toEqual({ labels: { app: 'web' } });
    expect(find(result.colorObjects, 'Deployment/web-blue').spec.template.spec.containers[0].envFrom).toEqual([
      { configMapRef: { name: 'c-blue' } },
      { configMapRef: { name: 'late' } },
    ]);
    expect(texts(result.warnings)).toEqual([
      'Deployment/web: needs ConfigMap/late, which is created only by a hook that runs once the pods are ready',
    ]);
  });

  test("a hook's own ServiceAccount, Role and binding go together", () => {
    const rbac = (kind: string, extra: object) =>
      hook({ apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name: 'h' }, ...extra } as never, 'post-upgrade');
    const hooks = [
      hook({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'h' } } as never, 'post-upgrade'),
      rbac('Role', { rules: [] }),
      rbac('RoleBinding', {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'h' },
        subjects: [
          { kind: 'ServiceAccount', name: 'h' },
          { kind: 'User', name: 'h' },
        ],
      }),
      hook(job('h', { spec: { serviceAccountName: 'h' } }), 'post-upgrade'),
    ];
    const { colorObjects } = split(web, { hooks });
    const binding = find(colorObjects, 'RoleBinding/h-blue');
    expect([binding.roleRef.name, binding.subjects[0].name, binding.subjects[1].name]).toEqual(['h-blue', 'h-blue', 'h']);
    expect(find(colorObjects, 'Job/h-blue').spec.template.spec.serviceAccountName).toBe('h-blue');
    expect(titles(colorObjects)).toContain('Role/h-blue');
  });

  test('delete hooks are left out, and pointed out', () => {
    expect(texts(split(web, { hooks: [hook(job('bye'), 'pre-delete')] }).warnings)).toEqual([
      expect.stringMatching('Job/bye: is a delete hook'),
    ]);
  });

  test('one that is a delete hook as well is what else it is, and nothing is said', () => {
    const result = split(web, { hooks: [hook(job('both'), 'post-upgrade,pre-delete')] });
    expect(annotation(find(result.colorObjects, 'Job/both-blue'))).toBe('post-install,post-upgrade');
    expect(result.warnings).toEqual([]);
  });
});

describe('a hook that pods ask for by its name keeps it', () => {
  const waiting = (container: object) => deployment('web', { spec: { initContainers: [{ name: 'wait', image: 'wait', ...container }] } });
  const migrate = hook(job('web-migrate'), 'post-install,post-upgrade');

  test.each([
    ['an argument', { args: ['job-wr', 'web-migrate'] }],
    ['a part of a command', { command: ['kubectl', 'wait', 'job/web-migrate', '--for=condition=complete'] }],
    ['a line of a script', { command: ['sh', '-c', 'until kubectl get job web-migrate; do sleep 1; done'] }],
    ['a variable', { env: [{ name: 'JOB', value: 'web-migrate' }] }],
  ])('a Job, by %s', (_, container) => {
    const result = split([waiting(container)], { hooks: [migrate] });
    expect(titles(result.colorObjects)).toContain('Job/web-migrate');
    expect(result.hooks).toEqual([{ part: 'color', event: 'post-upgrade', object: 'Job/web-migrate' }]);
    expect(find(result.colorObjects, 'Job/web-migrate').metadata.labels?.['todo-deploy.dev/color']).toBe('blue');
  });

  test.each([
    ['a longer name', { args: ['job-wr', 'web-migrate-2', 'my-web-migrate', 'web-migrate.log'] }],
    ['nothing', {}],
  ])('not by %s', (_, container) => {
    expect(titles(split([waiting(container)], { hooks: [migrate] }).colorObjects)).toContain('Job/web-migrate-blue');
  });

  test('by a shared workload, or another hook, too; not by itself', () => {
    const self = hook(job('web-migrate', { container: { args: ['web-migrate'] } }), 'post-upgrade');
    expect(titles(split(web, { hooks: [self] }).colorObjects)).toContain('Job/web-migrate-blue');
    const other = hook(job('after', { container: { args: ['web-migrate'] } }), 'post-upgrade');
    expect(titles(split(web, { hooks: [migrate, other] }).colorObjects)).toEqual(
      expect.arrayContaining(['Job/web-migrate', 'Job/after-blue']),
    );
    const shared = statefulSet('db', { container: { args: ['web-migrate'] } });
    expect(titles(split([...web, shared], { hooks: [migrate] }).colorObjects)).toContain('Job/web-migrate');
  });

  test('configuration that only a hook makes, which other hooks find there as well', () => {
    const settings = hook(config('late'), 'post-install');
    const reader = hook(job('seed', { container: { envFrom: [{ configMapRef: { name: 'late' } }] } }), 'post-install');
    const pods = [deployment('web', { container: { envFrom: [{ configMapRef: { name: 'late' } }] } })];
    const result = split(pods, { hooks: [settings, reader], firstDeploy: true });
    expect(titles(result.colorObjects)).toContain('ConfigMap/late');
    expect(find(result.colorObjects, 'Job/seed-blue').spec.template.spec.containers[0].envFrom).toEqual([
      { configMapRef: { name: 'late' } },
    ]);
    expect(find(result.colorObjects, 'Deployment/web-blue').spec.template.spec.containers[0].envFrom).toEqual([
      { configMapRef: { name: 'late' } },
    ]);
    expect(texts(result.warnings)).toEqual(['Deployment/web: needs ConfigMap/late, which only a hook makes, once the pods wait for it']);
    // A version later it is still there, as with Helm.
    expect(find(split(pods, { hooks: [settings] }).colorObjects, 'Deployment/web-blue').spec.template.spec.containers[0].envFrom).toEqual([
      { configMapRef: { name: 'late' } },
    ]);
  });
});
