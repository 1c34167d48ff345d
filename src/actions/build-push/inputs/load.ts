import { suggestion } from '../../../interfaces/closest.ts';
import { ConfigurationError } from '../../../interfaces/errors.ts';
import { HOME_CLUSTERS } from '../../../interfaces/home-cluster.ts';
import type { ActionContext } from '../../../runtime/action.ts';
import type { WantedCluster } from '../../../tools/home-clusters/home-clusters.ts';
import type { DocumentInputs } from './documents.ts';
import type { ImageInputs } from './images.ts';
import type { RegistryInputs } from './registry.ts';

export interface LoadTarget extends WantedCluster {
  /** Of the kind `containerd`. */
  commands: (readonly [string, ...string[]])[];
  /** The kubeconfig that says which cluster it is; its fields are '' and undefined for what the machine has. */
  kubeconfig: { input: string; context: string | undefined };
  /** Whether images are built and scanned, but not loaded. */
  dryRun: boolean;
}

export interface LoadInputs {
  /** Undefined: images go to a registry. */
  load: LoadTarget | undefined;
}

const WORDS = ['auto', ...HOME_CLUSTERS] as const;
const NAMED: readonly string[] = ['kind', 'minikube', 'k3d'];

/** Into which home cluster images are loaded instead of being pushed. Throws ConfigurationError. */
export function readLoad({ inputs }: Pick<ActionContext, 'inputs'>): LoadTarget | undefined {
  const value = inputs.string('load', { pattern: /^/ });
  const commands = inputs.lines('load-command').map(readCommand);
  if (value === '' && commands.length > 0) {
    throw new ConfigurationError('Input "load-command" is set, but "load" is not', { hint: 'set load: containerd' });
  }
  if (['', 'off', 'false'].includes(value)) return undefined;
  if (value === 'true') {
    throw new ConfigurationError('Input "load" is "true": it names the cluster here', {
      hint: 'write load: auto; for docker on this machine leave it out, and write outputs: type=docker for the image',
    });
  }
  const [word = '', ...rest] = value.split('/');
  const kind = WORDS.find((known) => known === word);
  if (kind === undefined) throw wrong(value, `"${word}" is no home cluster${suggestion(word, WORDS)}`);
  const name = rest.length === 0 ? undefined : rest.join('/');
  if (name !== undefined && !NAMED.includes(kind)) throw wrong(value, `${kind} takes no name`);
  if (name !== undefined && !/^[A-Za-z0-9][\w.-]{0,62}$/.test(name)) throw wrong(value, `"${name}" is no name of a cluster`);
  if (kind !== 'containerd' && commands.length > 0) {
    throw new ConfigurationError(`Input "load-command" is for load: containerd, and "load" is ${value}`);
  }
  return { kind, name, commands, isDeployed: false, kubeconfig: { input: '', context: undefined }, dryRun: false };
}

const wrong = (value: string, what: string): ConfigurationError =>
  new ConfigurationError(
    `Input "load" is "${value.slice(0, 100)}": ${what} (allowed: ${WORDS.join(', ')}; kind/NAME, minikube/NAME, k3d/NAME)`,
  );

/** Split at spaces, since no shell reads it. */
function readCommand(line: string): readonly [string, ...string[]] {
  const [program = '', ...args] = line.split(/\s+/);
  const odd = /["'`$|<>;&\\]/.exec(line)?.[0];
  if (odd !== undefined || program.startsWith('-')) {
    throw new ConfigurationError(
      `Input "load-command" holds "${line.slice(0, 200)}": ${odd === undefined ? 'no program' : `no shell reads it, and it has ${odd}`}`,
      {
        hint: 'words separated by spaces, such as: ssh node1 sudo k3s ctr images import -. Put what needs a shell into a script.',
      },
    );
  }
  return [program, ...args];
}

type Others = LoadInputs & Pick<RegistryInputs, 'login' | 'registry'> & DocumentInputs & Pick<ImageInputs, 'images'>;

/** What cannot go with an image that is in no registry. Throws ConfigurationError. */
export function checkLoad({ inputs }: Pick<ActionContext, 'inputs'>, { load, login, registry, images, sbom, provenance }: Others): void {
  if (load === undefined) return;
  if (inputs.boolean('push', false))
    throw new ConfigurationError('Inputs "load" and "push" are both set', { hint: 'leave one of them out' });
  const document = sbom ? 'sbom' : provenance ? 'provenance' : undefined;
  if (document !== undefined) {
    throw new ConfigurationError(`Input "${document}" is true, but "load" is set: it is attached to an image in a registry`, {
      hint: 'leave one of them out',
    });
  }
  if (login !== undefined && registry === '') {
    throw new ConfigurationError('Input "username" is set, but "registry" is empty', {
      hint: 'name the registry of the login, or leave both out',
    });
  }
  const many = images.find(({ platforms }) => platforms.length > 1);
  if (many !== undefined) {
    throw new ConfigurationError(`Image "${many.name}" is for ${many.platforms.join(', ')}, but "load" is set: nodes take one platform`, {
      hint: 'leave "platforms" out, for the platform of this machine',
    });
  }
}
