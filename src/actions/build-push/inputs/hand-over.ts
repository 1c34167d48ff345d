import { ConfigurationError } from '../../../interfaces/errors.ts';
import type { ActionContext } from '../../../runtime/action.ts';
import { Paths } from '../../shared/paths.ts';
import type { DocumentInputs } from './documents.ts';

export interface HandOverInputs {
  /** Folder, absolute, that gets what passed the scan, for another job. */
  writeLayout: string | undefined;
  /** Folder, absolute, with what another job has built: nothing is built here. */
  readLayout: string | undefined;
}

/** Throws ConfigurationError. */
export function readHandOverInputs({ inputs, env }: ActionContext): HandOverInputs {
  const [write, read] = [inputs.string('write-layout', { pattern: /^/ }), inputs.string('read-layout', { pattern: /^/ })];
  if (write !== '' && read !== '') {
    throw new ConfigurationError('Inputs "write-layout" and "read-layout" are both set', { hint: 'one job writes it, another reads it' });
  }
  const paths = new Paths(env);
  return {
    writeLayout: write === '' ? undefined : paths.anywhere(write, 'Input "write-layout" names'),
    readLayout: read === '' ? undefined : paths.folder(read, 'Input "read-layout" names', 'name the folder of an OCI layout'),
  };
}

type Others = HandOverInputs & { version: string; load: unknown } & DocumentInputs;

/** What cannot go with images that another job built. Throws ConfigurationError. */
export function checkHandOver({ readLayout, version, load, sbom, provenance }: Others): void {
  if (readLayout === undefined) return;
  if (version === '') {
    throw new ConfigurationError('Input "read-layout" is set, but "version" is not', {
      hint: 'name the commit that was built: what is checked out here is another one',
    });
  }
  const other = load !== undefined ? 'load' : sbom ? 'sbom' : provenance ? 'provenance' : undefined;
  if (other === undefined) return;
  throw new ConfigurationError(`Inputs "read-layout" and "${other}" are both set: that is for images that are built here`, {
    hint: 'leave one of them out',
  });
}

/** What an image is for that names no platform. Throws ConfigurationError. */
export function ownPlatform(arch: string = process.arch): string {
  const architecture = { x64: 'amd64', arm64: 'arm64' }[arch];
  if (architecture !== undefined) return `linux/${architecture}`;
  throw new ConfigurationError(`This runner is of the architecture ${arch}`, { hint: 'name the "platforms" that were built' });
}
