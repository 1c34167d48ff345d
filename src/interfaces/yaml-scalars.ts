import type { CollectionTag, DocumentOptions, ParseOptions, ScalarTag, SchemaOptions } from 'yaml';

/**
 * What becomes of a scalar without quotes. `text`: what the user wrote, letter for letter. `exact`: a number, boolean or null only where that
 * is written as it would be printed; `3.10`, `007`, `1e3`, `0x10`, `True` and `~` stay text, since reading and printing would change them.
 */
export type Scalars = 'exact' | 'text';

type Tag = ScalarTag | CollectionTag;

/** Options of the YAML parser. */
export function scalarOptions(scalars: Scalars): ParseOptions & DocumentOptions & SchemaOptions {
  if (scalars === 'text') return { schema: 'failsafe', merge: true };
  return { schema: 'core', customTags: (tags) => tags.map((tag) => (typeof tag === 'string' ? tag : exact(tag))) };
}

function exact(tag: Tag): Tag {
  if (tag.collection !== undefined || !('test' in tag) || tag.test === undefined) return tag;
  const { resolve } = tag;
  return {
    ...tag,
    resolve: (source, onError, options) => {
      const value = resolve(source, onError, options);
      const plain = typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
      return source === '' || String(plain) === source ? value : source;
    },
  };
}
