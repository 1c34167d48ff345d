/** Progress for people. Text from outside is neutralised by the implementation. No colour. */
export interface Log {
  info(message: string): void;
  debug(message: string): void;
  /** Also an annotation of the job. */
  notice(message: string): void;
  warning(message: string): void;
  error(message: string, options?: { title?: string }): void;
  group<T>(title: string, body: () => Promise<T>): Promise<T>;
}
