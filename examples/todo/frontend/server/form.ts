/** One thing a person can do with the list, as the page's forms send it. */
export type Command = { do: 'add'; title: string } | { do: 'set'; id: number; done: boolean } | { do: 'delete'; id: number };

export const TITLE_MAX = 200;

/** Reads a form; null if it is not one of the page's own. */
export function readCommand(form: FormData): Command | null {
  const action = form.get('do');
  if (action === 'add') {
    const title = String(form.get('title') ?? '').trim();
    return title.length >= 1 && title.length <= TITLE_MAX ? { do: 'add', title } : null;
  }
  const id = Number(form.get('id'));
  if (!Number.isSafeInteger(id) || id < 1) return null;
  if (action === 'set') return { do: 'set', id, done: form.get('done') === 'true' };
  if (action === 'delete') return { do: 'delete', id };
  return null;
}

/** Page number of a query, 1 when it is missing or nonsense. */
export function readPage(value: string | string[] | undefined | null): number {
  const page = Number(Array.isArray(value) ? value[0] : value);
  return Number.isSafeInteger(page) && page >= 1 && page <= 100_000 ? page : 1;
}

/** Whether a form was sent by a page of this site (browsers say so themselves; other clients carry no cookies to steal). */
export function isSameSite(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site');
  return site === null || site === 'same-origin' || site === 'none';
}
