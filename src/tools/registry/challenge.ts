export interface Challenge {
  scheme: 'basic' | 'bearer';
  parameters: Record<string, string>;
}

/** The first challenge of WWW-Authenticate that we can answer. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  for (const match of (header ?? '').matchAll(/\b(basic|bearer)\b((?:\s+|,\s*)(?:[\w-]+=(?:"[^"]*"|[^\s,]+)(?:\s*,\s*)?)*)?/gi)) {
    const parameters = Object.fromEntries(
      [...(match[2] ?? '').matchAll(/([\w-]+)=(?:"([^"]*)"|([^\s,]+))/g)].map(([, name = '', quoted, bare]) => [
        name.toLowerCase(),
        quoted ?? bare ?? '',
      ]),
    );
    return { scheme: match[1]?.toLowerCase() === 'basic' ? 'basic' : 'bearer', parameters };
  }
  return undefined;
}
