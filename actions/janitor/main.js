import { janitorMain } from '../../dist/index.js';

janitorMain();
