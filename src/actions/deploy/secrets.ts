import type { SecretValue } from '../../deploy/run/options.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';

const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const KEY = /^[-._a-zA-Z0-9]+$/;

/** One line of the input `secrets`: `NAME/KEY=value`. The value is masked first and never part of an error. */
export function parseSecret(line: string, mask: (secret: string) => void): SecretValue {
  const at = line.indexOf('=');
  const value = at < 0 ? '' : line.slice(at + 1);
  if (value !== '') mask(value);
  // A line without "=" may be a value itself.
  if (at < 0) throw new ConfigurationError('Input "secrets" holds a line without "=" (allowed: NAME/KEY=value)');
  const [name = '', key = '', more] = line.slice(0, at).trim().split('/');
  const where = `Input "secrets" holds "${line.slice(0, at).slice(0, 100)}=…"`;
  if (more !== undefined || key === '') throw new ConfigurationError(`${where}: not a Secret and a key (allowed: NAME/KEY=value)`);
  if (!NAME.test(name))
    throw new ConfigurationError(`${where}: "${name}" is not a Secret's name (allowed: lower-case letters, digits, "-" and ".")`);
  if (!KEY.test(key)) throw new ConfigurationError(`${where}: "${key}" is not a key (allowed: letters, digits, "-", "_" and ".")`);
  if (value === '') throw new ConfigurationError(`${where} has no value`, { hint: 'Is the secret set in this repository or environment?' });
  return { name, key, value };
}
