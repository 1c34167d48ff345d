import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { PULL_SECRET } from '../../demo/namespace.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { expectGreen } from './deploy-support.ts';
import { DOMAIN, PreviewStage } from './preview-stage.ts';

jest.setTimeout(300_000);

const PLACE = 'visits-test';
const NUMBER = 9;
const HOST = `pr-${NUMBER}-pair.${DOMAIN}`;
/** Longer than the preview's own `sleep-after`. */
const LONG_MS = 62_000;
let stage: PreviewStage;

beforeAll(async () => {
  stage = await PreviewStage.open(PLACE, 4343);
  stage.standIn.played.pulls.set(NUMBER, { number: NUMBER, head: 'c'.repeat(40) });
});
afterAll(() => stage.close());

const annotation = (name: string): string => {
  const { metadata } = JSON.parse(stage.kubectl('get', stage.namespaces()[0] ?? '', '--output=json'));
  return metadata.annotations[`todo-deploy.dev/preview-${name}`] ?? '';
};
const opened = () => {
  const { image, cluster } = stage;
  const ingress = { className: cluster.ingress.className, host: 'pair.example.com' };
  return stage.preview(NUMBER, 'opened', {
    chart: 'charts/pair',
    values: JSON.stringify({ image: { repository: image, tag: 'v1' }, ingress }),
    'copy-secrets': `${PLACE}/${PULL_SECRET}`,
    'sleep-after': '1m',
    'isolation-probe': 'off',
  });
};

describe('visits that the front door counts', () => {
  test('what the deploy itself asked for is none', async () => {
    expect(expectGreen(await opened()).outputs.state).toBe('up');
    expect(annotation('visits')).toMatch(/^[0-9a-f]{8}=\d+( [0-9a-f]{8}=\d+)*$/);
    expect(annotation('used-at')).toBe('');
  });

  test('a preview that is used stays awake, and its time is renewed', async () => {
    await systemClock.sleep(LONG_MS);
    expect(expectGreen(await stage.janitor({ 'dry-run': 'true' })).outputs.kept).toContain('it would be put to sleep');
    const until = annotation('expires-at');
    expect((await stage.visit(HOST)).status).toBe(200);
    const result = expectGreen(await stage.janitor());
    expect(result.log.join('\n')).toMatch(/Visits of previews are counted by traefik\/traefik-\w+/);
    expect(result.outputs.kept).not.toContain('sleep');
    expect(Date.parse(annotation('used-at'))).toBeGreaterThan(Date.now() - 60_000);
    expect(Date.parse(annotation('expires-at'))).toBeGreaterThan(Date.parse(until));
  });

  test('once nobody comes any more it goes to sleep; who asks for it then is no use of it but by waking it', async () => {
    await systemClock.sleep(LONG_MS);
    const usedAt = annotation('used-at');
    expect(expectGreen(await stage.janitor()).outputs.kept).toContain('it is put to sleep: nobody has used it lately');
    const robot = ['--silent', '--user-agent', 'Googlebot/2.1', '--header', `Host: ${HOST}`, stage.cluster.ingress.http[0] ?? ''];
    await stage.runner.run({ command: ['curl', ...robot], timeoutMs: 20_000 });
    expect(expectGreen(await stage.janitor()).outputs.kept).toContain('it is asleep');
    expect(annotation('used-at')).toBe(usedAt);
  });
});
