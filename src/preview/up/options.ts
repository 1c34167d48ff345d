import type { Collaborators, DeployOptions, DeployOutcome, StepFailure } from '../../deploy/index.ts';
import type { GoneTools, Receipt } from '../gone/index.ts';
import type { Finding, Isolation, Place, Quota } from '../isolate/index.ts';
import type { Desired, Home, Preview, PreviewKey, PullRequest } from '../model/index.ts';
import type { Answered } from './answers.ts';
import type { Seed } from './seed.ts';

export interface UpOptions extends Home {
  key: PreviewKey;
  /** `owner/name` */
  repository: string;
  /** What is deployed, by the same code as anywhere. */
  deploy: DeployOptions;
  /** `pr-7-todo.preview.example.com` */
  host: string;
  /** The Secret that all previews are served with. */
  tls: Place | undefined;
  /** Secrets that each preview gets a copy of. */
  copies: readonly Place[];
  quota: Quota;
  podSecurity: Isolation['podSecurity'];
  /** Namespaces of those who lead users in; undefined: they are looked for. */
  frontDoors: readonly string[] | undefined;
  egress: readonly string[];
  /** What fills a new preview with data. */
  seed: Seed | undefined;
  /** Whether answers are to say that nobody is to index them. */
  noindex: boolean;
  /** At most so many previews of the repository at once. */
  max: number;
  expiresAfterMs: number;
  /** Kept with the preview; undefined: it never sleeps by itself. */
  sleepAfterMs: number | undefined;
  /** Image of the program that wakes it, and in which a probe of the network runs. */
  wakerImage: string;
  /** Whether a pod tries what is closed. `require`: nothing is deployed unless it is proved to be closed. */
  isolationProbe: 'warn' | 'require' | 'off';
}

/** A pull request as GitHub's API has it now, and what it asks for. */
export type Asked = Desired & { pullRequest: PullRequest };

export interface UpTools extends GoneTools, Omit<Collaborators, 'kubernetes' | 'helm' | 'clock' | 'log'> {
  ask(): Promise<Asked>;
}

interface Ended {
  /** Milliseconds from the run's first look at the cluster. */
  ms: number;
  /** What is otherwise than one may think, a line each. */
  notes: string[];
}

interface Probed {
  /** undefined: it is not to be probed. */
  network: Finding | undefined;
}

export type UpOutcome = Ended & UpResult;

export type UpResult =
  | ({ state: 'up'; asleep: boolean; preview: Preview; deploy: DeployOutcome; answered: Answered | undefined } & Probed)
  | ({ state: 'failed'; preview: Preview; deploy: DeployOutcome } & Probed)
  | { state: 'refused'; preview: Preview; error: StepFailure }
  | { state: 'waiting'; ahead: number }
  | { state: 'superseded'; why: string }
  | { state: 'gone'; receipt: Receipt; preview: Preview; deploy: DeployOutcome | undefined };
