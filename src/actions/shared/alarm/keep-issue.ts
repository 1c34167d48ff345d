import type { Issue, Issues } from '../../../interfaces/issues.ts';

export interface Wanted {
  /** Stands in the body, and tells this alarm's issue from any other. */
  marker: string;
  /** undefined: all is well. */
  trouble: { title: string; body: string } | undefined;
}

export type Kept = { did: 'opened' | 'updated' | 'closed'; number: number } | { did: 'nothing' };

/** One issue while there is trouble, opened once and kept up to date; closed when there is none. Errors: `HttpError`. */
export async function keepIssue({ marker, trouble }: Wanted, issues: Issues): Promise<Kept> {
  const author = await issues.author();
  const [first, ...more] = (await issues.open()).filter((issue) => isOurs(issue, marker, author));
  if (trouble === undefined) {
    for (const { number } of first ? [first, ...more] : []) await issues.update(number, { state: 'closed' });
    return first ? { did: 'closed', number: first.number } : { did: 'nothing' };
  }
  // Two runs at once may both have opened one.
  for (const { number } of more) await issues.update(number, { state: 'closed' });
  const body = `${trouble.body}\n\n${marker}\n`;
  if (!first) return { did: 'opened', number: await issues.create({ title: trouble.title, body }) };
  await issues.update(first.number, { title: trouble.title, body });
  return { did: 'updated', number: first.number };
}

/** Anybody may write an issue that looks like ours. */
const isOurs = ({ author, body }: Issue, marker: string, own: string): boolean =>
  author === own && body.split(/\r?\n/).some((line) => line.trim() === marker);
