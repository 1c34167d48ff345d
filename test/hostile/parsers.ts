import { parseImage as parseBuiltImage } from '../../src/actions/deploy/images.ts';
import { readSecrets } from '../../src/actions/deploy/secrets.ts';
import { parseConfig, parseIndex, parseManifest } from '../../src/build/documents.ts';
import { parseImages } from '../../src/build/images.ts';
import { pairsOf } from '../../src/build/pairs.ts';
import { imageTags } from '../../src/build/tags.ts';
import { yamlOf } from '../../src/init/read/yaml.ts';
import { ToolError } from '../../src/interfaces/errors.ts';
import { locatePrefix, parseImage } from '../../src/interfaces/image-reference.ts';
import { parseJsonObject, tryJson } from '../../src/interfaces/reading/json.ts';
import { parseYaml } from '../../src/interfaces/reading/yaml.ts';
import { scalarOptions } from '../../src/interfaces/yaml-scalars.ts';
import { parseDuration } from '../../src/runtime/duration.ts';
import { Inputs } from '../../src/runtime/inputs.ts';
import { secretEntries } from '../../src/runtime/secret-entries.ts';
import { Secrets } from '../../src/runtime/secrets.ts';
import { parseSmoke } from '../../src/smoke/index.ts';
import { readManifests } from '../../src/split/index.ts';
import { parseInspect, parseMetadata } from '../../src/tools/buildx/output.ts';
import { parseHistory, parseRelease, parseRender } from '../../src/tools/helm/output.ts';
import { decodeRelease } from '../../src/tools/helm/release-secret.ts';
import { parseKubeconfig, selectContext } from '../../src/tools/kubernetes/kubeconfig.ts';
import { classify } from '../../src/tools/kubernetes/load.ts';
import { parseChallenge } from '../../src/tools/registry/challenge.ts';
import { wordsOf } from '../../src/tools/registry/errors.ts';
import { parseManifest as parseRegistryManifest } from '../../src/tools/registry/manifests.ts';

export interface Parser {
  name: string;
  read: (text: string) => unknown;
  /** Its text is a secret, or may hold one: no error quotes any of it. */
  secret?: boolean;
}

const inputs = (text: string): Inputs => new Inputs({ INPUT_X: text, INPUT_SECRETS: text }, new Secrets(() => undefined));
const wrong = (why: string): ToolError => new ToolError(`It cannot be read: ${why}`);
const release = (text: string) =>
  ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'r' }, data: { release: Buffer.from(text).toString('base64') } }) as const;

/** Everything that reads text of users, charts, programs or services. */
export const PARSERS: readonly Parser[] = [
  { name: 'YAML', read: (text) => parseYaml(text, 'It'), secret: true },
  { name: 'YAML of an input', read: (text) => inputs(text).yaml('x'), secret: true },
  { name: 'YAML, letter for letter', read: (text) => parseYaml(text, 'It', { schema: scalarOptions('text') }), secret: true },
  { name: 'YAML of a checkout', read: yamlOf },
  { name: 'manifests', read: (text) => readManifests(text) },
  { name: 'a kubeconfig', read: (text) => parseKubeconfig(text, 'input'), secret: true },
  { name: 'a context', read: (text) => selectContext(parseKubeconfig(text, 'input'), undefined, 'input') },
  { name: 'what a kubeconfig is given as', read: classify, secret: true },
  { name: 'secrets', read: (text) => secretEntries('secrets', text), secret: true },
  { name: 'secrets of an app', read: (text) => readSecrets(inputs(text)), secret: true },
  { name: 'JSON', read: (text) => parseJsonObject(text, wrong), secret: true },
  { name: 'JSON or not', read: tryJson, secret: true },
  { name: 'a release of Helm', read: (text) => decodeRelease(release(text)), secret: true },
  { name: 'a render', read: parseRender },
  { name: 'a change by Helm', read: parseRelease },
  { name: 'a history', read: (text) => parseHistory(text, 'todo', 'todo') },
  { name: 'images to build', read: (text) => parseImages(inputs(text).yaml('x'), { platforms: [], buildArgs: {} }) },
  { name: 'pairs', read: (text) => pairsOf(text, 'It') },
  { name: 'images to deploy', read: (text) => parseBuiltImage(text, 'registry.example.com/acme') },
  { name: 'checks', read: (text) => parseSmoke(inputs(text).yaml('x')) },
  { name: 'tags', read: (text) => imageTags([text], { version: '1', ref: `refs/heads/${text}` }) },
  { name: 'an image', read: parseImage },
  { name: 'a prefix', read: locatePrefix },
  { name: 'a duration', read: parseDuration },
  { name: 'a duration of an input', read: (text) => inputs(text).duration('x', '1m') },
  { name: 'a number', read: (text) => inputs(text).integer('x', { default: 1 }) },
  { name: 'a list', read: (text) => inputs(text).list('x', { pattern: /^[a-z]+$/ }) },
  { name: 'an index of a layout', read: (text) => parseIndex(text, 'It') },
  { name: 'a manifest of a layout', read: (text) => parseManifest(text, 'It', 'application/vnd.oci.image.manifest.v1+json') },
  { name: 'a configuration of a layout', read: (text) => parseConfig(text, 'It') },
  { name: 'a manifest of a registry', read: (text) => parseRegistryManifest(Buffer.from(text), 'sha256:0') },
  { name: 'an error of a registry', read: wordsOf },
  { name: 'a challenge', read: parseChallenge },
  { name: 'a builder', read: parseInspect },
  { name: 'metadata of a build', read: parseMetadata },
];
