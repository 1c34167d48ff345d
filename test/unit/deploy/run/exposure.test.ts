import { describe, expect, test } from '@jest/globals';
import { Exposure, type ExposureFacts, type Seen, whoSaw } from '../../../../src/deploy/run/exposure.ts';
import type { EndpointSlice, Pod, Service } from '../../../../src/interfaces/objects.ts';

const facts = (more: Partial<ExposureFacts>): ExposureFacts => ({ whole: true, selecting: [], everReady: true, held: [], ...more });
const web = { name: 'web', byColor: true };
const hand = { name: 'hand', byColor: false };

describe('who saw a version', () => {
  test.each<[string, Partial<ExposureFacts>, Seen]>([
    ['no Service selects it', {}, { kind: 'unseen' }],
    ['one selects it, and it was never ready', { selecting: [hand], everReady: false }, { kind: 'unseen' }],
    ['one selects what was ready, and has no slices', { selecting: [hand] }, { kind: 'unknown' }],
    ['it was not watched to the end', { whole: false }, { kind: 'unknown' }],
    ['it was switched to', { selecting: [web], held: [{ service: 'web', from: 10, to: 30 }] }, { kind: 'served', ms: 20 }],
    [
      'time counts once',
      {
        selecting: [web],
        held: [
          { service: 'web', from: 10, to: 30 },
          { service: 'api', from: 20, to: 35 },
          { service: 'web', from: 50, to: 60 },
        ],
      },
      { kind: 'served', ms: 35 },
    ],
    [
      'a Service without the color led to it',
      { selecting: [web, hand], held: [{ service: 'hand', from: 0, to: 5 }] },
      { kind: 'led', ms: 5, services: ['hand'] },
    ],
  ])('%s', (_, given, seen) => expect(whoSaw(facts(given))).toEqual(seen));

  const LABELS = { app: 'web', 'todo-deploy.dev/color': 'green' };
  const pod = (uid: string, hash: string) =>
    ({
      metadata: { name: uid, uid, labels: LABELS, annotations: { hash } },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    }) as unknown as Pod;
  const service = (name: string, selector: object, labels = {}) =>
    ({ metadata: { name, labels }, spec: { selector } }) as unknown as Service;
  const slice = (name: string, ...uids: string[]) =>
    ({
      metadata: { name, labels: { 'kubernetes.io/service-name': name } },
      endpoints: uids.map((uid) => ({ conditions: { ready: true }, targetRef: { uid } })),
    }) as unknown as EndpointSlice;

  test('slices may come before their pods; the color Service and pods of other versions do not count', () => {
    const exposure = new Exposure(({ metadata }) => metadata.annotations?.hash === 'new');
    exposure.slice(slice('web-green', 'g1', 'old'), false, 0);
    exposure.slice(slice('hand', 'old'), false, 0);
    exposure.service(service('web-green', LABELS, { 'todo-deploy.dev/color': 'green' }));
    exposure.service(service('hand', { app: 'web' }));
    exposure.pod(pod('old', 'former'));
    expect(exposure.seen(5)).toEqual({ kind: 'unseen' });
    exposure.pod(pod('g1', 'new'));
    exposure.slice(slice('hand', 'old', 'g1'), false, 100);
    expect(exposure.seen(150)).toEqual({ kind: 'led', ms: 50, services: ['hand'] });
    exposure.slice(slice('hand'), true, 200);
    expect(exposure.seen(900)).toEqual({ kind: 'led', ms: 100, services: ['hand'] });
  });
});
