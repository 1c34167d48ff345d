import { HttpError } from '../../interfaces/errors.ts';
import type { HttpResponse } from '../../interfaces/http.ts';
import { isRateLimit } from './rate-limit.ts';

interface Refused {
  what: string;
  needs: string;
}

interface ErrorBody {
  message?: unknown;
  errors?: unknown;
}

/** What GitHub's refusal means, in one line, and what to do about it. */
export function statusError({ what, needs }: Refused, answer: HttpResponse): HttpError {
  const { status } = answer;
  const limited = isRateLimit(answer);
  const said = messageOf(answer.body);
  return new HttpError(
    `GitHub, ${what}: ${limited ? 'the rate limit is used up' : meaning(status)} (${status}${said ? `: ${said}` : ''})`,
    {
      status,
      code: limited ? 'RateLimit' : CODES[status],
      hint: limited ? undefined : hintOf(status, answer.headers['x-accepted-github-permissions'], needs),
    },
  );
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
function hintOf(status: number, accepted: string | undefined, needs: string): string | undefined {
  if (status === 401) return 'Is the input "github-token" a token of this GitHub, and still valid?';
  if (status !== 403 && status !== 404) return undefined;
  const named = (accepted ?? '').split(';')[0]?.trim().replaceAll('=', ': ').replaceAll(',', ', ');
  return `The token needs the permission "${named || needs}": add it under "permissions:" of the job.`;
}

function messageOf(body: string): string {
  try {
    const { message, errors } = JSON.parse(body) as ErrorBody;
    const details = Array.isArray(errors) ? errors.map(detailOf).filter(Boolean).join(', ') : '';
    return [typeof message === 'string' ? message : '', details].filter(Boolean).join(': ').replace(/\s+/g, ' ').slice(0, 300);
  } catch {
    return '';
  }
}

function detailOf(error: unknown): string {
  if (typeof error === 'string') return error;
  const { field, code, message } = (error ?? {}) as Record<string, unknown>;
  return [message ?? [field, code].filter(Boolean).join(' ')].map(String).join('');
}
