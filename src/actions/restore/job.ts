import type { RestoreInputs } from './inputs.ts';

type Told = Pick<RestoreInputs, 'from' | 'target' | 'confirm' | 'identity'> & {
  mode: RestoreInputs['mode'] | 'replace';
  holdWrites?: boolean | undefined;
};

interface Flags {
  args: string[];
  secrets: Record<string, string>;
}

/** What the Job is told: its arguments, and what it gets from a Secret. `login`: a role that the app has to get in by. */
export function flagsOf({ mode, from, target, confirm, identity, holdWrites }: Told, login?: { user: string; password: string }): Flags {
  const flags = Object.entries({ mode, from, target, confirm, 'login-user': login?.user });
  const given = flags.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
  if (holdWrites) given.push('--hold-writes=true');
  const secrets = { ...(identity !== '' && { AGE_IDENTITY: identity }), ...(login && { LOGIN_PASSWORD: login.password }) };
  return { args: ['restore-job', ...given], secrets };
}
