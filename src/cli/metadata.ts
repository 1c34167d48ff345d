import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ToolError } from '../interfaces/errors.ts';
import { parseJsonObject } from '../interfaces/reading/json.ts';
import { parseYaml } from '../interfaces/reading/yaml.ts';

/** An input of an action, as its action.yml describes it. */
export interface InputField {
  name: string;
  description: string;
  required: boolean;
  /** '' where there is none, and where it is an expression of a workflow. */
  fallback: string;
  boolean: boolean;
}

export interface Metadata {
  description: string;
  inputs: readonly InputField[];
}

interface Raw {
  description?: string;
  inputs?: Record<string, { description?: string; required?: boolean; default?: string | boolean | number }>;
}

/** Reads an action's metadata: the one source of inputs, flags and their help. */
export function readMetadata(root: string, folder: string): Metadata {
  const raw = parseYaml(readFileSync(join(root, folder, 'action.yml'), 'utf8'), `${folder}/action.yml`) as Raw;
  const inputs = Object.entries(raw.inputs ?? {}).map(([name, field]): InputField => {
    const given = String(field.default ?? '');
    const fallback = given.includes('${{') ? '' : given;
    return {
      name,
      description: (field.description ?? '').replace(/\s+/g, ' ').trim(),
      required: field.required === true,
      fallback,
      boolean: fallback === 'true' || fallback === 'false' || BOOLEANS.has(name),
    };
  });
  return { description: raw.description ?? '', inputs };
}

/** Those whose default depends on the run. */
const BOOLEANS: ReadonlySet<string> = new Set(['push']);

export function productVersion(root: string): string {
  const wrong = (why: string): ToolError => new ToolError(`package.json cannot be read: ${why}`);
  return parseJsonObject<{ version: string }>(readFileSync(join(root, 'package.json'), 'utf8'), wrong).version;
}
