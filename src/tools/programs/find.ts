import { ToolError } from '../../interfaces/errors.ts';
import type { ProcessRunner } from '../../interfaces/process.ts';
import { type FetchOptions, fetchProgram } from './fetch.ts';
import type { ProgramPin } from './pins.ts';

export interface FindOptions extends FetchOptions {
  runner: ProcessRunner;
}

const LIMIT_MS = 30_000;

/** The program of PATH where it is new enough, else the pinned one. Answers what to start. */
export async function findProgram(pin: ProgramPin, args: string[], least: [number, number], options: FindOptions): Promise<string> {
  const version = await versionOf(pin.name, args, options);
  if (version !== undefined && isAtLeast(version, least)) return pin.name;
  if (version !== undefined) options.log.info(`${pin.name} ${version.join('.')} is older than ${least.join('.')}: it is not used`);
  return await fetchProgram(pin, options);
}

async function versionOf(name: string, args: string[], { runner, env }: FindOptions): Promise<[number, number] | undefined> {
  try {
    const { stdout } = await runner.run({ command: [name, ...args], env: { PATH: env.PATH }, timeoutMs: LIMIT_MS });
    const match = /v?(\d+)\.(\d+)\.\d+/.exec(stdout);
    return match === null ? undefined : [Number(match[1]), Number(match[2])];
  } catch (error) {
    if (error instanceof ToolError) return undefined;
    throw error;
  }
}

export function isAtLeast([major, minor]: readonly [number, number], [leastMajor, leastMinor]: readonly [number, number]): boolean {
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}
