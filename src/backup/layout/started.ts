import { tryJsonObject } from '../../interfaces/reading/json.ts';

interface Started {
  schema: 1;
  /** Of the server and the database that is dumped: `7713712145080935426/todo`. */
  source: string;
}

export const startedText = (source: string): string => `${JSON.stringify({ schema: 1, source } satisfies Started)}\n`;

/** Pure: whose upload it is; undefined where nobody can tell. */
export const startedBy = (text: string): string | undefined => {
  const { source } = tryJsonObject<Started>(text) ?? {};
  return typeof source === 'string' ? source : undefined;
};
