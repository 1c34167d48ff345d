import { statSync } from 'node:fs';
import { type GateRules, SEVERITIES } from '../../../build/model.ts';
import { ConfigurationError } from '../../../interfaces/errors.ts';
import type { ActionContext } from '../../../runtime/action.ts';
import { absolute } from './paths.ts';

export interface GateInputs {
  rules: GateRules;
  /** Paths absolute. */
  trivyIgnores: string[];
}

/** What stops the push. */
export function readGate({ inputs, env }: ActionContext): GateInputs {
  return {
    rules: {
      severities: inputs.choices('severity', SEVERITIES, ['CRITICAL', 'HIGH']),
      ignoreUnfixed: inputs.boolean('ignore-unfixed', false),
      scanners: inputs.choices('scanners', ['vuln', 'secret', 'misconfig', 'license'], ['vuln', 'secret']),
    },
    trivyIgnores: readIgnores(inputs.list('trivyignores'), env.workspace),
  };
}

/** Trivy takes one file: plain ones can be joined, one of YAML stands alone. */
function readIgnores(paths: readonly string[], workspace: string): string[] {
  for (const path of paths) {
    if (!statSync(absolute(path, workspace), { throwIfNoEntry: false })?.isFile()) {
      throw new ConfigurationError(`Input "trivyignores" names ${path}, which is not a file`);
    }
  }
  if (paths.length > 1 && paths.some((path) => /\.ya?ml$/.test(path))) {
    throw new ConfigurationError('Input "trivyignores" names a YAML file and others', {
      hint: 'name one .trivyignore.yaml, or plain files only',
    });
  }
  return paths.map((path) => absolute(path, workspace));
}
