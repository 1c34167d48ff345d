export type { Checkout, InitPlan, PlannedFile, Wanted } from './model.ts';
export { planInit } from './plan.ts';
