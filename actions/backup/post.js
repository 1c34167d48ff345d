import { backupPost } from '../../dist/index.js';

backupPost();
