/** Files of the archive, beside the folder of the dump. */
export const DUMP = 'dump';
/** What else belongs to the app: Helm's records, the journal. */
export const RECOVERY = 'recovery';
export const GLOBALS = 'globals.sql';
export const DATABASE_MANIFEST = 'database.json';
