import type { ReasonFacts } from './facts.ts';

/** What build-push may say. */
export const BUILD_PUSH = {
  'build-failed': {
    title: 'the build failed',
    meaning: 'An image could not be built.',
    todo: 'Correct the line of the Dockerfile that the message names.',
    example: 'Image "backend" could not be built (Dockerfile:12): process "/bin/sh -c pip install -r requirements.txt" failed',
  },
  'scan-failed': {
    title: 'the scan failed',
    meaning: 'An image could not be scanned, so nothing is known about it and nothing is pushed.',
    todo: 'Run the job again. If it persists, check that the runner reaches the database that the message names, or name a mirror.',
    example:
      'backend (linux/amd64) was not scanned: Trivy’s vulnerability database could not be fetched from db.example/trivy-db: connection refused',
  },
  'scan-blocked': {
    title: 'a finding stops the push',
    meaning: 'The scan found what the inputs do not accept; nothing was pushed.',
    todo: 'Update the package or the base image; accept a finding by its id in a file named by "trivyignores".',
    example: 'Stopped before the push: CRITICAL CVE-2024-0001 in openssl 3.0.1 of backend (and 2 more)',
  },
  'layout-refused': {
    title: 'what was handed over is refused',
    meaning: 'The layout that another job handed over is not what that job should have made; nothing of it was scanned, pushed or run.',
    todo: 'Build it again with the input "write-layout", for the same images and platforms. If it persists, look at the code that built it.',
    example: 'The layout that was handed over is refused: it holds an image "miner", which is not among the images (web)',
  },
  'push-failed': {
    title: 'the push failed',
    meaning: 'The registry does not hold what was built and scanned.',
    todo: 'Run the job again. If it persists, does something else push to this repository?',
    example: 'registry.example.com/acme/backend:v9 is not there in the registry, but sha256:4f53… was built and scanned',
  },
  'load-failed': {
    title: 'the image was not loaded',
    meaning: 'The nodes of the home cluster do not hold what was built and scanned.',
    todo: 'Run it again. If it persists, do the nodes run, and have they room on their disks?',
    example: 'docker.io/library/web:content-3f2a9c1b77d04e15 was not loaded: "kind load image-archive" failed: no space left on device',
  },
  'tag-taken': {
    title: 'the tag names something else',
    meaning: 'The tag of a version leads to other bytes than those that were built, and does not move; nothing was pushed.',
    todo: 'Release under a new version; or remove the tag in the registry if nobody uses it.',
    example: "registry.example.com/acme/backend:1.2.3 is sha256:4f53…, and this build made sha256:9c1e…: a version's tag does not move",
  },
} as const satisfies Record<string, ReasonFacts>;
