import type { BuildRequest } from '../../interfaces/builder.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';

export interface BuildCommand {
  /** After `buildx`. */
  args: string[];
  /** Values that are in no argument. */
  env: Record<string, string>;
}

/**
 * Attestations are off: the digest is that of the image alone. Secrets travel in the environment, under names of our own. Build arguments do not:
 * buildx takes a value from the environment under the argument's own name, and `HTTPS_PROXY`, `TMPDIR` or `SSL_CERT_FILE` would change buildx.
 */
export function buildArguments(request: BuildRequest, metadataFile: string): BuildCommand {
  const env: Record<string, string> = {};
  const args = ['build', `--builder=${name(request.builder)}`, '--progress=plain', '--provenance=false', '--sbom=false'];
  args.push(`--metadata-file=${metadataFile}`);
  if (request.file !== undefined) args.push(`--file=${request.file}`);
  if (request.target !== undefined) args.push(`--target=${request.target}`);
  if (request.platforms.length > 0) args.push(`--platform=${request.platforms.join(',')}`);
  for (const [key, value] of Object.entries(request.buildArgs)) args.push(`--build-arg=${buildArgument(key, value)}`);
  for (const [index, [id, secret]] of Object.entries(request.secrets).entries()) {
    const variable = `TODO_DEPLOY_BUILD_SECRET_${index}`;
    if (typeof secret === 'string') env[variable] = secret;
    args.push(`--secret=${[field('id', id), typeof secret === 'string' ? field('env', variable) : field('src', secret.file)].join(',')}`);
  }
  args.push(...details(request));
  for (const [key, value] of Object.entries(request.contexts)) args.push(`--build-context=${key}=${value}`);
  for (const value of request.cacheFrom) args.push(`--cache-from=${value}`);
  for (const value of request.cacheTo) args.push(`--cache-to=${value}`);
  args.push(`--output=${output(request)}`, context(request.context));
  return { args, env };
}

function buildArgument(key: string, value: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(key)) throw new ConfigurationError(`"${key}" is not a name for a build argument`);
  return `${key}=${value}`;
}

/** How the image is built and described. An image of one platform has no index that could be annotated. */
function details(request: BuildRequest): string[] {
  const annotations = Object.entries(request.annotations ?? {}).flatMap(([key, value]) => {
    const [, levels = 'manifest', name = key] = /^(?:([a-z,]+):)?(.+)$/.exec(key) ?? [];
    const there = levels.split(',').filter((level) => level !== 'index' || request.platforms.length > 1);
    return there.length === 0 ? [] : [`--annotation=${there.join(',')}:${name}=${value}`];
  });
  return [
    ...Object.entries(request.labels).map(([key, value]) => `--label=${key}=${value}`),
    ...annotations,
    ...(request.noCache ? ['--no-cache'] : []),
    ...(request.noCacheFilters ?? []).map((stage) => `--no-cache-filter=${stage}`),
    ...(request.pull ? ['--pull'] : []),
    ...(request.ssh ?? []).map((agent) => `--ssh=${agent}`),
  ];
}

function output({ output: wanted, epoch }: BuildRequest): string {
  if (wanted.kind === 'other') return wanted.value;
  if (wanted.kind === 'cache') return 'type=cacheonly';
  const times = epoch === undefined ? [] : [`source-date-epoch=${epoch}`, 'rewrite-timestamp=true'];
  return ['type=oci', field('dest', wanted.folder), 'tar=false', ...times].join(',');
}

/** One field of buildx's comma-separated options. */
function field(key: string, value: string): string {
  return /[",\n]/.test(value) ? `"${`${key}=${value}`.replaceAll('"', '""')}"` : `${key}=${value}`;
}

function context(value: string): string {
  if (value === '' || value.startsWith('-')) throw new ConfigurationError(`"${value}" is not a build context`);
  return value;
}

export function name(builder: string): string {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(builder)) throw new ConfigurationError(`"${builder}" is not a name for a builder`);
  return builder;
}
