import { ConfigurationError } from '../../interfaces/errors.ts';

/** age's own public keys: Bech32 of 32 bytes. */
const KEY = /^age1[02-9ac-hj-np-z]{58}$/;

/** Pure: one key per line or word; `#` begins a remark. Two at least, so that no single loss of a key loses all backups. */
export function readRecipients(text: string): string[] {
  const words = text
    .split('\n')
    .flatMap((line) => (line.split('#')[0] ?? '').split(/[\s,]+/))
    .filter((word) => word !== '');
  const wrong = words.findIndex((word) => !KEY.test(word));
  if (wrong >= 0) {
    // It may be the private key, pasted in the wrong place.
    const hint = /^AGE-SECRET-KEY-/i.test(words[wrong] ?? '') ? 'It looks like a private key: remove it from wherever it stands.' : HINT;
    throw new ConfigurationError(`Input "recipients": its key number ${wrong + 1} is no public key of age`, { hint });
  }
  const keys = [...new Set(words)];
  if (keys.length < 2) {
    throw new ConfigurationError(`Input "recipients" has ${keys.length} key(s): two at least, of which one is kept offline`, {
      hint: HINT,
    });
  }
  return keys;
}

const HINT = 'Make a key with: age-keygen -o key.txt. The line that begins with "# public key:" holds the public one.';
