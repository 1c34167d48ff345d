import type { InputField } from './metadata.ts';
import { isSecretInput, SECRET_INPUTS } from './secret-inputs.ts';

export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'done: it serves, or there was nothing to do'],
  [1, 'it failed, or was rolled back; doctor, status and smoke-test: something is wrong'],
  [2, 'wrong flags, inputs or configuration; nothing was touched'],
  [3, 'the rollback failed too: a person has to look now'],
  [4, 'another run owns the app'],
  [130, 'cancelled (Ctrl-C)'],
];

export const ABOUT = 'Builds, deploys and rolls back Helm charts blue-green, as the GitHub Actions of the same names do.';

/** After the flags of a command. */
export const TWINS = `
Every flag has a twin --NAME-file PATH that reads its value from a file, or from
standard input (-). A flag for several lines can be given several times.`;

export const CODES = ['', 'Exit codes:', ...EXIT_CODES.map(([code, meaning]) => `  ${String(code).padEnd(6)}${meaning}`)].join('\n');

/** `--chart … [FLAGS]`: what a command cannot do without comes first. */
export function usageOf(inputs: readonly InputField[]): string {
  const required = inputs.filter((field) => field.required);
  return [...required.map(({ name }) => `--${name}${isSecretInput(name) ? '-file' : ''} …`), '[FLAGS]'].join(' ');
}

/** An input's description as a flag's. */
export function inputText({ name, description, required, fallback, boolean }: InputField): string {
  const off = boolean && fallback === 'true' ? ` On by default; --no-${name} turns it off.` : '';
  const usual = boolean || fallback === '' ? '' : ` Default: ${fallback}.`;
  const known = isSecretInput(name) && !description.includes(SECRET_INPUTS[name]);
  const variable = known ? ` Or the variable ${SECRET_INPUTS[name]}.` : '';
  return `${required ? 'Required. ' : ''}${description}${off}${usual}${variable}`;
}
