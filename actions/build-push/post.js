import { buildPushPost } from '../../dist/index.js';

buildPushPost();
