import { DeployError, ProcessError, reasonOf } from '../interfaces/errors.ts';
import type { Log } from '../interfaces/log.ts';
import { REASONS } from '../interfaces/reasons.ts';
import { ANNOTATION_LIMIT } from './log.ts';
import { shorten } from './neutral.ts';

/** Characters below which the rest of an annotation is left empty. */
const LEAST_DETAILS = 80;

export interface RenderedError {
  title: string;
  /** What happened, why, and what to do: at most 4,096 characters. */
  message: string;
  /** Causes, outermost first. */
  causes: string[];
  stack: string | undefined;
}

/** The one place that turns an error into words. */
export function renderError(name: string, error: unknown): RenderedError {
  const known = error instanceof DeployError ? error : undefined;
  const what = messageOf(error);
  const todo = known?.hint === undefined ? '' : `\nWhat to do: ${known.hint}`;
  const message = `${shorten(what, ANNOTATION_LIMIT - Math.min(todo.length, 1024))}${shorten(todo, 1024)}`;
  const left = ANNOTATION_LIMIT - message.length;
  const seen = known?.details === undefined || left < LEAST_DETAILS ? '' : `\n\n${known.details}`;
  return {
    title: `${name}: ${REASONS[reasonOf(error)].title}`,
    message: `${message}${shorten(seen, left)}`,
    causes: causesOf(error),
    stack: error instanceof Error ? error.stack : undefined,
  };
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message || error.name : String(error);
}

function causesOf(error: unknown, seen = new Set<unknown>()): string[] {
  if (error === undefined || error === null || seen.has(error)) return [];
  seen.add(error);
  const own = error instanceof ProcessError && error.stderr.trim() !== '' ? [`${error.command.join(' ')}\n${error.stderr.trim()}`] : [];
  const inner = error instanceof AggregateError ? error.errors : [];
  const next = error instanceof Error && error.cause !== undefined ? [error.cause] : [];
  return [...own, ...[...inner, ...next].flatMap((cause) => [messageOf(cause), ...causesOf(cause, seen)])];
}

/** One annotation, the causes in a group under it; stacks only when debugging. */
export async function reportError(
  log: Log,
  name: string,
  error: unknown,
  options: { debug: boolean; severity?: 'error' | 'warning' },
): Promise<void> {
  const rendered = renderError(name, error);
  if (options.severity === 'warning') log.warning(`${rendered.title}: ${rendered.message}`);
  else log.error(rendered.message, { title: rendered.title });
  const details = [...new Set(rendered.causes)].filter((cause) => !rendered.message.includes(cause));
  if (details.length > 0) {
    await log.group('Causes', async () => {
      for (const cause of details) log.info(`caused by: ${cause}`);
    });
  }
  if (options.debug && rendered.stack !== undefined) log.info(rendered.stack);
}
