import { type GateRules, SEVERITIES } from '../../../build/model.ts';
import type { ActionContext } from '../../../runtime/action.ts';
import { readIgnores } from './ignores.ts';

export interface GateInputs {
  rules: GateRules;
  /** Paths absolute. */
  trivyIgnores: string[];
  /** The oldest vulnerability database that may decide; undefined: any. */
  databaseMaxAgeMs: number | undefined;
}

/** What stops the push. */
export function readGate(context: ActionContext): GateInputs {
  const { inputs } = context;
  return {
    rules: {
      severities: inputs.choices('severity', SEVERITIES, ['CRITICAL', 'HIGH']),
      ignoreUnfixed: inputs.boolean('ignore-unfixed', false),
      scanners: inputs.choices('scanners', ['vuln', 'secret', 'misconfig', 'license'], ['vuln', 'secret']),
    },
    trivyIgnores: readIgnores(context),
    databaseMaxAgeMs: readAge(inputs),
  };
}

/** Hours or days: longer than the durations of other inputs. */
function readAge(inputs: ActionContext['inputs']): number | undefined {
  const value = inputs.string('database-max-age', { pattern: /^[1-9]\d{0,3}[hd]$/, describe: 'hours or days, such as 48h or 7d' });
  if (value === '') return undefined;
  return Number.parseInt(value, 10) * (value.endsWith('d') ? 86_400_000 : 3_600_000);
}
