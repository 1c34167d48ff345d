import { describe, expect, test } from '@jest/globals';
import { deployment, find, hook, job, service, split, statefulSet, texts } from '../helpers.ts';

const api = { repository: 'registry.example.com:5000/acme/api', digest: `sha256:${'a'.repeat(64)}` };
const pinned = `${api.repository}@${api.digest}`;

describe('images by digest', () => {
  const user = (image: string, extra: object = {}) => deployment('web', { image, ...extra });

  test.each([
    ['a tag', `${api.repository}:latest`],
    ['no tag', api.repository],
    ['an old digest', `${api.repository}:v1@sha256:${'b'.repeat(64)}`],
  ])('replace %s', (_name, image) => {
    const result = split([user(image)], { images: [api] });
    expect(find(result.colorObjects, 'Deployment/web-blue').spec.template.spec.containers[0].image).toBe(pinned);
    expect(result.images).toEqual([{ workload: 'Deployment/web-blue', container: 'app', image: pinned }]);
  });

  test.each(['registry.example.com:5000/acme/api-gateway:1', 'registry.example.com/acme/api:1', 'other/acme/api:1', 'api'])(
    'leave %s alone',
    (image) => {
      const result = split([user(image), deployment('real', { image: api.repository })], { images: [api] });
      expect(find(result.colorObjects, 'Deployment/web-blue').spec.template.spec.containers[0].image).toBe(image);
    },
  );

  test('reach init containers, image volumes, hooks and shared workloads', () => {
    const all = user('nginx', {
      spec: {
        initContainers: [{ name: 'init', image: `${api.repository}:1` }],
        volumes: [{ name: 'v', image: { reference: `${api.repository}:1` } }],
      },
    });
    const result = split([all, statefulSet('db', { image: `${api.repository}:1` })], {
      images: [api],
      hooks: [hook(job('migrate', { image: `${api.repository}:1` }), 'pre-upgrade')],
    });
    const { spec } = find(result.colorObjects, 'Deployment/web-blue').spec.template;
    expect([spec.initContainers[0].image, spec.volumes[0].image.reference, spec.containers[0].image]).toEqual([pinned, pinned, 'nginx']);
    expect(find(result.baseObjects, 'StatefulSet/db').spec.template.spec.containers[0].image).toBe(pinned);
    expect(find(result.baseObjects, 'Job/migrate').spec.template.spec.containers[0].image).toBe(pinned);
    expect(result.images.filter((one) => one.image === pinned).map((one) => `${one.workload} ${one.container}`)).toEqual([
      'Deployment/web-blue init',
      'StatefulSet/db app',
      'Job/migrate app',
    ]);
  });

  test('without a registry a tag stands for the content; a pull policy that cannot work is pointed out', () => {
    const result = split([user('todo-api:dev', { container: { imagePullPolicy: 'Always' } })], {
      images: [{ repository: 'todo-api', tag: 'c0ffee' }],
    });
    expect(result.images[0]?.image).toBe('todo-api:c0ffee');
    expect(texts(result.warnings)).toEqual([
      'Deployment/web: the container app always pulls its image, but todo-api:c0ffee is in no registry',
    ]);
  });

  test('what was loaded into the nodes is not pulled, whatever the chart says, and that is said', () => {
    const object = user('todo-api:dev', {
      container: { imagePullPolicy: 'Always' },
      spec: {
        initContainers: [{ name: 'other', image: 'nginx:1', imagePullPolicy: 'Always' }],
        volumes: [{ name: 'v', image: { reference: 'todo-api:dev', pullPolicy: 'Always' } }],
      },
    });
    const loaded = { repository: 'todo-api', tag: 'content-3f2a9c1b77d04e15' };
    const result = split([object], { images: [loaded] });
    const { spec } = find(result.colorObjects, 'Deployment/web-blue').spec.template;
    expect(spec.containers[0]).toMatchObject({ image: 'todo-api:content-3f2a9c1b77d04e15', imagePullPolicy: 'IfNotPresent' });
    expect(spec.volumes[0].image).toEqual({ reference: 'todo-api:content-3f2a9c1b77d04e15', pullPolicy: 'IfNotPresent' });
    expect(spec.initContainers[0].imagePullPolicy).toBe('Always');
    const how = 'always pulls its image, and this one is on the nodes alone: it is deployed with IfNotPresent';
    expect(texts(result.warnings)).toEqual([`Deployment/web: the container app ${how}`, `Deployment/web: the volume v ${how}`]);
  });

  test('an image that nothing uses is refused, with what is used', () => {
    const { refusals } = split([user('registry.example.com:5000/acme/app:1')], { images: [api] });
    expect(texts(refusals)).toEqual([`: The image ${api.repository} was built, but no container of the chart uses it`]);
    expect(refusals[0]?.hint).toMatch('use: registry.example.com:5000/acme/app.');
  });
});

describe('pull Secrets', () => {
  const pods = (spec: object = {}) => deployment('web', { image: api.repository, spec });
  const pullSecrets = (objects: object[], title = 'Deployment/web-blue') => {
    const result = split(objects, { images: [api], imagePullSecrets: ['pull'] });
    return find([...result.colorObjects, ...result.baseObjects], title).spec.template.spec.imagePullSecrets;
  };

  test('are added once, after those that are there', () => {
    expect(pullSecrets([pods()])).toEqual([{ name: 'pull' }]);
    expect(pullSecrets([pods({ imagePullSecrets: [{ name: 'mine' }] })])).toEqual([{ name: 'mine' }, { name: 'pull' }]);
    expect(pullSecrets([pods({ imagePullSecrets: [{ name: 'pull' }] })])).toEqual([{ name: 'pull' }]);
  });

  test("keep those of the chart's ServiceAccount, which a pod's own would hide", () => {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' }, imagePullSecrets: [{ name: 'of-robot' }] };
    expect(pullSecrets([pods({ serviceAccountName: 'robot' }), account])).toEqual([{ name: 'of-robot' }, { name: 'pull' }]);
  });

  test('leave pods of other registries alone: the database is not restarted', () => {
    expect(pullSecrets([pods(), statefulSet('db', { image: 'postgres:17' }), service('db')], 'StatefulSet/db')).toBeUndefined();
  });
});
