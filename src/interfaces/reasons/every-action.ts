import type { ReasonFacts } from './facts.ts';

/** What any action may say. */
export const EVERY_ACTION = {
  configuration: {
    title: 'wrong configuration',
    exitCode: 2,
    meaning: 'An input, a file or the chart cannot work as it is.',
    todo: 'Correct what the message names, and run it again.',
    example: 'Input "values" is not YAML',
  },
  'access-denied': {
    title: 'access denied',
    meaning: 'The credentials are not accepted, or do not allow what has to be done.',
    todo: 'Give the account what the message lists, or renew the token.',
    example: 'The account lacks rights that this deploy needs in namespace todo: create, patch ingresses (networking.k8s.io)',
  },
  'tool-failed': {
    title: 'a program failed',
    meaning: 'A program that the action needs was not found, or failed.',
    todo: 'Install it, or correct what it complains about: the end of its output is in the log.',
    example: 'docker buildx was not found',
  },
  'service-failed': {
    title: 'a service failed',
    meaning: "The cluster's API, a registry or another service could not be reached, or answered with an error.",
    todo: 'Run the job again. If it persists, check that the runner reaches the service.',
    example: 'Kubernetes API https://203.0.113.7:6443 (GET /version): connection refused',
  },
  timeout: {
    title: 'timed out',
    meaning: 'Something took longer than its limit.',
    todo: 'Look at what the message waits for; the input "timeout" gives it more time.',
    example: 'Timed out after 660 s waiting for the end of helm upgrade',
  },
  cancelled: {
    title: 'cancelled',
    exitCode: 130,
    meaning: 'The run was cancelled from outside. A deploy switches back to the version that served.',
    todo: 'Run the job again.',
    example: 'Cancelled by SIGINT',
  },
  internal: {
    title: 'unexpected error, please report it',
    meaning: 'An unexpected error.',
    todo: "Report it, with the job's log and the report file.",
    example: "Cannot read properties of undefined (reading 'spec')",
  },
} as const satisfies Record<string, ReasonFacts>;
