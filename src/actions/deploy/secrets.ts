import type { SecretValue } from '../../deploy/run/options.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { Inputs } from '../../runtime/inputs.ts';
import { atLine, requireOnce, type SecretEntry } from '../../runtime/secret-entries.ts';

const INPUT = 'secrets';
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const KEY = /^[-._a-zA-Z0-9]{1,253}$/;

/** The input `secrets`: `NAME/KEY=value`. Masked before it is read; an error names the line and nothing of it. Throws ConfigurationError. */
export function readSecrets(inputs: Inputs): SecretValue[] {
  const entries = inputs.secrets(INPUT).map((entry) => ({ ...entry, input: INPUT }));
  const secrets = entries.map(parseSecret);
  requireOnce(entries);
  return secrets;
}

function parseSecret({ line, name: before, value }: SecretEntry): SecretValue {
  const wrong = (what: string, hint: string): ConfigurationError => new ConfigurationError(`${atLine(INPUT, line)}${what}`, { hint });
  const [name = '', key = '', more] = before.split('/');
  if (more !== undefined || key === '') {
    throw wrong(
      ': what stands before "=" is not a Secret and a key (allowed: NAME/KEY=value)',
      'Does the line belong to the value before it? Name and value of several lines go in quotes: "NAME/KEY=first line … last line"',
    );
  }
  if (!NAME.test(name)) throw wrong(': what stands before "/" is not a Secret\'s name', 'Lower-case letters, digits, "-" and ".".');
  if (!KEY.test(key)) throw wrong(': what stands between "/" and "=" is not a key', 'Letters, digits, "-", "_" and ".".');
  if (value === '') throw wrong(' has no value', 'Is the secret set in this repository or environment?');
  return { name, key, value };
}
