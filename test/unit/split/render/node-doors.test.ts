import { describe, expect, test } from '@jest/globals';
import { deployment, hook, job, service, split } from '../helpers.ts';

const port = (more: object) => ({ ports: [{ port: 3000, targetPort: 8080, ...more }] });
const onNodes = (name: string, more: object, spec: object = {}) => service(name, { type: 'NodePort', ...port(more), ...spec });
const app = (name: string, container: object = {}) => deployment(name, { container: { ports: [{ containerPort: 8080 }], ...container } });
const config = (data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data });
const doors = (...objects: object[]): string[] =>
  split(objects).nodeDoors.map(({ service: name, port: number, scheme }) => `${scheme} ${name}:${number}`);

describe('doors by the nodes', () => {
  test.each<[string, object, string[]]>([
    ['a port named http', { name: 'http' }, ['http web:3000']],
    ['a port named http-api', { name: 'http-api' }, ['http web:3000']],
    ['a port named https', { name: 'https' }, ['https web:3000']],
    ['a port named web', { name: 'web' }, ['http web:3000']],
    ['another name', { name: 'httpd' }, []],
    ['no name, and port 80', { port: 80 }, ['http web:80']],
    ['no name, and port 443', { port: 443 }, ['https web:443']],
    ['no name, and any port', {}, []],
    ['appProtocol', { name: 'x', appProtocol: 'http' }, ['http web:3000']],
    ['appProtocol https', { name: 'x', appProtocol: 'HTTPS' }, ['https web:3000']],
    ['another appProtocol', { name: 'x', appProtocol: 'mysql' }, []],
    ['UDP', { name: 'http', protocol: 'UDP' }, []],
  ])('%s', (_name, more, expected) => expect(doors(app('web'), onNodes('web', more))).toEqual(expected));

  test('the first port that speaks HTTP', () => {
    const ports = [
      { name: 'grpc', port: 9000, targetPort: 8080 },
      { name: 'http', port: 80, targetPort: 8080 },
    ];
    expect(doors(app('web'), onNodes('web', {}, { ports }))).toEqual(['http web:80']);
  });

  test('other types and other namespaces are none', () => {
    const elsewhere = { ...onNodes('far', { name: 'http' }), metadata: { name: 'far', namespace: 'far-away' } };
    expect(doors(app('web'), service('web', port({ name: 'http' })), elsewhere)).toEqual([]);
  });

  test.each<[string, object[]]>([
    ['a variable', [app('web', { env: [{ name: 'API', value: 'http://api:3000' }] })]],
    ['an argument', [app('web', { args: ['--backend=api'] })]],
    ['a ConfigMap', [app('web'), config({ url: 'http://api:3000/v1' })]],
  ])('what another pod calls by %s is not the front door', (_name, callers) => {
    const both = [app('api'), onNodes('web', { name: 'http' }), onNodes('api', { name: 'http' })];
    expect(doors(...callers, ...both)).toEqual(['http web:3000']);
  });

  test('a hook that calls all of them counts for nothing', () => {
    const both = [app('web', { args: ['api'] }), app('api'), onNodes('web', { name: 'http' }), onNodes('api', { name: 'http' })];
    const test = hook(job('check', { container: { args: ['http://web:3000', 'http://api:3000'] } }), 'test');
    expect(split(both, { hooks: [test] }).nodeDoors).toMatchObject([{ service: 'web' }]);
  });

  test('a name within another is not called, and those that call each other stay', () => {
    const names = ['web', 'api'].map((name) => onNodes(name, { name: 'http' }));
    expect(doors(app('web', { args: ['api-gateway'] }), app('api'), ...names)).toEqual(['http web:3000', 'http api:3000']);
    expect(doors(app('web', { args: ['api'] }), app('api', { args: ['web'] }), ...names)).toHaveLength(2);
  });
});
