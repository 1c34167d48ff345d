import type { Answer } from './answer.ts';
import type { PlayedPullRequests } from './pull-requests.ts';

const MESSAGE = { message: 'Something is wrong', documentation_url: 'https://docs.github.com/rest' };
const HTML = { 'content-type': 'text/html' };

/** What comes instead of GitHub's answer about a pull request; none of it is one that says "closed" of the one that was asked for. */
export const LIES: readonly ((played: PlayedPullRequests) => Answer)[] = [
  () => ({ status: 500, body: JSON.stringify(MESSAGE) }),
  () => ({ status: 502, body: '<html>Bad gateway</html>', headers: HTML }),
  () => ({ status: 200, body: '<html>Log in to the proxy</html>', headers: HTML }),
  () => ({ status: 200, body: '' }),
  () => ({ status: 200, body: '[]' }),
  () => ({ status: 200, body: '{}' }),
  () => ({ status: 200, body: '{"state":"closed"}' }),
  (played) => ({ status: 200, body: JSON.stringify({ ...played.object(1), state: 'closed' }), cut: true }),
  (played) => ({ status: 200, body: JSON.stringify({ ...played.object(1), number: 1212, state: 'closed' }) }),
  () => ({ status: 404, body: JSON.stringify(MESSAGE) }),
  () => ({ status: 429, body: JSON.stringify(MESSAGE), headers: { 'retry-after': '1' } }),
  () => ({ status: 403, body: JSON.stringify(MESSAGE), headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' } }),
  () => ({ status: 301, body: JSON.stringify({ ...MESSAGE, url: 'https://api.github.com/repositories/7/pulls/1' }) }),
];

export const lie = (index: number, played: PlayedPullRequests): Answer =>
  (LIES[index % LIES.length] ?? (LIES[0] as (typeof LIES)[0]))(played);
