import { parseArgs } from 'node:util';
import { ConfigurationError } from '../../interfaces/errors.ts';

export interface WakerInputs {
  release: string;
  ports: number[];
  services: string[];
  deployments: string[];
}

const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** The only reader of the waker's arguments, which `src/waker/objects.ts` writes. Throws ConfigurationError. */
export function readWakerInputs(args: readonly string[]): WakerInputs {
  const text = { type: 'string', default: '' } as const;
  const { values } = parseArgs({ args: [...args], options: { release: text, ports: text, services: text, deployments: text } });
  const list = (value: string): string[] => value.split(',').filter((item) => item !== '');
  const ports = list(values.ports).map(Number);
  const names = [values.release, ...list(values.services), ...list(values.deployments)];
  const wrong = names.find((name) => !NAME.test(name));
  if (wrong !== undefined) throw new ConfigurationError(`"${wrong}" is not a name in Kubernetes`);
  if (ports.length === 0 || !ports.every((port) => Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new ConfigurationError(`--ports is "${values.ports}": expected numbers from 1 to 65535, separated by commas`);
  }
  return { release: values.release, ports, services: list(values.services), deployments: list(values.deployments) };
}
