import { HttpError } from '../../interfaces/errors.ts';
import type { ApiResponse, Call } from './call.ts';
import { isRateLimit } from './rate-limit.ts';

/** What GitHub's refusal means, in one line, and what to do about it. */
export function statusError({ what, needs }: Call, response: ApiResponse): HttpError {
  const { status } = response;
  const limited = isRateLimit(response);
  const reported = messageOf(response.data);
  return new HttpError(
    `GitHub, ${what}: ${limited ? 'the rate limit is used up' : meaning(status)} (${status}${reported ? `: ${reported}` : ''})`,
    {
      status,
      code: limited ? 'RateLimit' : CODES[status],
      hint: limited ? undefined : hintOf(status, response.headers['x-accepted-github-permissions'], needs),
    },
  );
}

/** The transport's message names the address; what was asked matters more. */
export function transportError({ what }: Call, error: HttpError): HttpError {
  return new HttpError(`GitHub, ${what}: ${error.message.replace(/^\S+ \S+: /, '')}`, {
    status: error.status,
    code: error.code,
    cause: error,
  });
}

export function oneLine(text: string, limit: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 1)}…`;
}

const CODES: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  422: 'Invalid',
};

function meaning(status: number): string {
  if (status === 401) return 'the token is not accepted';
  if (status === 403) return 'the token may not do this';
  if (status === 404) return 'not found, or the token may not see it';
  if (status === 409) return 'a conflict';
  if (status === 422) return 'not accepted';
  return status >= 500 ? 'GitHub has a problem' : 'refused';
}

/** GitHub names the permission itself where it can: `statuses=write`. */
function hintOf(status: number, accepted: string | number | undefined, needs: string): string | undefined {
  if (status === 401) return 'Is the input "github-token" a token of this GitHub, and still valid?';
  if (status !== 403 && status !== 404) return undefined;
  const named = String(accepted ?? '')
    .split(';')[0]
    ?.trim()
    .replaceAll('=', ': ')
    .replaceAll(',', ', ');
  return `The token needs the permission "${named || needs}": add it under "permissions:" of the job.`;
}

/** What it says in its JSON; a proxy's page says nothing. */
function messageOf(data: unknown): string {
  if (typeof data !== 'object' || data === null) return '';
  const { message, errors }: { message?: unknown; errors?: unknown } = data;
  const details = Array.isArray(errors) ? errors.map(detailOf).filter(Boolean).join(', ') : '';
  return [typeof message === 'string' ? message : '', details].filter(Boolean).join(': ').replace(/\s+/g, ' ').slice(0, 300);
}

function detailOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (typeof error !== 'object' || error === null) return '';
  const { field, code, message }: { field?: unknown; code?: unknown; message?: unknown } = error;
  return String(message ?? [field, code].filter(Boolean).join(' '));
}
