interface Rule {
  pattern: RegExp;
  /** `!pattern`: kept after all. */
  keeps: boolean;
}

export interface Ignore {
  /** Whether a path of the context (`a/b`, from its root) is left out. */
  ignores(path: string): boolean;
  /** Whether something below what is left out may be kept after all. */
  keepsSome: boolean;
}

export const NOTHING_IGNORED: Ignore = { ignores: () => false, keepsSome: false };

/**
 * A `.dockerignore` as BuildKit reads it. The last rule that matches a path or one of its folders decides. A text that this does not understand
 * leaves nothing out by that rule: what is hashed needlessly costs time, what is not hashed could be missed.
 */
export function readIgnore(text: string): Ignore {
  const rules = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .map((line) => ruleOf(line.trim()))
    .filter((rule) => rule !== undefined);
  return {
    keepsSome: rules.some(({ keeps }) => keeps),
    ignores: (path) => {
      const parts = path.split('/');
      const chain = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
      return rules.reduce((ignored, { pattern, keeps }) => (chain.some((part) => pattern.test(part)) ? !keeps : ignored), false);
    },
  };
}

function ruleOf(line: string): Rule | undefined {
  const keeps = line.startsWith('!');
  const pattern = clean((keeps ? line.slice(1) : line).trim());
  if (pattern === '') return undefined;
  try {
    return { pattern: new RegExp(`^${translate(pattern)}$`, 's'), keeps };
  } catch {
    // Everything after a rule that cannot be read would be guessed: kept.
    return { pattern: /^/, keeps: true };
  }
}

/** Without `.`, `..`, doubled slashes and a slash at either end, as paths of the context are. */
function clean(pattern: string): string {
  const parts: string[] = [];
  for (const part of pattern.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** `**` is any number of folders, `*` and `?` stay in one; `[a-z]` and `\x` as in Go's filepath.Match. */
function translate(pattern: string): string {
  let text = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? '';
    if (char === '*' && pattern[at + 1] === '*') {
      at++;
      if (pattern[at + 1] === '/') at++;
      text += at + 1 >= pattern.length ? '.*' : '(?:.*/)?';
    } else if (char === '*') text += '[^/]*';
    else if (char === '?') text += '[^/]';
    else if (char === '\\') text += literal(pattern[++at] ?? '\\');
    else if (char === '[') {
      const end = pattern.indexOf(']', at + 1);
      if (end < 0) throw new SyntaxError('a class without an end');
      text += pattern.slice(at, end + 1);
      at = end;
    } else text += literal(char);
  }
  return text;
}

const literal = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
