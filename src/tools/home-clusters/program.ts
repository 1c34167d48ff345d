import { ConfigurationError, ProcessError, ToolError } from '../../interfaces/errors.ts';
import type { HomeClusterContext, HomeClusterKind, ImageArchive } from '../../interfaces/home-cluster.ts';
import { parseJson } from '../../interfaces/reading/json.ts';

const QUICK_MS = 60_000;

/** Which daemon a program speaks to. */
export const DOCKER_VARIABLES = [
  ...['DOCKER_CONFIG', 'DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_CERT_PATH', 'DOCKER_TLS', 'DOCKER_TLS_VERIFY', 'DOCKER_API_VERSION'],
  'SSH_AUTH_SOCK',
];

/** The program of one kind of home cluster. */
export interface ClusterProgram {
  kind: HomeClusterKind;
  program: string;
  /** Where it is to be had. */
  install: string;
  passes: readonly string[];
}

type Context = Pick<HomeClusterContext, 'runner' | 'signal'>;

/** Asks the program something before the build. Throws ConfigurationError where it is not there or does not answer. */
export async function ask(of: ClusterProgram, args: readonly string[], { runner, signal }: Context, mend: string): Promise<string> {
  const { kind, program, install, passes } = of;
  try {
    return (await runner.run({ command: [program, ...args], passes, timeoutMs: QUICK_MS, signal })).stdout;
  } catch (cause) {
    if (!(cause instanceof ToolError)) throw cause;
    const failed = cause instanceof ProcessError;
    const what = failed ? `"${program} ${args.join(' ')}" failed: ${lastLine(cause.stderr)}` : `there is no program ${program} on PATH`;
    throw new ConfigurationError(`Input "load" is ${kind}, but ${what}`, { hint: failed ? mend : `install it: ${install}`, cause });
  }
}

/** The same, for an answer in JSON. */
export async function askJson(of: ClusterProgram, args: readonly string[], context: Context, mend: string): Promise<unknown> {
  const wrong = (why: string) => new ConfigurationError(`"${of.program} ${args.join(' ')}" answered no JSON: ${why}`, { hint: mend });
  return parseJson(await ask(of, args, context, mend), wrong);
}

/** Runs the program that loads. Returns what it printed. Throws ToolError. */
export async function runLoad(
  command: readonly [string, ...string[]],
  passes: readonly string[],
  { reference, path }: ImageArchive,
  { runner, signal, timeoutMs, log }: HomeClusterContext,
  how: { stdinFile?: string } = {},
): Promise<string> {
  const lines: string[] = [];
  const onLine = (line: string): void => {
    lines.push(line);
    log.debug(line);
  };
  try {
    await runner.run({ command, passes, timeoutMs, signal, onLine, ...how });
  } catch (cause) {
    if (!(cause instanceof ProcessError)) throw cause;
    throw notLoaded(
      reference,
      `"${command.map((part) => (part === path ? 'ARCHIVE' : part)).join(' ')}" failed: ${lastLine(cause.stderr)}`,
    );
  }
  return lines.join('\n');
}

export const notLoaded = (reference: string, why: string): ToolError =>
  new ToolError(`${reference} was not loaded: ${why}`, { reason: 'load-failed' });

/** For errors: what there is instead. */
export const listed = (names: readonly string[]): string => (names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`);

const lastLine = (text: string): string => text.trim().split('\n').at(-1) || 'it says nothing';
