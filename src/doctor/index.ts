export { examine } from './examine.ts';
export type { CheckedFinding, Patient, PatientChart, PatientRegistry } from './patient/model.ts';
export { countText, findingLines } from './text.ts';
