import { describe, expect, test } from '@jest/globals';
import { isVisit, waitingAnswer } from '../../../src/waker/index.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const ask = (url = '/', headers: Record<string, string> = {}, method = 'GET') => ({
  method,
  url,
  headers: { 'user-agent': FIREFOX, ...headers },
});

describe('a visit', () => {
  test.each<[string, ReturnType<typeof ask>]>([
    ['a page', ask()],
    ['a page with a query', ask('/todos?filter=open')],
    ['a call of a program that says its name', ask('/api/todos', { 'user-agent': 'python-requests/2.32' })],
    ['what somebody sends', ask('/api/todos', {}, 'POST')],
    ['a page whose address looks like a robot’s', ask('/robots')],
    [
      'Chrome',
      ask('/', { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36' }),
    ],
  ])('is %s', (_, request) => expect(isVisit(request)).toBe(true));

  test.each<[string, ReturnType<typeof ask>]>([
    ['a crawler', ask('/', { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' })],
    ['Bing', ask('/', { 'user-agent': 'Mozilla/5.0 (compatible; bingbot/2.0)' })],
    ['the preview of a link in a chat', ask('/', { 'user-agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' })],
    ['GitHub’s own', ask('/', { 'user-agent': 'facebookexternalhit/1.1' })],
    ['a monitor', ask('/', { 'user-agent': 'Mozilla/5.0 (compatible; UptimeRobot/2.0)' })],
    ['a kubelet', ask('/', { 'user-agent': 'kube-probe/1.36' })],
    ['a load balancer', ask('/', { 'user-agent': 'GoogleHC/1.0' })],
    ['somebody who says nothing', ask('/', { 'user-agent': '' })],
    ['who only asks whether it is there', ask('/', {}, 'HEAD')],
    ['a preflight', ask('/', {}, 'OPTIONS')],
    ['what a browser fetches by itself', ask('/favicon.ico?v=2')],
    ['what a robot reads first', ask('/robots.txt')],
    ['a health check', ask('/healthz')],
    ['what is fetched ahead of a click', ask('/', { 'sec-purpose': 'prefetch;prerender' })],
  ])('is not %s', (_, request) => expect(isVisit(request)).toBe(false));

  test('is judged in time that grows with the text alone', () => {
    const long = 'bo'.repeat(500_000);
    expect(isVisit(ask(`/${long}`, { 'user-agent': long, purpose: long }))).toBe(true);
  });
});

describe('the answer', () => {
  test('to a visitor is a page that looks again by itself, and is kept by nobody', () => {
    const { status, headers, body } = waitingAnswer(ask('/<script>', { accept: 'text/html,*/*' }));
    expect(status).toBe(503);
    expect(headers).toMatchObject({
      'retry-after': '2',
      'cache-control': 'no-store',
      connection: 'close',
      'x-robots-tag': 'noindex, nofollow',
    });
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(body).toContain('http-equiv="refresh" content="2"');
    expect(body).not.toContain('script');
    expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
  });

  test('to a program is a line, to a robot one that says later', () => {
    expect(waitingAnswer(ask('/api', { accept: 'application/json' }))).toMatchObject({
      status: 503,
      headers: { 'retry-after': '2', 'content-type': 'text/plain; charset=utf-8' },
    });
    expect(waitingAnswer(ask('/', { 'user-agent': 'Googlebot/2.1', accept: 'text/html' }))).toMatchObject({
      status: 503,
      headers: { 'retry-after': '3600' },
    });
  });
});
