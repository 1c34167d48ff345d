import { HttpError } from '../../interfaces/errors.ts';
import type { Http, HttpResponse } from '../../interfaces/http.ts';
import { tryJson } from '../../interfaces/reading/json.ts';
import type { Call } from './call.ts';
import { oneLine, statusError } from './errors.ts';

const REQUEST_MS = 20_000;
const REDIRECTS = 3;
/** A comparison lists up to 300 changed files with their patches. */
const MAX_BYTES = 16 * 1024 * 1024;
const API_VERSION = '2022-11-28';
const WITHOUT_BODY: readonly number[] = [204, 205, 304];

/** What Octokit asks of `fetch`. */
interface Init {
  method: string;
  headers: Record<string, string>;
  body?: string;
}

/**
 * The product's own HTTP as the `fetch` that Octokit is given: limits of time and size, errors that say which part of the way failed. Octokit
 * takes an answer that breaks off for an empty one, and follows a redirect to any host.
 */
export function fetchOver(http: Http, token: string, call: Call): (url: string, init: Init) => Promise<Response> {
  return async (address, { method, headers, body }) => {
    let url = address;
    for (let redirects = 0; ; redirects += 1) {
      const reply = await http.request({
        method,
        url,
        headers: { ...headers, ...asDocumented(token) },
        body,
        timeoutMs: REQUEST_MS,
        maxBytes: MAX_BYTES,
        signal: call.signal,
      });
      const next = redirects < REDIRECTS ? redirectOf(reply, url) : undefined;
      if (next === undefined) return response(reply, call);
      url = next;
    }
  };
}

/** GitHub's documentation asks for these; Octokit still sends those of before. */
const asDocumented = (token: string): Record<string, string> => ({
  accept: 'application/vnd.github+json',
  authorization: `Bearer ${token}`,
  'x-github-api-version': API_VERSION,
});

/** A renamed repository answers with its new address; the token goes to GitHub's own host only. */
function redirectOf({ status, headers }: HttpResponse, url: string): string | undefined {
  const target = [301, 302, 307, 308].includes(status) ? URL.parse(headers.location ?? '', url) : null;
  return target?.origin === new URL(url).origin ? target.href : undefined;
}

function response(reply: HttpResponse, call: Call): Response {
  const { status, headers, body } = reply;
  if (status >= 300 && status < 400) throw statusError(call, { status, headers, data: body });
  if (status < 300 && body !== '' && !isJson(body)) {
    throw new HttpError(`GitHub, ${call.what}: the answer is not JSON (${oneLine(body, 80)})`, {
      status,
      hint: 'Is GITHUB_API_URL the address of the API, and is there a proxy in between?',
    });
  }
  return new Response(WITHOUT_BODY.includes(status) ? null : body, { status, headers });
}

const isJson = (text: string): boolean => tryJson(text) !== undefined;
