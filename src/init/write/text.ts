import { stringify } from 'yaml';

export { scalar } from '../../deploy/preflight/role.ts';

/** Pure: a scalar or a map as YAML, on one line where it fits; never folded. */
export const yamlText = (value: unknown): string => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd();

export const indent = (text: string, by: number): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? line : `${' '.repeat(by)}${line}`))
    .join('\n');

/** Pure: `name: value`; a text of several lines as a block. */
export const entry = (name: string, value: string): string =>
  value.includes('\n') ? `${name}: |\n${indent(value, 2)}` : `${name}: ${value}`;

/** Pure: an expression of a workflow. */
export const expression = (inside: string): string => `$\{{ ${inside} }}`;
