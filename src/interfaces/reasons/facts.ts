/** What is known of a reason, whoever raises it: one row says all that is shown of it and all that derives from it. */
export interface ReasonFacts {
  /** Title of the annotation, after the action's name. */
  readonly title: string;
  /** Exit code of the command line; 1 where it is left out. */
  readonly exitCode?: number;
  /** One sentence. */
  readonly meaning: string;
  /** What the reader does about it. The hint of an error that has none of its own, where the cause is named from what Kubernetes says. */
  readonly todo: string;
  /** A line as users see it. */
  readonly example: string;
}
