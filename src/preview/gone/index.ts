export { placeOf } from './place.ts';
export { type Receipt, receiptText } from './receipt.ts';
export { type TakeDown, takeDown } from './take-down.ts';
export type { GoneTools } from './tools.ts';
