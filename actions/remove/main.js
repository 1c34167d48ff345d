import { removeMain } from '../../dist/index.js';

removeMain();
