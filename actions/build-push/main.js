import { buildPushMain } from '../../dist/index.js';

buildPushMain();
