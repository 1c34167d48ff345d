import { HttpError } from '../../../interfaces/errors.ts';
import type { Http } from '../../../interfaces/http.ts';
import type { ActionContext } from '../../../runtime/action.ts';

const REQUEST_MS = 15_000;
const TRIES = 3;
/** Services keep the beginning. */
const LONGEST = 4_000;

/**
 * Tells a dead-man service how a run ended: POST to its address, or to `…/fail` below it. Whoever cannot be told is a warning: the service
 * itself raises the alarm where nothing comes.
 */
export async function ping(
  { log, secrets, clock }: Pick<ActionContext, 'log' | 'secrets' | 'clock'>,
  http: Http,
  address: string,
  { failed, text }: { failed: boolean; text: string },
): Promise<void> {
  const url = new URL(address);
  if (failed) url.pathname = `${url.pathname.replace(/\/$/, '')}/fail`;
  const body = secrets.clean(text).slice(0, LONGEST);
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  for (let round = 1; ; round += 1) {
    const seen = await http.request({ method: 'POST', url: url.href, headers, body, timeoutMs: REQUEST_MS }).then(
      ({ status }) => (status < 400 ? undefined : `it answered ${status}`),
      // Its words name the address, which is a secret.
      (error: unknown) => (error instanceof HttpError ? 'it could not be reached, or did not answer in time' : String(error)),
    );
    if (seen === undefined) return log.info(`${url.host} was told that the run ${failed ? 'failed' : 'was good'}`);
    if (round === TRIES) return log.warning(`The ping to ${url.host} was not taken: ${seen}`);
    await clock.sleep(1000 * round);
  }
}
