import { describe, expect, test } from '@jest/globals';
import { Recorder } from '../../../demo/load/recorder.ts';

const START = 1_000_037;
const answer = (sentAt: number, version = 'v1') => ({ sentAt, version, body: '{}', latencyMs: 1 });

describe('the recorder of the load', () => {
  test('counts each request in the bucket in which it was sent, buckets counted from the start of the run', () => {
    const recorder = new Recorder(START);
    recorder.answered(answer(START + 250));
    recorder.answered(answer(START + 299, 'v2'));
    // Both answered after the others, but sent before them.
    recorder.answered(answer(START + 99));
    recorder.lost(START + 100, '/', 'no answer');
    const { startedAt, buckets } = recorder.result();
    expect(startedAt).toBe(START);
    expect(buckets).toEqual([
      { at: START, versions: { v1: 1 }, lost: 0 },
      { at: START + 100, versions: {}, lost: 1 },
      { at: START + 200, versions: { v1: 1, v2: 1 }, lost: 0 },
    ]);
  });

  test('says when the last loss was noticed, and nothing where none was', () => {
    const recorder = new Recorder(START);
    recorder.answered(answer(START));
    expect(recorder.result()).toMatchObject({ lost: 0, losses: [], lastLossAt: undefined });
    recorder.lost(START, '/a', 'first');
    recorder.lost(START, '/b', 'second');
    const { losses, lastLossAt } = recorder.result();
    expect(losses.map(({ path, reason }) => `${path} ${reason}`)).toEqual(['/a first', '/b second']);
    expect(lastLossAt).toBe(losses[1]?.at);
  });
});
