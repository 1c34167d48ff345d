import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// biome-ignore lint/suspicious/noExplicitAny: a description is any JSON
type Json = any;

/** Returns the operations of DigitalOcean's published description that the product calls, as `scripts/digitalocean-description.ts` cut them. */
export const digitalOceanDescription = (): Json => JSON.parse(readFileSync(join(import.meta.dirname, 'description.json'), 'utf8'));
