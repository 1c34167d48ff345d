import { describe, expect, test } from '@jest/globals';
import { type ColorSeen, isUp, judge, type Seen } from '../../../../src/deploy/recovery/selectors-seen.ts';
import { COLOR_LABEL, type Color } from '../../../../src/split/model.ts';

const on = (color: Color, app = 'web') => ({ app, [COLOR_LABEL]: color });
const HTTP = [{ name: 'http', port: 80 }];
const service = (name: string, live: Seen['live'], ports: Seen['ports'] = HTTP): Seen => ({
  name,
  live,
  ports,
  wanted: { blue: { selector: on('blue'), ports: HTTP }, green: { selector: on('green'), ports: HTTP } },
});
const UP: ColorSeen = { up: true, passed: true };
const DOWN: ColorSeen = { up: false, passed: true };
const BAD: ColorSeen = { up: true, passed: false };

/** The journal says blue. */
const verdict = (services: Seen[], blue: ColorSeen, green: ColorSeen) => judge('blue', services, { blue, green });

describe('where Services have to lead', () => {
  test.each<[string, Seen['live'], string]>([
    ['nothing', null, 'selected nothing'],
    ['no such Service', undefined, 'was gone'],
    ['no color', { app: 'web' }, 'selected both colors'],
    ['another app', { app: 'other' }, 'selected app=other'],
  ])('%s: put back on the color that serves', (_, live, was) => {
    expect(verdict([service('a', on('blue')), service('b', live)], UP, UP)).toEqual({
      kind: 'put-back',
      color: 'blue',
      fixes: [{ name: 'b', selector: on('blue'), ports: undefined, was }],
    });
  });

  test.each<[string, Seen['live'], string]>([
    ['with the selector of the other color', on('green'), 'selected green'],
    ['with its own selector', on('blue'), 'had the ports of another version'],
  ])('ports of another version, %s: both put back, the node port kept', (_, live, was) => {
    const ports = [{ name: 'http', port: 81, nodePort: 30_080 }];
    expect(verdict([service('a', on('blue')), service('b', live, ports)], UP, UP).fixes).toEqual([
      { name: 'b', selector: on('blue'), ports: [{ name: 'http', port: 80, nodePort: 30_080 }], was },
    ]);
  });

  test('as they should: nothing to do', () => {
    expect(verdict([service('a', on('blue'))], DOWN, DOWN)).toEqual({ kind: 'put-back', color: 'blue', fixes: [] });
  });

  test('all on the other color, which passed and is up: a person put them there', () => {
    const services = [service('a', on('green')), service('b', on('green'))];
    expect(verdict(services, UP, UP)).toEqual({ kind: 'follow', color: 'green', fixes: [] });
    expect(verdict(services, UP, BAD)).toMatchObject({ kind: 'put-back', color: 'blue' });
    expect(verdict(services, UP, DOWN)).toMatchObject({ kind: 'put-back', color: 'blue' });
    // There is nothing else.
    expect(verdict(services, DOWN, BAD)).toMatchObject({ kind: 'follow', color: 'green' });
  });

  test('some of them: back, unless only the other color can serve', () => {
    const services = [service('a', on('blue')), service('b', on('green'))];
    expect(verdict(services, UP, UP).fixes).toEqual([{ name: 'b', selector: on('blue'), ports: undefined, was: 'selected green' }]);
    expect(verdict(services, DOWN, UP)).toMatchObject({ kind: 'follow', color: 'green', fixes: [{ name: 'a' }] });
    expect(verdict(services, DOWN, BAD)).toMatchObject({ kind: 'put-back', color: 'blue' });
  });

  test('one that its version shares was led to a color: it leads to the shared pods again, and never counts as the color’s', () => {
    const shared = { selector: { app: 'api', 'pod-template-hash': '1' }, ports: HTTP, isShared: true as const };
    const api: Seen = { name: 'api', live: on('green', 'api'), ports: HTTP, wanted: { blue: shared, green: undefined } };
    const was = 'selected app=api,todo-deploy.dev/color=green';
    const services = [service('web', on('blue')), api];
    expect(verdict(services, UP, BAD).fixes).toEqual([{ name: 'api', selector: shared.selector, ports: undefined, was }]);
    // The pods that were looked at are those of colors.
    expect(isUp(services, 'blue', ({ app }) => app === 'web')).toBe(true);
  });

  test('a Service that nothing is known of, and that selects no color, is none of ours', () => {
    expect(verdict([{ name: 'c', live: { app: 'db' }, ports: HTTP, wanted: { blue: undefined, green: undefined } }], UP, UP).fixes).toEqual(
      [],
    );
  });
});
