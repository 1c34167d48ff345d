import { describe, expect, test } from '@jest/globals';
import { recolor } from '../../../../src/split/index.ts';
import { coloredName, fitted, NAME_ANNOTATION, uncoloredName } from '../../../../src/split/kinds/colored.ts';
import { config, cronJob, deployment, hook, job, type Loose, service, split } from '../helpers.ts';

const n = (length: number): string => 'n'.repeat(length);

describe('the name that an object has in a color', () => {
  test.each([
    ['/Service', n(57), `${n(57)}-green`],
    ['/Service', n(58), `${n(48)}-f35e6e58-green`],
    ['batch/CronJob', n(46), `${n(46)}-green`],
    ['batch/CronJob', n(52), `${n(37)}-`],
    ['batch/Job', n(63), `${n(48)}-`],
    ['apps/Deployment', n(237), `${n(227)}-`],
    ['/ConfigMap', n(250), `${n(238)}-`],
    ['example.com/Unknown', n(250), `${n(238)}-`],
  ])('%s %s', (kind, name, start) => {
    const [blue, green] = [coloredName(kind, name, 'blue'), coloredName(kind, name, 'green')];
    expect(green.startsWith(start)).toBe(true);
    expect(green).toMatch(/[a-z0-9]-green$/);
    // Both colors have the same stem, whichever of them would still have had room.
    expect(blue).toBe(green.replace(/-green$/, '-blue'));
  });

  test('is stable, differs where only the end differs, and has no dash at its cut', () => {
    const [one, other] = [coloredName('/Service', `${n(60)}a`, 'blue'), coloredName('/Service', `${n(60)}b`, 'blue')];
    expect(one).toBe(coloredName('/Service', `${n(60)}a`, 'blue'));
    expect(one).not.toBe(other);
    expect(coloredName('/Service', `${n(46)}--${n(14)}`, 'blue')).toMatch(/^n{46}-[0-9a-f]{8}-blue$/);
  });

  test('a name that fits is not touched', () => {
    expect(fitted('todo', 53)).toBe('todo');
    expect(fitted(n(53), 53)).toBe(n(53));
    expect(fitted(n(60), 53)).toMatch(/^n{44}-[0-9a-f]{8}$/);
  });
});

describe('a chart of long names', () => {
  const name = (what: string): string => `${what}-${n(50)}`;
  const pod = {
    container: { envFrom: [{ configMapRef: { name: `config-${n(244)}` } }], command: [name('web')] },
    labels: { app: 'web' },
  };
  const chart = [
    deployment(`web-${n(235)}`, pod),
    service(`web-${n(57)}`, { selector: { app: 'web' } }),
    config(`config-${n(244)}`),
    cronJob(`tidy-${n(45)}`),
  ];
  const hooks = [hook(job(`warm-${n(56)}`), 'post-install,post-upgrade')];
  const made = (color: 'blue' | 'green') => split(chart, { color, hooks });

  test('keeps every reference, and says the chart’s name', () => {
    const { refusals, colorObjects, colorServices, workloads, hooks: planned } = made('blue');
    expect(refusals).toEqual([]);
    const web = colorObjects.find(({ kind }) => kind === 'Deployment') as Loose;
    const copy = colorObjects.find(({ kind }) => kind === 'ConfigMap') as Loose;
    expect(web.spec.template.spec.containers[0].envFrom).toContainEqual({ configMapRef: { name: copy.metadata.name } });
    expect(workloads.map((one) => one.coloredName)).toContain(web.metadata.name);
    expect(planned.map(({ object }) => object)).toEqual([`Job/${colorObjects.find(({ kind }) => kind === 'Job')?.metadata.name}`]);
    for (const object of colorObjects) {
      expect(object.metadata.annotations?.[NAME_ANNOTATION]).toBe(uncoloredName(object, 'blue'));
      expect(object.metadata.name).toMatch(/^[a-z]+-n+-[0-9a-f]{8}-blue$/);
    }
    expect(colorServices.map(({ metadata }) => metadata.name.length)).toEqual([62]);
  });

  test('is one version in both colors, and turns from one into the other', () => {
    const [blue, green] = [made('blue'), made('green')];
    expect(green.partHash).toBe(blue.partHash);
    const options = { app: 'todo', namespace: 'todo', from: 'blue', to: 'green', addresses: {} } as const;
    expect(recolor(blue.color, options)).toEqual(green.color);
  });
});
