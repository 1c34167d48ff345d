import { existsSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { CACHES, type Cache } from '../../build/cache.ts';
import { checkPlatform, parseImages, parsePairs } from '../../build/images.ts';
import { type GateRules, type ImageSpec, SEVERITIES } from '../../build/model.ts';
import { dockerfileOf } from '../../build/sarif.ts';
import { imageTags } from '../../build/tags.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { ProviderContext, RegistryLogin } from '../../interfaces/registry-provider.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { readDigitalOceanToken } from '../shared/digitalocean.ts';
import { providerContext } from '../shared/registries.ts';
import { readLogin, readRegistry } from './login.ts';

export interface BuildPushInputs {
  images: ImageSpec[];
  /** `host[:port][/prefix]`. */
  registry: string;
  /** The user's own. Undefined: what the registry's provider gives, else docker's login state. */
  login: RegistryLogin | undefined;
  /** What the registry's provider works with. */
  provider: ProviderContext;
  push: boolean;
  tagRules: string[];
  /** '' for the checkout's HEAD. */
  version: string;
  secrets: Record<string, string>;
  /** `own`, a name, or a URL. */
  builder: string;
  cache: Cache;
  rules: GateRules;
  trivyIgnores: string[];
  sbom: boolean;
  provenance: boolean;
  timeoutMs: number;
}

/** The only reader of this action's inputs. Throws ConfigurationError before anything is touched. */
export function readBuildPushInputs(context: ActionContext): BuildPushInputs {
  const { inputs, env, mask } = context;
  const platforms = inputs.list('platforms').map((platform) => checkPlatform(platform, 'Input "platforms"'));
  const buildArgs = parsePairs(inputs.lines('build-args'), 'Input "build-args"');
  const images = parseImages(inputs.yaml('images'), { platforms, buildArgs });
  for (const image of images) checkFiles(image, env.workspace);
  const provider = providerContext(context, {
    digitalOceanToken: readDigitalOceanToken(context),
    githubToken: inputs.secret('github-token'),
  });
  const registry = readRegistry(inputs);
  const login = readLogin(inputs);
  const tagRules = inputs.list('tags', { default: ['sha', 'branch', 'semver'] });
  const version = inputs.string('version', { pattern: /^[\w.+-]{1,128}$/, describe: 'a commit or version such as 1.2.3' });
  // Only to check every rule: the tags themselves are made when the version is known.
  imageTags(tagRules, { version: version || 'HEAD', ref: env.ref });
  return {
    images: images.map((image) => located(image, env.workspace)),
    registry,
    login,
    provider,
    push: inputs.boolean('push', !env.isForkPullRequest),
    tagRules,
    version,
    secrets: readSecrets(inputs.lines('secrets'), mask),
    builder: inputs.string('builder', {
      default: 'own',
      pattern: /^(?:[A-Za-z0-9][\w.-]*|[a-z][a-z-]*:\/\/\S+)$/,
      describe: 'own, a builder’s name, or a URL such as unix:///run/buildkit/buildkitd.sock',
    }),
    cache: inputs.choice('cache', CACHES, 'registry'),
    rules: {
      severities: inputs.choices('severity', SEVERITIES, ['CRITICAL', 'HIGH']),
      ignoreUnfixed: inputs.boolean('ignore-unfixed', false),
      scanners: inputs.choices('scanners', ['vuln', 'secret', 'misconfig', 'license'], ['vuln', 'secret']),
    },
    trivyIgnores: readIgnores(inputs.list('trivyignores'), env.workspace),
    sbom: inputs.boolean('sbom', false),
    provenance: inputs.boolean('provenance', false),
    timeoutMs: inputs.duration('timeout', '30m', { min: 1000 }),
  };
}

function checkFiles(image: ImageSpec, workspace: string): void {
  const folder = absolute(image.context, workspace);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ConfigurationError(`Input "images": the context of image "${image.name}" is ${image.context}, which is not a folder`, {
      hint: 'paths are relative to the workspace; is there an actions/checkout step before this one?',
    });
  }
  const dockerfile = absolute(dockerfileOf(image), workspace);
  if (!existsSync(dockerfile)) {
    throw new ConfigurationError(`Input "images": image "${image.name}" has no Dockerfile at ${dockerfileOf(image)}`, {
      hint: 'name another one: {context: ., file: docker/Dockerfile}',
    });
  }
}

const absolute = (path: string, workspace: string): string => (isAbsolute(path) ? path : join(workspace, path));

function located(image: ImageSpec, workspace: string): ImageSpec {
  return { ...image, context: absolute(image.context, workspace), file: absolute(dockerfileOf(image), workspace) };
}

function readSecrets(lines: readonly string[], mask: (secret: string) => void): Record<string, string> {
  // Masked before they are looked at: a mistake's message may quote no part of them.
  for (const line of lines) mask(line.slice(line.indexOf('=') + 1));
  return parsePairs(lines, 'Input "secrets"');
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
