import { isVisit, type Request } from './visit.ts';

export interface Response {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** Until a page looks again, and a program is to: an app that starts in a second is there. */
const AGAIN_S = 2;
/** For a robot: it does not wake, and may come back when somebody has. */
const LATER_S = 3_600;

const COMMON = {
  'cache-control': 'no-store',
  'x-robots-tag': 'noindex, nofollow',
  // The next request goes wherever the Service leads by then.
  connection: 'close',
};

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="${AGAIN_S}">
<meta name="robots" content="noindex">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Waking up</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem;color-scheme:light dark}</style>
</head>
<body>
<h1>Waking up</h1>
<p>This preview was asleep, since nobody had used it for a while. It is being started; this page looks again by itself.</p>
</body>
</html>
`;

/** Pure: what the waker answers. Nothing of the request is repeated. */
export function waitingAnswer(request: Request): Response {
  if (!isVisit(request)) return answer('This preview is asleep.\n', LATER_S);
  const wantsPage = request.method === 'GET' && /text\/html/i.test(String(request.headers.accept ?? '').slice(0, 1_000));
  return wantsPage ? answer(PAGE, AGAIN_S, 'text/html') : answer('This preview was asleep, and is being started. Try again.\n', AGAIN_S);
}

const answer = (body: string, seconds: number, type = 'text/plain'): Response => ({
  status: 503,
  headers: {
    ...COMMON,
    'retry-after': String(seconds),
    'content-type': `${type}; charset=utf-8`,
    'content-length': String(Buffer.byteLength(body)),
  },
  body,
});
