/**
 * Writes test/support/digitalocean/description.json: the operations of DigitalOcean's published API description that the product calls
 * (`src/tools/digitalocean/calls.ts`), with all that they refer to. The whole description is a single file to download, YAML or JSON:
 * https://api-engineering.nyc3.digitaloceanspaces.com/spec-ci/DigitalOcean-public.v2.yaml, bundled from github.com/digitalocean/openapi.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CALLS } from '../src/tools/digitalocean/calls.ts';
import { type Description, excerpt, type Json } from './description-excerpt.ts';

const TARGET = join(import.meta.dirname, '..', 'test', 'support', 'digitalocean', 'description.json');
/** The token of every operation. */
const ALWAYS = ['#/components/securitySchemes/bearer_auth'];

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('Usage: node scripts/digitalocean-description.ts DESCRIPTION-FILE');
const whole = withoutPrograms(parse(readFileSync(file, 'utf8'))) as unknown as Description;
// Links from responses to other operations, which may not be among ours.
for (const response of Object.values(whole.components.responses ?? {})) delete (response as { links?: Json }).links;
const operations = Object.values(CALLS).map(({ path, method }) => ({ path, method: method.toLowerCase() }));
writeFileSync(TARGET, `${JSON.stringify(excerpt(whole, operations, ALWAYS), null, 1)}\n`);

/** Removes example calls in many languages: they are most of an operation, and of no use to validate a request. */
function withoutPrograms(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutPrograms);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== 'x-codeSamples');
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutPrograms(inner)]));
}
