export interface Issue {
  number: number;
  /** Login of who opened it. */
  author: string;
  title: string;
  /** Markdown. */
  body: string;
}

/** Issues of one repository. Errors: `HttpError`; calls that are safe to repeat are repeated inside. */
export interface Issues {
  /** All that are open, the oldest first; pull requests are none. */
  open(): Promise<Issue[]>;
  /** Returns its number. Not repeated where its answer is lost: then nobody knows whether there is one. */
  create(issue: { title: string; body: string }): Promise<number>;
  update(number: number, change: { title?: string; body?: string; state?: 'closed' }): Promise<void>;
  /** Login under which this token writes. */
  author(): Promise<string>;
}
