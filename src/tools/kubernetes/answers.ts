import { HttpError } from '../../interfaces/errors.ts';
import { tryJsonObject } from '../../interfaces/reading/json.ts';
import { RetryAfterError } from '../retry.ts';
import { describeCall } from './calls.ts';
import { withoutObjects } from './refused-values.ts';

/** What the API server said, as it stands. */
export interface Answer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

/** Pure: what the API server's own clock says, ms since the epoch, to the second; undefined where the answer does not say. */
export function dateOf({ headers }: Pick<Answer, 'headers'>): number | undefined {
  const ms = typeof headers.date === 'string' ? Date.parse(headers.date) : Number.NaN;
  return Number.isFinite(ms) ? ms : undefined;
}

/** What `call` finds; undefined where it is not there. */
export async function ifFound<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof HttpError && error.status === 404) return undefined;
    throw error;
  }
}

/** An answer that is no success, and the error that it is. */
export class StatusError extends RetryAfterError {
  readonly answer: Answer;
  constructor(message: string, details: ConstructorParameters<typeof RetryAfterError>[1] & { answer: Answer }) {
    super(message, details);
    this.answer = details.answer;
  }
}

interface Status {
  message: string;
  reason: string;
  details: { causes?: { field?: string }[] | null } | null;
}

/**
 * Kubernetes answers errors as a Status object. What it says of an object names that; where the server itself is in trouble, the words may be
 * anybody's, so the error names call, object and status.
 */
export function statusError(request: { method: string; path: string }, answer: Answer): StatusError {
  const { status, headers, body } = answer;
  const text = body.toString('utf8');
  const parsed: Partial<Status> = tryJsonObject<Status>(text) ?? { message: text.slice(0, 300) };
  const said = withoutObjects(parsed.message ?? '').trim();
  const seconds = Number([headers['retry-after']].flat()[0]);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : 0;
  if (isUndeclared(said)) return new StatusError(said, { status: 422, code: 'Invalid', retryAfterMs, answer });
  const isServers = status >= 500 || status === 429;
  const call = `The API server answered ${status} to ${describeCall(request)}`;
  const message = isServers || said === '' ? [call, said].filter(Boolean).join(': ') : said;
  const fields = (parsed.details?.causes ?? []).flatMap(({ field }) => field ?? []);
  return new StatusError(message, { status, code: parsed.reason, hint: HINTS[status], fields, retryAfterMs, answer });
}

/** A server-side apply of a field that the kind does not have is the object's mistake, though the API server answers 500. */
const isUndeclared = (message: string): boolean => /^failed to create typed patch object/.test(message);

const HINTS: Readonly<Record<number, string>> = {
  401: 'the cluster does not accept these credentials: is the kubeconfig up to date?',
  403: 'the account of the kubeconfig lacks this permission: see the Role in the documentation',
};

/** Pure: an error as the API server writes it: a Status object. */
export const failureStatus = (code: number, message: string, reason: string): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  code,
});
