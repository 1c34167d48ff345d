import { isIP } from 'node:net';
import { ConfigurationError } from '../../../interfaces/errors.ts';
import type { UpOptions } from '../../../preview/up/index.ts';

/** What stands around the pods of a preview. */
export type Surroundings = Pick<UpOptions, 'tls' | 'copies' | 'quota' | 'podSecurity' | 'frontDoors' | 'egress'>;

/** A network, `203.0.113.0/24`; one address is a network of its own. Throws ConfigurationError. */
export function cidr(text: string): string {
  const [address = '', bits] = text.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const given = bits ?? String(longest);
  if (longest > 0 && /^\d{1,3}$/.test(given) && Number(given) <= longest) return `${address}/${given}`;
  throw new ConfigurationError(`Input "egress" holds "${text.slice(0, 100)}": not a network (allowed: 203.0.113.0/24, 0.0.0.0/0)`);
}
