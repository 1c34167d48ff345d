import type { Dispatcher } from 'undici';
import { ConfigurationError, HttpError, ToolError } from '../../interfaces/errors.ts';
import { PLAIN_HTTP } from '../../interfaces/plain-http.ts';
import { parseJsonObject } from '../../interfaces/reading/json.ts';
import type { Challenge } from './challenge.ts';
import { isIdentityToken, type Login } from './credentials.ts';
import { wordsOf } from './errors.ts';

export type Action = 'pull' | 'push' | 'delete';

const SCOPES: Readonly<Record<Action, string>> = { pull: 'pull', push: 'pull,push', delete: 'pull,push,delete' };

const LIMIT_MS = 30_000;

/** Turns a challenge and a login into an Authorization header; undefined where there is no login for a basic challenge. */
export async function authorizationFor(
  challenge: Challenge,
  login: Login | undefined,
  want: { path: string; action: Action; from?: string | undefined; plain: (url: URL) => boolean },
  dispatcher: Dispatcher,
): Promise<string | undefined> {
  if (challenge.scheme === 'basic') return login === undefined ? undefined : basic(login);
  const { realm, service } = challenge.parameters;
  const url = URL.parse(realm ?? '');
  // The password is sent there, and the token comes from there: without TLS only where the registry's own host is trusted like that.
  if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && want.plain(url)))) {
    throw new ConfigurationError(`The registry asks for a token from "${realm}", which is not an https address`, {
      hint:
        url === null
          ? undefined
          : `The password would go there unencrypted. If registry and token service are in your own network, name both at the step: env: {${PLAIN_HTTP}: "<registry>,${url.host}"}`,
    });
  }
  const scopes = [`repository:${want.path}:${SCOPES[want.action]}`, ...(want.from === undefined ? [] : [`repository:${want.from}:pull`])];
  const response =
    login !== undefined && isIdentityToken(login)
      ? await exchange(url, { service, scopes, token: login.password }, dispatcher)
      : await fetchToken(url, { service, scopes, login }, dispatcher);
  const token = response.token ?? response.access_token;
  if (!token)
    throw new HttpError(`The token service ${url.host} gave no token`, { status: 200, code: 'UNAUTHORIZED', reason: 'access-denied' });
  return `Bearer ${token}`;
}

interface TokenAnswer {
  token?: string;
  access_token?: string;
}

async function fetchToken(
  realm: URL,
  { service, scopes, login }: { service: string | undefined; scopes: readonly string[]; login: Login | undefined },
  dispatcher: Dispatcher,
): Promise<TokenAnswer> {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  return await ask(dispatcher, url, 'GET', login === undefined ? {} : { authorization: basic(login) });
}

/** An identity token is exchanged by OAuth 2. */
async function exchange(
  url: URL,
  { service, scopes, token }: { service: string | undefined; scopes: readonly string[]; token: string },
  dispatcher: Dispatcher,
): Promise<TokenAnswer> {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    service: service ?? '',
    scope: scopes.join(' '),
    client_id: 'todo-deploy',
    refresh_token: token,
  });
  return await ask(dispatcher, url, 'POST', { 'content-type': 'application/x-www-form-urlencoded' }, form.toString());
}

async function ask(
  dispatcher: Dispatcher,
  url: URL,
  method: 'GET' | 'POST',
  headers: Record<string, string>,
  body?: string,
): Promise<TokenAnswer> {
  const response = await dispatcher.request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method,
    headers,
    body: body ?? null,
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  const text = await response.body.text();
  if (response.statusCode !== 200) {
    const reported = wordsOf(text)?.message;
    throw new HttpError(`The token service ${url.host} answered ${response.statusCode}${reported ? ` (${reported})` : ''}`, {
      status: response.statusCode,
      code: response.statusCode === 401 || response.statusCode === 403 ? 'UNAUTHORIZED' : undefined,
      hint: 'are username and password right, and is the token still valid?',
    });
  }
  return parseJsonObject<TokenAnswer>(text, (why) => new ToolError(`The answer of the token service ${url.host}: ${why}`));
}

function basic({ username, password }: Login): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
