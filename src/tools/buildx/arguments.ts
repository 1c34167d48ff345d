import type { BuildRequest } from '../../interfaces/builder.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';

export interface BuildCommand {
  /** After `buildx`. */
  args: string[];
  /** Values that are in no argument. */
  env: Record<string, string>;
}

/** Attestations are off: the digest is that of the image alone. Values of build arguments and secrets travel in the environment. */
export function buildArguments(
  request: BuildRequest,
  metadataFile: string,
  inherited: Readonly<Record<string, string | undefined>>,
): BuildCommand {
  const env: Record<string, string> = {};
  const args = ['build', `--builder=${name(request.builder)}`, '--progress=plain', '--provenance=false', '--sbom=false'];
  args.push(`--metadata-file=${metadataFile}`);
  if (request.file !== undefined) args.push(`--file=${request.file}`);
  if (request.target !== undefined) args.push(`--target=${request.target}`);
  if (request.platforms.length > 0) args.push(`--platform=${request.platforms.join(',')}`);
  for (const [key, value] of Object.entries(request.buildArgs)) args.push(`--build-arg=${buildArgument(key, value, env, inherited)}`);
  for (const [index, [id, value]] of Object.entries(request.secrets).entries()) {
    const variable = `TODO_DEPLOY_BUILD_SECRET_${index}`;
    env[variable] = value;
    args.push(`--secret=${[field('id', id), field('env', variable)].join(',')}`);
  }
  for (const [key, value] of Object.entries(request.labels)) args.push(`--label=${key}=${value}`);
  for (const [key, value] of Object.entries(request.contexts)) args.push(`--build-context=${key}=${value}`);
  for (const value of request.cacheFrom) args.push(`--cache-from=${value}`);
  for (const value of request.cacheTo) args.push(`--cache-to=${value}`);
  args.push(`--output=${output(request)}`, context(request.context));
  return { args, env };
}

/** By name alone where the name is free; one that would change the program itself (PATH, HOME) is given with its value. */
function buildArgument(
  key: string,
  value: string,
  env: Record<string, string>,
  inherited: Readonly<Record<string, string | undefined>>,
): string {
  if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(key)) throw new ConfigurationError(`"${key}" is not a name for a build argument`);
  if (inherited[key] !== undefined || /^(BUILDX|BUILDKIT|DOCKER|OTEL|LD)_|^(NO_COLOR|PATH|HOME|SOURCE_DATE_EPOCH)$/.test(key))
    return `${key}=${value}`;
  env[key] = value;
  return key;
}

function output({ output: wanted }: BuildRequest): string {
  return wanted.kind === 'cache' ? 'type=cacheonly' : ['type=oci', field('dest', wanted.folder), 'tar=false'].join(',');
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
