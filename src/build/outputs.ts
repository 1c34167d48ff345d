import { wrongImage } from './image-fields.ts';

const TYPES = ['local', 'tar', 'oci', 'docker'];

/** Outputs besides the push, written after the scan: `type=local,dest=out`. Throws ConfigurationError. */
export function checkOutput(output: string, image: string): string {
  const fields = new Map(output.split(',').map(fieldOf));
  const type = fields.get('type') ?? '';
  const wrong = (what: string, hint?: string) => wrongImage(`image "${image}": output "${output}" ${what}`, hint);
  if (type === 'image' || type === 'registry' || fields.has('push')) {
    throw wrong('would push past the scan', 'leave it out: images that pass are pushed by themselves (input "push")');
  }
  if (!TYPES.includes(type)) throw wrong(`has ${type === '' ? 'no type' : `the type "${type}"`} (allowed: ${TYPES.join(', ')})`);
  const dest = fields.get('dest') ?? '';
  if (dest === '' && type !== 'docker') throw wrong('has no dest', `for example type=${type},dest=out`);
  if (dest === '-') throw wrong('goes to standard output', 'name a file: dest=out/image.tar');
  return output;
}

/** The same output, its destination made absolute. */
export function locateOutput(output: string, locate: (path: string) => string): string {
  const fields = output.split(',').map(fieldOf);
  return fields.map(([key, value]) => `${key}=${key === 'dest' ? locate(value) : value}`).join(',');
}

function fieldOf(field: string): [string, string] {
  const at = field.indexOf('=');
  return at < 0 ? [field.trim(), ''] : [field.slice(0, at).trim(), field.slice(at + 1)];
}
