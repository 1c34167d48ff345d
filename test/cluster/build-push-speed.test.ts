import { describe, expect, test } from '@jest/globals';
import { errorsOf } from '../support/action.ts';
import { buildPlace, lineOf, reportOf } from './build-push-support.ts';

const place = buildPlace('speed', {
  'quick/Dockerfile': 'FROM busybox:1.37\nCOPY hello /hello\n',
  'quick/hello': 'hello',
  'slow/Dockerfile': 'FROM busybox:1.37\nARG AT\nRUN sleep 15 && echo $AT > /at\n',
});

test('an image is scanned while another one is still built', async () => {
  const result = await place.main({ images: 'slow: ./slow\nquick: ./quick', 'build-args': `AT=${Date.now()}`, cache: 'off' });
  expect(errorsOf(result)).toEqual([]);
  expect(lineOf(result, /^\[quick\] scanned/)).toBeLessThan(lineOf(result, /^\[slow\] built/));
  expect(lineOf(result, /^\[slow\] scanned/)).toBeLessThan(lineOf(result, /pushed/));
});

describe('the build cache', () => {
  const images = 'quick: ./quick';
  const cacheTags = async (): Promise<string[]> =>
    (await place.registry.tags(`${place.prefix}/quick`)).filter((tag) => /^buildcache/.test(tag));

  test('is written after the job, so that no deploy waits for it; with nothing new in it, not at all', async () => {
    place.write({ 'quick/hello': `cached ${Date.now()}` });
    const first = await place.main({ images });
    expect([errorsOf(first), await cacheTags()]).toEqual([[], []]);
    const after = await place.post(first);
    lineOf(after, /^\[quick\] build cache written/);
    expect(await cacheTags()).toEqual(['buildcache-main']);
    const again = await place.main({ images });
    expect((await place.post(again)).log.filter((line) => /build cache|::warning/.test(line))).toEqual([]);
  });

  test('is not written from files that have changed since the scan', async () => {
    place.write({ 'quick/hello': `scanned ${Date.now()}` });
    const before = await place.registry.snapshot(place.prefix);
    const main = await place.main({ images });
    expect(reportOf(main).images[0]?.result).toBe('pushed');
    place.write({ 'quick/hello': `never scanned ${Date.now()}` });
    const after = await place.post(main);
    expect(after.log.filter((line) => line.startsWith('::warning'))).toEqual([
      expect.stringContaining('The build cache of quick was not written: what it was built from has changed since the build'),
    ]);
    const cached = (snapshot: Record<string, Record<string, string>>): unknown =>
      Object.values(snapshot).map((tags) => Object.entries(tags).filter(([tag]) => tag.startsWith('buildcache')));
    expect(cached(await place.registry.snapshot(place.prefix))).toEqual(cached(before));
  });

  test('that cannot be written is said, and never that it was', async () => {
    place.write({ 'quick/hello': `refused ${Date.now()}` });
    const main = await place.main({ images });
    const kept = JSON.parse(main.state['build-cache'] ?? '');
    kept.exports[0].request.cacheTo = [`type=registry,ref=${place.cluster.registry.host}:1/nowhere:x,mode=max`];
    const after = await place.post({ ...main, state: { ...main.state, 'build-cache': JSON.stringify(kept) } });
    expect(after.log.filter((line) => line.startsWith('::warning'))).toEqual([
      expect.stringContaining('The build cache of quick was not written'),
    ]);
    expect(after.log.join('\n')).not.toContain('build cache written');
  });
});
