import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// biome-ignore lint/suspicious/noExplicitAny: a description is any JSON
type Json = any;

const published = JSON.parse(readFileSync(join(import.meta.dirname, 'description.json'), 'utf8')) as Json;

/** Answers that GitHub gives to any call and describes at some only. */
const ALWAYS: Readonly<Record<number, string>> = {
  401: 'basic-error',
  403: 'basic-error',
  404: 'basic-error',
  409: 'basic-error',
  422: 'validation-error',
  429: 'basic-error',
  500: 'basic-error',
  502: 'basic-error',
  503: 'basic-error',
};

/** GitHub's published description with the answers that it gives everywhere, and with request bodies that hold what is named and nothing else. */
export function description(): Json {
  const api = jsonSchema(published);
  for (const operation of Object.values<Json>(api.paths).flatMap((path) => Object.values<Json>(path))) {
    for (const [status, schema] of Object.entries(ALWAYS)) {
      operation.responses[status] ??= {
        content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
      };
    }
    const body = operation.requestBody?.content?.['application/json']?.schema;
    if (body !== undefined) body.additionalProperties = false;
  }
  return api;
}

/** An answer that the description gives as an example. */
export const example = (name: string): Record<string, Json> => structuredClone(published.components.examples[name].value);

/** OpenAPI 3.0 says `nullable` where JSON Schema says that null is one of the types. */
function jsonSchema(value: Json): Json {
  if (Array.isArray(value)) return value.map(jsonSchema);
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, ...rest } = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, jsonSchema(inner)]));
  if (nullable === true) return { anyOf: [{ type: 'null' }, rest] };
  return typeof nullable === 'object' ? { ...rest, nullable } : rest;
}
