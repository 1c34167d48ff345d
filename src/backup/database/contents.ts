/** Files of the archive, beside the folder of the dump. */
export const DUMP = 'dump';
export const GLOBALS = 'globals.sql';
export const DATABASE_MANIFEST = 'database.json';
