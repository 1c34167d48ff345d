import type { ActionContext } from '../../../runtime/action.ts';

export interface DocumentInputs {
  sbom: boolean;
  provenance: boolean;
}

/** What is attached to the images. */
export function readDocuments({ inputs }: ActionContext): DocumentInputs {
  return { sbom: inputs.boolean('sbom', false), provenance: inputs.boolean('provenance', false) };
}
