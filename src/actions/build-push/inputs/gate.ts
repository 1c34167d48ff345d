import { type GateRules, SEVERITIES } from '../../../build/model.ts';
import { ConfigurationError } from '../../../interfaces/errors.ts';
import type { ActionContext } from '../../../runtime/action.ts';
import { Paths } from '../../shared/paths.ts';

export interface GateInputs {
  rules: GateRules;
  /** Paths absolute. */
  trivyIgnores: string[];
  /** The oldest vulnerability database that may decide; undefined: any. */
  databaseMaxAgeMs: number | undefined;
}

/** What stops the push. */
export function readGate({ inputs, env }: ActionContext): GateInputs {
  return {
    rules: {
      severities: inputs.choices('severity', SEVERITIES, ['CRITICAL', 'HIGH']),
      ignoreUnfixed: inputs.boolean('ignore-unfixed', false),
      scanners: inputs.choices('scanners', ['vuln', 'secret', 'misconfig', 'license'], ['vuln', 'secret']),
    },
    trivyIgnores: readIgnores(inputs.list('trivyignores'), new Paths(env)),
    databaseMaxAgeMs: readAge(inputs),
  };
}

/** Trivy takes one file: plain ones can be joined, one of YAML stands alone. */
function readIgnores(named: readonly string[], paths: Paths): string[] {
  const files = named.map((path) => paths.file(path, 'Input "trivyignores" names'));
  if (named.length > 1 && named.some((path) => /\.ya?ml$/.test(path))) {
    throw new ConfigurationError('Input "trivyignores" names a YAML file and others', {
      hint: 'name one .trivyignore.yaml, or plain files only',
    });
  }
  return files;
}

/** Hours or days: longer than the durations of other inputs. */
function readAge(inputs: ActionContext['inputs']): number | undefined {
  const value = inputs.string('database-max-age', { pattern: /^[1-9]\d{0,3}[hd]$/, describe: 'hours or days, such as 48h or 7d' });
  if (value === '') return undefined;
  return Number.parseInt(value, 10) * (value.endsWith('d') ? 86_400_000 : 3_600_000);
}
