import type { BuilderInfo } from '../../interfaces/builder.ts';
import { ToolError } from '../../interfaces/errors.ts';
import { parseJsonObject } from '../../interfaces/reading/json.ts';

/** The text of `buildx inspect` (it has no JSON). */
export function parseInspect(text: string): Omit<BuilderInfo, 'own'> {
  const value = (key: string): string => new RegExp(`^${key}:[ \\t]*(.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
  const platforms = [...text.matchAll(/^[ \t]*Platforms:[ \t]*(.*)$/gm)].flatMap((match) => (match[1] ?? '').split(','));
  return {
    name: value('Name'),
    driver: value('Driver'),
    platforms: [...new Set(platforms.map((platform) => platform.trim().replace(/\*$/, '')).filter((platform) => platform !== ''))],
  };
}

const PROVENANCE = 'buildx.build.provenance';

/** The metadata file of `buildx build`. */
export function parseMetadata(text: string): { digest: string | undefined; provenance: Record<string, unknown> } {
  const wrong = (why: string): ToolError => new ToolError(`The metadata that buildx wrote is not JSON: ${why}`);
  const metadata = parseJsonObject<Record<string, unknown>>(text, wrong);
  const digest = metadata['containerimage.digest'];
  const provenance = Object.entries(metadata)
    .filter(([key]) => key === PROVENANCE || key.startsWith(`${PROVENANCE}/`))
    .map(([key, value]) => [key.slice(PROVENANCE.length + 1), value]);
  return { digest: typeof digest === 'string' ? digest : undefined, provenance: Object.fromEntries(provenance) };
}
