import { expect, test } from '@jest/globals';
import { type Receipt, receiptText } from '../../../../src/preview/gone/receipt.ts';

const RECEIPT: Receipt = {
  namespace: 'pr-7-todo-1f0a9c',
  status: 'gone',
  why: 'the pull request is closed',
  gone: [],
  left: ['Widget/w: held by the finalizer example.com/w', 'PersistentVolume/v'],
  unproved: [],
  ms: 4_321,
};

test.each<[Receipt['status'], string]>([
  ['gone', 'The preview pr-7-todo-1f0a9c is gone, proved after 4.3 s (the pull request is closed)'],
  ['absent', 'There is no preview pr-7-todo-1f0a9c (the pull request is closed)'],
  ['kept', 'The preview pr-7-todo-1f0a9c stays: it was used meanwhile'],
  [
    'stuck',
    'The preview pr-7-todo-1f0a9c was to go (the pull request is closed), and is still there after 4.3 s: Widget/w: held by the finalizer example.com/w; PersistentVolume/v',
  ],
])('a receipt of what is %s', (status, text) => expect(receiptText({ ...RECEIPT, status })).toBe(text));
