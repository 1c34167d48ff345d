import { expect, test } from '@jest/globals';
import { lostPorts } from '../../../../src/deploy/preflight/lost-ports.ts';
import { deployment, find, service, split } from '../../split/helpers.ts';

const ports = [
  { name: 'http', port: 80, targetPort: 'http' },
  { name: 'metrics', port: 9090, targetPort: 'metrics' },
];
const web = (...names: string[]) =>
  deployment('web', { container: { ports: names.map((name, at) => ({ name, containerPort: 8000 + at })) } });
const splitOf = (...names: string[]) => split([web(...names), service('web', { ports })]);
const serving = (...names: string[]) => new Map([['web', find(splitOf(...names).colorObjects, 'Deployment/web-blue')]]);

test('a port that the version which serves has, and this one has not', () => {
  expect(lostPorts(splitOf('http'), serving('http', 'metrics')).map(({ object, message }) => `${object} ${message}`)).toEqual([
    'Service/web its port "metrics" (9090) leads to a container port "metrics", and Deployment/web has none of that name: nobody is served there, and the version that serves has it',
  ]);
});

test.each([
  ['neither has it', serving('http')],
  ['nothing serves yet', new Map()],
])('%s: nothing is lost', (_, before) => expect(lostPorts(splitOf('http'), before)).toEqual([]));
