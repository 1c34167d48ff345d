import { backupMain } from '../../dist/index.js';

backupMain();
