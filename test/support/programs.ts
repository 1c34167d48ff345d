import { readdirSync, readFileSync } from 'node:fs';
import { MARK } from './cancel.ts';

/** What a job on GitHub holds, and no program needs. */
export const CANARIES: readonly (readonly [name: string, value: string])[] = [
  ...['ACTIONS_RUNTIME_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'GITHUB_TOKEN', 'GH_TOKEN', 'NPM_TOKEN', 'DATABASE_URL'],
  'TODO_DEPLOY_SECRETS',
].map((name) => [name, `canary-of-${name}`] as const);

/** Watches which programs a step starts, and with which environment; the step's own process is none of them. */
export function watchPrograms(): { env: Record<string, string>; stop(): Map<string, string> } {
  const mark = `/tmp/watched-${process.pid}-${Date.now()}`;
  const programs = new Map<string, string>();
  const timer = setInterval(() => {
    for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const environment = readFileSync(`/proc/${id}/environ`, 'latin1');
        const command = readFileSync(`/proc/${id}/cmdline`, 'latin1').replaceAll('\0', ' ');
        if (environment.includes(`${MARK}=${mark}`) && !command.includes('main.js')) programs.set(command, environment);
      } catch {
        // It ended meanwhile.
      }
    }
  }, 5);
  return {
    env: { ...Object.fromEntries(CANARIES), [MARK]: mark },
    stop: () => {
      clearInterval(timer);
      return programs;
    },
  };
}

/** Which canaries these programs have seen. */
export const seenBy = (programs: ReadonlyMap<string, string>, canaries = CANARIES): string[] =>
  [...programs].flatMap(([command, environment]) =>
    canaries.filter(([, value]) => environment.includes(value)).map(([name]) => `${name}: ${command}`),
  );
