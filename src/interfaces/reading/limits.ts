/** What a text from outside may cost. */
export interface Limits {
  /** Characters. */
  size: number;
  /** Maps and lists inside of each other. */
  depth: number;
  /** YAML's references to other parts of the text. */
  aliases: number;
}

/** Inputs, kubeconfigs, an action's own files. */
export const SMALL: Limits = { size: 2 * 1024 * 1024, depth: 100, aliases: 100 };
/** What a chart renders. */
export const LARGE: Limits = { size: 64 * 1024 * 1024, depth: 200, aliases: 1000 };
