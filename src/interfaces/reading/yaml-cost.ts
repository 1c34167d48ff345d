import type { CST, ErrorCode } from 'yaml';
import type { Limits } from './limits.ts';

interface Cost {
  depth: number;
  nodes: number;
  aliases: number;
}

export interface TooMuch {
  code: ErrorCode;
  words: string;
  offset: number;
}

/** An alias costs as much as what it names, at most all of the text. */
const MOST_WORK = 20_000_000;

/** Looked at before anything is made of the tokens, level by level: neither depth nor number can exhaust this. */
export function costOf(tokens: readonly CST.Token[], { depth, aliases }: Limits): TooMuch | undefined {
  const cost: Cost = { depth: 0, nodes: 0, aliases: 0 };
  for (let level: readonly CST.Token[] = tokens; level.length > 0; level = level.flatMap(childrenOf)) {
    cost.depth += 1;
    cost.nodes += level.length;
    cost.aliases += level.filter(({ type }) => type === 'alias').length;
    const offset = level[0]?.offset ?? 0;
    // The document is a level of its own.
    if (cost.depth > depth + 2) return { code: 'RESOURCE_EXHAUSTION', words: `it is nested deeper than ${depth} levels`, offset };
    const odd = level.find(hasCollectionAsKey);
    if (odd !== undefined) return { code: 'NON_STRING_KEY', words: 'a key is a map or a list; put it in quotes', offset: odd.offset };
    if (cost.aliases > aliases) return { code: 'RESOURCE_EXHAUSTION', words: `it has more than ${aliases} aliases`, offset };
  }
  if (cost.aliases * cost.nodes <= MOST_WORK) return undefined;
  return { code: 'RESOURCE_EXHAUSTION', words: 'it has too many aliases for its size', offset: 0 };
}

/** JSON has no such keys, and the parser writes each as text, again and again for those inside of others: 300 characters cost it 20 s. */
function hasCollectionAsKey(token: CST.Token): boolean {
  if (!('items' in token)) return false;
  return token.items.some(({ key }) => key != null && /^(?:block-map|block-seq|flow-collection)$/.test(key.type));
}

function childrenOf(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [key, value].filter((child): child is CST.Token => child != null));
}
