import type { ErrorCode } from 'yaml';

/** In words of ours: the parser's own quote the text, which may be a secret. */
const WORDS: Partial<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias has an anchor or a tag of its own',
  BAD_ALIAS: 'an alias has no name, or names nothing',
  BAD_COLLECTION_TYPE: 'a tag does not fit its map or list',
  BAD_DIRECTIVE: 'a directive is not understood',
  BAD_DQ_ESCAPE: 'an escape in double quotes is not one of YAML',
  BAD_INDENT: 'wrong indentation, or a bracket that nothing closes',
  BAD_SCALAR_START: 'a plain value begins with a reserved character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a map begins inside of another on the same line; put the value in quotes',
  BLOCK_IN_FLOW: 'a block begins inside of [ ] or { }',
  DUPLICATE_KEY: 'Map keys must be unique',
  KEY_OVER_1024_CHARS: 'a key has more than 1,024 characters',
  MISSING_CHAR: 'a bracket, quote, comma, colon or space is missing',
  MULTILINE_IMPLICIT_KEY: 'a key spans several lines, or has no colon',
  MULTIPLE_ANCHORS: 'a value has several anchors',
  MULTIPLE_DOCS: 'it holds several documents',
  MULTIPLE_TAGS: 'a value has several tags',
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
  TAB_AS_INDENT: 'tabs are used as indentation',
  TAG_RESOLVE_FAILED: 'a tag is not understood',
  UNEXPECTED_TOKEN: 'an unexpected character',
};

export const wordsFor = (code: ErrorCode): string => WORDS[code] ?? 'it is not understood';
