import type { CollectionTag, ScalarTag } from 'yaml';
import { integerOf } from '../../interfaces/reading/exact-integers.ts';
import { LARGE } from '../../interfaces/reading/limits.ts';
import { readYaml, type YamlDocument, type YamlOptions } from '../../interfaces/reading/yaml.ts';

/**
 * YAML as Helm reads it (sigs.k8s.io/yaml over go-yaml 2): version 1.1's octals (`0400`) and booleans (`on`, `yes`, `y`), merge keys,
 * the last of duplicate keys; but no base-60 numbers, and a timestamp stays text.
 */
const helmScalars: ScalarTag[] = [
  { default: true, tag: 'tag:yaml.org,2002:null', test: /^(?:~|null|Null|NULL)?$/, resolve: () => null },
  { default: true, tag: 'tag:yaml.org,2002:bool', test: /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/, resolve: () => true },
  { default: true, tag: 'tag:yaml.org,2002:bool', test: /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/, resolve: () => false },
  {
    default: true,
    tag: 'tag:yaml.org,2002:int',
    test: /^[-+]?(?:0[bB]_*[01][01_]*|0[xX]_*[0-9a-fA-F][0-9a-fA-F_]*|0[oO]_*[0-7][0-7_]*|0[0-7_]*|[1-9][0-9_]*)$/,
    resolve: (text) => integer(text),
  },
  {
    default: true,
    tag: 'tag:yaml.org,2002:float',
    test: /^[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$/,
    resolve: (text) => float(text),
  },
  { tag: 'tag:yaml.org,2002:binary', resolve: (text) => Buffer.from(text, 'base64').toString() },
];

/** Beyond the range of a float go-yaml leaves the text. */
function float(text: string): number | string {
  const value = Number(text.replaceAll('_', ''));
  return Number.isFinite(value) ? value : text;
}

/** Beyond 64 bits go-yaml takes a float. */
function integer(text: string): number | bigint {
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '');
  const size = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits);
  const value = text.startsWith('-') ? -size : size;
  return integerOf(value) ?? Number(value);
}

function helmTags(tags: readonly (string | ScalarTag | CollectionTag)[]): (ScalarTag | CollectionTag)[] {
  const kept = tags.filter((tag): tag is ScalarTag | CollectionTag => typeof tag === 'object' && /:(?:map|seq|str)$/.test(tag.tag));
  return [...kept, ...helmScalars];
}

/** The documents of a chart's render. `what` names the text at a place in it. Throws ConfigurationError. */
export function readHelmYaml(text: string, what: (offset: number) => string): YamlDocument[] {
  return readYaml(text, what, { limits: LARGE, stream: true, schema: HELM });
}

const HELM: NonNullable<YamlOptions['schema']> = {
  version: '1.1',
  schema: 'yaml-1.1',
  customTags: (tags) => helmTags(tags as (string | ScalarTag | CollectionTag)[]) as never,
  merge: true,
};
