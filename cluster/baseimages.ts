import type { Need } from './programs.ts';

/** Makes the base images that Dockerfiles name, and puts them into the registry together with Trivy's database. */
export async function ensureBaseImages(_need: Need): Promise<void> {
  // Filled in when cluster/images offers its entry point.
}
