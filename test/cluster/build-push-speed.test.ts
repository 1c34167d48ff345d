import { expect, test } from '@jest/globals';
import { errorsOf } from '../support/action.ts';
import { buildPlace, lineOf } from './build-push-support.ts';

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
