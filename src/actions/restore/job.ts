import type { RestoreInputs } from './inputs.ts';

/** What the Job is told: its arguments, and what it gets from a Secret. */
export function flagsOf({
  mode,
  from,
  target,
  confirm,
  identity,
}: Pick<RestoreInputs, 'mode' | 'from' | 'target' | 'confirm' | 'identity'>): {
  args: string[];
  secrets: Record<string, string>;
} {
  const flags = Object.entries({ mode, from, target, confirm });
  const given = flags.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
  return { args: ['restore-job', ...given], secrets: identity === '' ? {} : { AGE_IDENTITY: identity } };
}
