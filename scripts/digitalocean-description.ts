/**
 * Writes test/support/digitalocean/description.json: the operations of DigitalOcean's published API description that the product calls
 * (`src/tools/digitalocean/calls.ts`), with all that they refer to. The whole is one file to download, of YAML or JSON:
 * https://api-engineering.nyc3.digitaloceanspaces.com/spec-ci/DigitalOcean-public.v2.yaml, bundled from github.com/digitalocean/openapi.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CALLS } from '../src/tools/digitalocean/calls.ts';
import { type Description, excerpt, type Json } from './description-excerpt.ts';

const TARGET = join(import.meta.dirname, '..', 'test', 'support', 'digitalocean', 'description.json');
/** Where every operation gets its token from. */
const ALWAYS = ['#/components/securitySchemes/bearer_auth'];

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('Usage: node scripts/digitalocean-description.ts DESCRIPTION-FILE');
const whole = withoutPrograms(parse(readFileSync(file, 'utf8'))) as unknown as Description;
// Answers that lead to other operations, which may be none of ours.
for (const response of Object.values(whole.components.responses ?? {})) delete (response as { links?: Json }).links;
const operations = Object.values(CALLS).map(({ path, method }) => ({ path, method: method.toLowerCase() }));
writeFileSync(TARGET, `${JSON.stringify(excerpt(whole, operations, ALWAYS), null, 1)}\n`);

/** Examples of calls in many languages: most of an operation, and nothing to hold a request to. */
function withoutPrograms(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutPrograms);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== 'x-codeSamples');
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutPrograms(inner)]));
}
