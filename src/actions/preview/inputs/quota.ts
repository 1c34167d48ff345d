import { ConfigurationError } from '../../../interfaces/errors.ts';
import type { Quota } from '../../../preview/isolate/index.ts';

const DEFAULT: Quota = { cpu: '2', memory: '4Gi', storage: '5Gi', pods: 20 };
const QUANTITY = /^\d{1,9}(\.\d{1,3})?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/;
const ALLOWED = 'cpu=2, memory=4Gi, storage=5Gi, pods=20';

/** `cpu=2`, `memory=4Gi`, …: what is left out stays as it is by default. Throws ConfigurationError. */
export function readQuota(entries: readonly string[]): Quota {
  const quota = { ...DEFAULT };
  for (const entry of entries) {
    const [, name = '', value = ''] = /^(\w+)\s*[=:]\s*(\S+)$/.exec(entry) ?? [];
    if (name === 'pods' && /^[1-9]\d{0,3}$/.test(value)) quota.pods = Number(value);
    else if ((name === 'cpu' || name === 'memory' || name === 'storage') && QUANTITY.test(value)) quota[name] = value;
    else throw new ConfigurationError(`Input "quota" holds "${entry.slice(0, 100)}": not understood (allowed: ${ALLOWED})`);
  }
  return quota;
}
