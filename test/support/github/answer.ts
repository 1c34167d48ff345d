export interface Answer {
  status: number;
  headers?: Record<string, string>;
  /** A string goes out as it stands, even where it is no JSON. */
  body?: object | string;
  /** The connection ends in the middle of the answer. */
  cut?: boolean;
}
