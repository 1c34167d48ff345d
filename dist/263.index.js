export const id = 263;
export const ids = [263];
export const modules = {

/***/ 69263:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  commandLineCode: () => (/* binding */ commandLineCode)
});

// EXTERNAL MODULE: ./node_modules/commander/index.js + 6 modules
var commander = __webpack_require__(67375);
// EXTERNAL MODULE: ./lib/interfaces/errors.js
var errors = __webpack_require__(56553);
// EXTERNAL MODULE: ./lib/actions/backup/inputs.js
var inputs = __webpack_require__(61677);
// EXTERNAL MODULE: ./lib/actions/backup/run.js + 1 modules
var run = __webpack_require__(4283);
// EXTERNAL MODULE: ./lib/backup/index.js + 66 modules
var backup = __webpack_require__(15046);
// EXTERNAL MODULE: ./lib/actions/shared/alarm/inputs.js
var alarm_inputs = __webpack_require__(76078);
// EXTERNAL MODULE: ./lib/actions/shared/cluster-access.js + 8 modules
var cluster_access = __webpack_require__(37090);
// EXTERNAL MODULE: ./lib/actions/shared/release-inputs.js
var release_inputs = __webpack_require__(44556);
;// CONCATENATED MODULE: ./lib/actions/shared/backup/app.js


/** Whose backups they are. Throws ConfigurationError. */
function readApp({ inputs }) {
    const release = (0,release_inputs/* readRelease */.iJ)(inputs);
    return {
        release,
        namespace: inputs.string('namespace', { default: release, pattern: cluster_access/* NAME */.o_, describe: 'a Kubernetes name such as todo' }),
    };
}

;// CONCATENATED MODULE: ./lib/actions/shared/backup/database.js

const PORT = 5432;
const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];
/** A database as its inputs say; a URL (`postgresql://user:password@host:port/name?sslmode=require`) gives what they leave out. */
function readDatabase(context) {
    const { inputs } = context;
    const url = readUrl(context);
    const need = (name, fromUrl) => inputs.string(name, { pattern: /^[^\0\n]*$/, default: fromUrl ?? '', required: true });
    const port = inputs.integer('database-port', { default: url?.port ?? PORT, min: 1, max: 65_535 });
    return {
        host: need('database-host', url?.host),
        port,
        user: need('database-user', url?.user),
        database: need('database-name', url?.database),
        password: inputs.secret('database-password') || url?.password,
        sslmode: inputs.choice('database-sslmode', SSL_MODES, url?.sslmode ?? 'prefer'),
        sslrootcert: inputs.path('database-ca', { mustExist: 'file' }) || undefined,
    };
}
/** Errors quote nothing of it. SQLAlchemy's drivers (`postgresql+asyncpg:`) are passed over. */
function readUrl({ inputs, mask }) {
    const text = inputs.secret('database-url');
    if (text === '')
        return undefined;
    const plain = text.replace(/^postgres(?:ql)?(?:\+\w+)?:/, 'http:');
    const url = plain !== text && URL.canParse(plain) ? new URL(plain) : undefined;
    if (url === undefined) {
        throw new errors/* ConfigurationError */.j1('Input "database-url" is no address of a PostgreSQL database', {
            hint: 'postgresql://USER:PASSWORD@HOST:PORT/NAME',
        });
    }
    const password = decoded(url.password);
    if (password !== undefined)
        mask(password);
    const sslmode = SSL_MODES.find((mode) => mode === (url.searchParams.get('sslmode') ?? url.searchParams.get('ssl')));
    return {
        host: url.hostname,
        port: url.port === '' ? undefined : Number(url.port),
        user: decoded(url.username) ?? '',
        password,
        database: decoded(url.pathname.slice(1)) ?? '',
        sslmode,
    };
}
function decoded(text) {
    try {
        return text === '' ? undefined : decodeURIComponent(text);
    }
    catch {
        throw new errors/* ConfigurationError */.j1('Input "database-url" has a "%" that is not followed by two hexadecimal digits', {
            hint: 'Write %25 for it.',
        });
    }
}

// EXTERNAL MODULE: ./lib/actions/shared/backup/policy.js
var policy = __webpack_require__(27184);
// EXTERNAL MODULE: ./lib/actions/shared/backup/storage.js
var storage = __webpack_require__(62405);
;// CONCATENATED MODULE: ./lib/actions/backup-job/inputs.js






const DAY = 86_400_000;
/** The only reader of the command's inputs. Throws ConfigurationError before anything is touched. */
function readBackupJobInputs(context) {
    const { inputs, env } = context;
    return {
        app: readApp(context),
        destination: (0,storage/* readDestination */.F)(context),
        policy: (0,policy/* readPolicy */.T)(context),
        keys: (0,storage/* readStorageKeys */.e)(context),
        take: inputs.boolean('dry-run', false) ? undefined : readTake(context),
        alarm: (0,alarm_inputs/* readAlarm */.q)(context),
        compress: inputs.optional('compress', { pattern: /^(none|(gzip|lz4|zstd)(:\d{1,2})?|\d)$/, describe: 'zstd:3, gzip:6, lz4 or none' }),
        scratch: inputs.path('scratch', { default: env.tempDir, mustExist: 'directory' }),
        timeoutMs: inputs.duration('timeout', '6h', { min: 10_000, max: DAY }),
    };
}
function readTake(context) {
    const { inputs } = context;
    return {
        recipients: (0,backup/* readRecipients */.rZ)(inputs.string('recipients', { required: true, pattern: /^/ })),
        address: readDatabase(context),
        jobs: inputs.integer('jobs', { default: 2, min: 1, max: 64 }),
        include: inputs.path('include', { mustExist: 'directory' }) || undefined,
        waitMs: inputs.duration('wait', '0s', { max: 3_600_000 }),
        beside: readBeside(inputs),
        held: inputs.list('held', { pattern: /^\d{6,9}-\d{8}T\d{6}Z-[0-9a-f]{6}$/, describe: 'ids of backups' }),
    };
}
function readBeside(inputs) {
    const limitMs = inputs.duration('beside', '0s', { max: DAY });
    if (limitMs === 0)
        return undefined;
    return {
        limitMs,
        port: inputs.integer('port', { default: backup/* RECOVERY_PORT */.Oo, min: 1024, max: 65_535 }),
        readyFile: inputs.required('ready-file', { pattern: /^\/[\w./-]+$/, describe: 'the path of a file' }),
    };
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(77598);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(73024);
// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __webpack_require__(77030);
;// CONCATENATED MODULE: ./lib/tools/exchange-server.js



const LARGEST = 1024 * 1024;
/**
 * Answers a line of whoever connects with a line, until it is aborted; also afterwards, for whoever did not hear that it was heard. Resolves to
 * what was learned first. Errors: `ToolError` where the port is taken, the signal's reason.
 */
function exchange({ answerTo, port, readyFile, signal }) {
    const sockets = new Set();
    let learn = () => undefined;
    const server = (0,external_node_net_.createServer)((socket) => {
        sockets.add(socket);
        let line = '';
        socket.setEncoding('utf8');
        socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
        socket.on('data', (chunk) => {
            line += chunk;
            if (line.length > LARGEST)
                socket.destroy();
            if (!line.endsWith('\n'))
                return;
            const answer = answerTo(line);
            if (answer === undefined)
                return void socket.destroy();
            if (answer.learned !== undefined)
                learn(answer.learned);
            socket.end(answer.reply);
        });
    });
    const close = () => {
        (0,external_node_fs_.rmSync)(readyFile, { force: true });
        server.close();
        for (const socket of sockets)
            socket.destroy();
    };
    return new Promise((resolve, reject) => {
        learn = resolve;
        const end = (error) => {
            close();
            reject(error);
        };
        server.on('error', (error) => end(new errors/* ToolError */.v4(`Port ${port} cannot be listened on (${error.message})`, { cause: error })));
        signal.addEventListener('abort', () => end(signal.reason), { once: true });
        if (signal.aborted)
            end(signal.reason);
        else
            server.listen(port, '127.0.0.1', () => (0,external_node_fs_.writeFileSync)(readyFile, ''));
    });
}

// EXTERNAL MODULE: ./lib/actions/shared/alarm/alarmed.js + 3 modules
var alarmed = __webpack_require__(41230);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(76760);
// EXTERNAL MODULE: ./node_modules/yaml/dist/index.js
var dist = __webpack_require__(38815);
// EXTERNAL MODULE: ./lib/interfaces/values.js
var values = __webpack_require__(62792);
// EXTERNAL MODULE: ./lib/split/index.js + 39 modules
var split = __webpack_require__(91674);
// EXTERNAL MODULE: ./lib/split/kinds/pods.js
var pods = __webpack_require__(43590);
// EXTERNAL MODULE: ./lib/tools/helm/release-secret.js
var release_secret = __webpack_require__(1398);
;// CONCATENATED MODULE: ./lib/actions/shared/backup/readable.js







/**
 * Of each record of Helm in a folder (`NAME/release`, a Secret's content) what people look for when everything is gone: the values, as
 * `helm get values` shows them, and the images with their digests. By file name; a record that cannot be read goes as it is.
 */
function readableRecords({ log }, folder) {
    if (folder === undefined)
        return {};
    const names = (0,external_node_fs_.readdirSync)(folder).filter((name) => (0,external_node_fs_.existsSync)((0,external_node_path_.join)(folder, name, 'release')));
    return Object.fromEntries(names.flatMap((name) => {
        try {
            return Object.entries(readable(name, (0,external_node_fs_.readFileSync)((0,external_node_path_.join)(folder, name, 'release')).toString('base64')));
        }
        catch (error) {
            log.warning(`The record ${name} goes into the backup as it is: ${(0,values/* messageOf */.bD)(error)}`);
            return [];
        }
    }));
}
function readable(name, release) {
    const { config, manifest = '' } = (0,release_secret/* decodeRelease */.o1)({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, data: { release } });
    const objects = (0,split/* readManifests */.PX)(manifest).manifests.map(({ object }) => object);
    const images = objects.flatMap((object) => (0,pods/* containersOf */.Mz)((0,pods/* podTemplateOf */.D0)(object)?.spec).flatMap(({ image }) => image ?? []));
    return {
        [`${name}.values.yaml`]: (0,dist/* stringify */.As)(config ?? {}),
        [`${name}.images.txt`]: [...new Set(images)]
            .sort()
            .map((image) => `${image}\n`)
            .join(''),
    };
}

// EXTERNAL MODULE: ./lib/actions/shared/backup/report.js
var report = __webpack_require__(30404);
;// CONCATENATED MODULE: ./lib/tools/age.js

/** The program `age`. Public keys are no secrets, and stand in its arguments; a private one is a file. */
class Age {
    #options;
    constructor(options) {
        this.#options = options;
    }
    async encrypt({ recipients, input, output }) {
        const { runner, ...limits } = this.#options;
        const to = recipients.flatMap((recipient) => ['--recipient', recipient]);
        const run = runner.run({ command: ['age', '--encrypt', ...to], input, output, failure: 'backup-failed', ...limits });
        await run.catch((error) => Promise.reject(inWords(error)));
    }
    async decrypt({ identityFile, input, output }) {
        const { runner, ...limits } = this.#options;
        const command = ['age', '--decrypt', '--identity', identityFile];
        const run = runner.run({ command: [...command], input, output, failure: 'backup-damaged', ...limits });
        await run.catch((error) => Promise.reject(inWords(error)));
    }
}
/** Its last line is where to report errors. */
function inWords(error) {
    if (!(error instanceof errors/* ProcessError */.yI))
        return error;
    const line = /^age: error: (.*)$/m.exec(error.stderr)?.[1];
    return line === undefined ? error : new errors/* ToolError */.v4(`age: ${line}`, { reason: error.reason, cause: error });
}

// EXTERNAL MODULE: ./lib/tools/http.js
var http = __webpack_require__(38147);
;// CONCATENATED MODULE: ./lib/tools/postgres/entries.js
/** Pure: whether an entry of a dump's table of contents (`pg_restore --list`) is a sequence's value. */
const isSequenceValue = (entry) => / SEQUENCE SET /.test(entry);
const HEADER = /^-- Name: (.*); Type: (.*); Schema: (.*); Owner: (.*)$/;
/** Pure: of a dump's whole script the parts about the database itself, which its list does not show. */
function ofDatabase(script) {
    let wanted = false;
    const lines = script.split('\n').filter((line) => {
        const [, name = '', type] = HEADER.exec(line) ?? [];
        if (type !== undefined)
            wanted = type.startsWith('DATABASE') || (name.startsWith('DATABASE ') && /^(ACL|COMMENT)$/.test(type));
        return wanted;
    });
    return lines.join('\n');
}
const SETVAL = /^SELECT pg_catalog\.setval\('((?:[^']|'')+)', (-?\d+), (true|false)\);$/;
/** Pure: what the statements of these lines set. */
function sequenceValues(script) {
    return script.split('\n').flatMap((line) => {
        const [, name, value, called] = SETVAL.exec(line) ?? [];
        return name === undefined || value === undefined ? [] : [{ name: name.replaceAll("''", "'"), value, called: called === 'true' }];
    });
}

;// CONCATENATED MODULE: ./lib/tools/postgres/environment.js
/** A server that does not answer at all, s. */
const CONNECT_LIMIT_S = 20;
/**
 * Pure: how libpq's programs reach a database. Everything that they would read from files of the user's is shut: another password, service or
 * key would go to another server.
 */
function libpqEnvironment(address) {
    return {
        PGHOST: address.host,
        PGPORT: String(address.port),
        PGUSER: address.user,
        PGDATABASE: address.database,
        PGPASSWORD: address.password,
        PGSSLMODE: address.sslmode ?? 'prefer',
        PGSSLROOTCERT: address.sslrootcert,
        PGPASSFILE: '/dev/null',
        PGSERVICEFILE: '/dev/null',
        PGSYSCONFDIR: '/dev/null',
        PGCONNECT_TIMEOUT: String(CONNECT_LIMIT_S),
        PGAPPNAME: 'todo-deploy-backup',
        PGCLIENTENCODING: 'UTF8',
        // Their messages are read by their words.
        LC_ALL: 'C',
    };
}

// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(57075);
// EXTERNAL MODULE: ./lib/interfaces/reading/json.js
var json = __webpack_require__(93401);
// EXTERNAL MODULE: external "node:string_decoder"
var external_node_string_decoder_ = __webpack_require__(46193);
;// CONCATENATED MODULE: ./lib/tools/postgres/lines.js


/** A stream of whole lines, whatever their length: the answers of a session are JSON, a row a line. */
function lineSink(onLine) {
    const decoder = new external_node_string_decoder_.StringDecoder('utf8');
    let rest = '';
    return new external_node_stream_.Writable({
        write(chunk, _, done) {
            const lines = (rest + decoder.write(chunk)).split('\n');
            rest = lines.pop() ?? '';
            for (const line of lines)
                onLine(line);
            done();
        },
        final(done) {
            if (rest !== '')
                onLine(rest);
            done();
        },
    });
}

;// CONCATENATED MODULE: ./lib/tools/postgres/session.js






/** What a server or a database was told to end by itself would end a snapshot too. */
const SETTINGS = [
    'SET statement_timeout = 0',
    'SET lock_timeout = 0',
    'SET idle_in_transaction_session_timeout = 0',
    "SET search_path = ''",
].join('; ');
/** A `psql` that stays. It ends at the first error, and whatever is asked then is answered with that error. */
class PsqlSession {
    #input = new external_node_stream_.PassThrough();
    #questions = [];
    /** Resolves to why it ended, where nobody had asked for it. */
    #ended;
    #failure;
    #closing = false;
    constructor({ runner, psql, address, timeoutMs, failure, signal }) {
        const command = [psql, '--no-psqlrc', '--no-align', '--tuples-only', '--quiet', '--no-password', '--set=ON_ERROR_STOP=1'];
        const run = runner.run({
            command,
            env: libpqEnvironment(address),
            input: this.#input,
            output: lineSink((line) => this.#line(line)),
            timeoutMs,
            failure,
            signal,
        });
        this.#ended = run.then(() => this.#end(this.#closing ? undefined : new errors/* ToolError */.v4('The session of psql ended by itself', { reason: failure })), (error) => this.#end(session_inWords(error)));
    }
    static async open(options) {
        const session = new PsqlSession(options);
        await session.run(SETTINGS);
        return session;
    }
    rows(sql) {
        return this.#ask(sql).then((lines) => lines.map((line) => (0,json/* parseJson */.qF)(line, (why) => new errors/* ToolError */.v4(`An answer of the database cannot be read: ${why}`))));
    }
    async run(sql) {
        await this.#ask(sql);
    }
    async close() {
        this.#closing = true;
        this.#input.end();
        const error = await this.#ended;
        if (error !== undefined)
            throw error;
    }
    #ask(sql) {
        if (this.#failure !== undefined)
            return Promise.reject(this.#failure);
        const mark = `todo-deploy ${(0,external_node_crypto_.randomUUID)()}`;
        return new Promise((resolve, reject) => {
            this.#questions.push({ mark, lines: [], resolve, reject });
            this.#input.write(`${sql}\n;\n\\echo ${mark.replace(' ', "' '")}\n`);
        });
    }
    #line(line) {
        const [first] = this.#questions;
        if (!first)
            return;
        if (line === first.mark) {
            this.#questions.shift();
            first.resolve(first.lines);
        }
        else if (line !== '')
            first.lines.push(line);
    }
    /** Whatever is asked from now on is answered with the error. */
    #end(error) {
        this.#failure = error ?? new errors/* ToolError */.v4('The session of psql is closed');
        for (const question of this.#questions.splice(0))
            question.reject(this.#failure);
        return error;
    }
}
/** The server's own word for it: psql's last line may be a hint. */
function session_inWords(error) {
    if (!(error instanceof errors/* ProcessError */.yI))
        return error;
    const line = /^(?:psql: error: .*?)?(?:ERROR|FATAL): +(.*)$/m.exec(error.stderr)?.[1] ?? error.stderr.trim().split('\n')[0];
    // Killed, it has said nothing: then how it ended is what there is to say.
    if (!line)
        return error;
    return new errors/* ToolError */.v4(`The database server says: ${line}`, { reason: error.reason, cause: error });
}

;// CONCATENATED MODULE: ./lib/tools/postgres/client.js





/** Since PostgreSQL 16. */
const KNOWS_ZSTD = 16;
/** Characters; the runner keeps no more. */
const MOST_DEFINITIONS = 60 * 1024 * 1024;
const READY_EVERY_MS = 500;
const QUICK_MS = 60_000;
/** PostgreSQL's client programs: psql, pg_dump, pg_dumpall, pg_restore. */
class PostgresClient {
    #options;
    #version;
    constructor(options) {
        this.#options = options;
    }
    clientVersion() {
        this.#version ??= this.#readVersion();
        return this.#version;
    }
    async #readVersion() {
        const { stdout } = await this.#run(['pg_dump', '--version'], undefined, { timeoutMs: QUICK_MS });
        const version = /\(PostgreSQL\) (\d+(?:\.\d+)?)/.exec(stdout)?.[1];
        if (version === undefined)
            throw new errors/* ToolError */.v4('pg_dump does not say its version', { reason: this.#options.failure });
        return version;
    }
    async reachable(address, limitMs) {
        const { runner, signal, clock } = this.#options;
        for (const deadline = clock.elapsed() + limitMs;;) {
            const command = [this.#path('pg_isready'), '--quiet', '--timeout=5'];
            const env = { ...libpqEnvironment(address), PGPASSWORD: undefined };
            const { exitCode } = await runner.run({ command: [...command], env, timeoutMs: QUICK_MS, okExitCodes: [0, 1, 2, 3], signal });
            if (exitCode === 0)
                return;
            if (clock.elapsed() >= deadline)
                throw new errors/* TimeoutError */.MU(`the database server ${address.host}:${address.port}`, limitMs);
            await clock.sleep(READY_EVERY_MS, signal);
        }
    }
    open(address) {
        const { runner, timeoutMs, failure, signal } = this.#options;
        return PsqlSession.open({ runner, psql: this.#path('psql'), address, timeoutMs, failure, signal });
    }
    async dump({ address, snapshot, folder, jobs }) {
        const compress = this.#options.compress ?? (Number.parseInt(await this.clientVersion(), 10) >= KNOWS_ZSTD ? 'zstd:3' : '3');
        const how = ['--format=directory', `--file=${folder}`, `--jobs=${jobs}`, `--compress=${compress}`, `--snapshot=${snapshot}`];
        await this.#run(['pg_dump', '--no-password', ...how], address);
    }
    async definitions(address, snapshot) {
        const of = snapshot === undefined ? [] : [`--snapshot=${snapshot}`];
        const { stdout } = await this.#run(['pg_dump', '--no-password', '--schema-only', ...of], address);
        if (stdout.length >= MOST_DEFINITIONS)
            throw new errors/* ToolError */.v4('The definitions of the database are too large', { reason: this.#options.failure });
        return stdout;
    }
    async globals(address, withPasswords = false) {
        const passwords = withPasswords ? [] : ['--no-role-passwords'];
        const command = ['pg_dumpall', '--no-password', '--globals-only', ...passwords, `--database=${conninfo(address.database)}`];
        const { stdout } = await this.#run(command, address);
        return stdout;
    }
    async sequencesOf(folder) {
        const { stdout: list } = await this.#run(['pg_restore', '--list', folder]);
        const lines = list.split('\n').filter((line) => !line.startsWith(';') && isSequenceValue(line));
        if (lines.length === 0)
            return [];
        const use = this.#options.files.file('entries.list', `${lines.join('\n')}\n`);
        const { stdout } = await this.#run(['pg_restore', '--file=-', `--use-list=${use}`, folder]);
        return sequenceValues(stdout);
    }
    async readThrough(folder) {
        await this.#run(['pg_restore', '--file=/dev/null', folder]);
    }
    async databaseScript(folder) {
        const { stdout } = await this.#run(['pg_restore', '--file=-', '--create', '--schema-only', folder]);
        return ofDatabase(stdout);
    }
    async restore({ address, folder, jobs }) {
        const how = ['--exit-on-error', '--no-tablespaces', `--jobs=${jobs}`, '--no-password', `--dbname=${conninfo(address.database)}`];
        await this.#run(['pg_restore', ...how, folder], address);
    }
    #path = (name) => (this.#options.bin === undefined ? name : (0,external_node_path_.join)(this.#options.bin, name));
    async #run([name, ...args], address, limits = {}) {
        const { runner, timeoutMs, failure, signal } = this.#options;
        const env = address === undefined ? {} : libpqEnvironment(address);
        const command = [this.#path(name), ...args];
        const run = runner.run({ command: [...command], env, timeoutMs: limits.timeoutMs ?? timeoutMs, failure, signal });
        return await run.catch((error) => Promise.reject(client_inWords(name, error)));
    }
}
const SHOWN = 3;
/** What went wrong comes first; the last line may only say that a worker is gone. */
function client_inWords(name, error) {
    if (!(error instanceof errors/* ProcessError */.yI))
        return error;
    const lines = error.stderr.split('\n').flatMap((line) => /(?:error|fatal|detail): (.*)/i.exec(line)?.[1] ?? []);
    if (lines.length === 0)
        return error;
    return new errors/* ToolError */.v4(`${name}: ${[...new Set(lines)].slice(0, SHOWN).join('; ')}`, { reason: error.reason, cause: error });
}
/** A name with `=` in it would be taken for a whole connection string. */
const conninfo = (database) => `dbname='${database.replace(/[\\']/g, '\\$&')}'`;

// EXTERNAL MODULE: ./lib/tools/process.js
var tools_process = __webpack_require__(51810);
// EXTERNAL MODULE: ./node_modules/aws4fetch/dist/aws4fetch.esm.mjs
var aws4fetch_esm = __webpack_require__(12580);
;// CONCATENATED MODULE: ./lib/tools/s3/presign.js

/** An address that holds the right to one call (AWS Signature Version 4): no header with a secret goes to a storage without TLS. */
async function presigned(location, { method, key, query = {}, now, expires = 300 }) {
    const { endpoint, bucket, region, accessKeyId, secretAccessKey } = location;
    const path = [bucket, ...(key === '' ? [] : key.split('/'))].map(encodeURIComponent).join('/');
    const asked = new URLSearchParams({ ...query, 'X-Amz-Expires': String(expires) });
    const signer = new aws4fetch_esm/* AwsV4Signer */.s({
        method,
        url: `${new URL(endpoint).origin}/${path}?${asked}`,
        accessKeyId,
        secretAccessKey,
        region,
        service: 's3',
        datetime: new Date(now).toISOString().replace(/[-:]|\.\d+/g, ''),
        signQuery: true,
    });
    return (await signer.sign()).url.href;
}

;// CONCATENATED MODULE: ./lib/tools/s3/versions.js


const REQUEST_MS = 60_000;
/** Of a thousand versions each; what is listed again and again does not go. */
const ROUNDS = 20;
const REFUSED = [400, 403, 405, 409];
/**
 * What rclone cannot: in a bucket with versions its deletion hides an object, locked or not, and leaves every byte. Here a version goes by its
 * id, and a storage that holds it by a lock says no.
 */
class S3Versions {
    #options;
    #versioned;
    constructor(options) {
        this.#options = options;
    }
    /** Whether the bucket keeps versions. Whoever may not ask, or cannot be told, has none. */
    isKept() {
        this.#versioned ??= this.#call('GET', '', { versioning: '' }).then(({ status, body }) => status === 200 && /<Status>\s*(Enabled|Suspended)\s*<\/Status>/.test(body), () => false);
        return this.#versioned;
    }
    /** Removes every version of an object, the newest first; none is hidden that cannot go. Errors: `ToolError` (backup-failed). */
    async remove(key) {
        for (let rounds = 0; rounds < ROUNDS; rounds += 1) {
            const listed = await this.#call('GET', '', { versions: '', prefix: key, 'max-keys': '1000' });
            if (listed.status !== 200)
                throw this.#wrong('list the versions of', key, listed);
            const ids = versionsOf(listed.body, key);
            if (ids.length === 0)
                return 'removed';
            for (const versionId of ids) {
                const gone = await this.#call('DELETE', key, { versionId });
                if (REFUSED.includes(gone.status))
                    return 'locked';
                if (gone.status >= 300 && gone.status !== 404)
                    throw this.#wrong('remove', key, gone);
            }
        }
        return 'locked';
    }
    async #call(method, key, query) {
        const { http, clock, location, signal } = this.#options;
        const url = await presigned(location, { method, key, query, now: clock.now() });
        return await http.request({ method, url, timeoutMs: REQUEST_MS, signal });
    }
    #wrong(what, key, { status, body }) {
        const [, code = ''] = /<Code>([\w.]{1,60})<\/Code>/.exec(body) ?? [];
        const hint = 'In a bucket with versions the key needs s3:ListBucketVersions and s3:DeleteObjectVersion, too.';
        return new errors/* ToolError */.v4(`The storage does not ${what} ${key}: ${status} ${code}`.trim(), { reason: 'backup-failed', hint });
    }
}
/** Pure: ids of the versions and delete markers of this very key, the newest first. Keys of ours have no sign that XML would write otherwise. */
function versionsOf(xml, key) {
    const text = (part, name) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(part)?.[1] ?? '';
    return [...xml.matchAll(/<(Version|DeleteMarker)>([\s\S]*?)<\/\1>/g)]
        .map(([, , part = '']) => part)
        .filter((part) => text(part, 'Key') === key)
        .toSorted((a, b) => Number(text(b, 'IsLatest') === 'true') - Number(text(a, 'IsLatest') === 'true'))
        .map((part) => text(part, 'VersionId'));
}

;// CONCATENATED MODULE: ./lib/tools/rclone.js



/** rclone's exit codes for a folder and a file that are not there. */
const NOT_FOUND = [3, 4];
const TEXT_BYTES = 4 * 1024 * 1024;
/** How a storage says that an object may not go yet, or that this key may not remove any. */
const rclone_REFUSED = /AccessDenied|WORM|ObjectLocked|object.?lock|InvalidRequest|Forbidden|status code: 403/i;
/** The program `rclone`, S3 by path style: one object is one PUT, since an upload in pieces may be left unfinished. */
class RcloneS3 {
    #options;
    #versions;
    constructor(options) {
        this.#options = options;
        this.#versions = new S3Versions(options);
    }
    async list() {
        const args = ['lsjson', '--recursive', '--files-only', '--no-mimetype', '--use-server-modtime', this.#at()];
        const { stdout, exitCode } = await this.#run(args, { okExitCodes: [0, ...NOT_FOUND] });
        if (exitCode !== 0)
            return [];
        const wrong = (why) => new errors/* ToolError */.v4(`rclone's list cannot be read: ${why}`, { reason: 'backup-failed' });
        const found = (0,json/* parseJson */.qF)(stdout, wrong);
        const objects = found.map(({ Path: path, Size: bytes, ModTime }) => ({ path, bytes: Number(bytes), at: Date.parse(ModTime) }));
        return objects.sort((a, b) => (a.path < b.path ? -1 : 1));
    }
    async put(path, file) {
        await this.#run(['copyto', '--no-check-dest', '--s3-upload-cutoff=5Gi', file, this.#at(path)]);
    }
    async putText(path, text) {
        await this.put(path, this.#options.files.file('object', text));
    }
    async read(path, to) {
        await this.#run(['cat', this.#at(path)], { output: to });
    }
    async text(path, limit = TEXT_BYTES) {
        const { stdout } = await this.#run(['cat', `--head=${limit + 1}`, this.#at(path)]);
        if (Buffer.byteLength(stdout) > limit)
            throw new errors/* ToolError */.v4(`${path} is larger than ${limit} bytes`, { reason: 'backup-damaged' });
        return stdout;
    }
    async remove(path) {
        if (await this.#versions.isKept())
            return this.#versions.remove(this.#key(path));
        try {
            await this.#run(['deletefile', '--retries=1', this.#at(path)], { okExitCodes: [0, ...NOT_FOUND] });
            return 'removed';
        }
        catch (error) {
            if (error instanceof errors/* ProcessError */.yI && rclone_REFUSED.test(error.stderr))
                return 'locked';
            throw error;
        }
    }
    async sweepUnfinished() {
        await this.#run(['backend', 'cleanup', this.#at(), '-o', 'max-age=24h'], { okExitCodes: [0, 1, ...NOT_FOUND] });
    }
    #at(path = '') {
        return `store:${[this.#options.location.bucket, this.#key(path)].filter((part) => part !== '').join('/')}`;
    }
    #key(path) {
        return [this.#options.location.prefix, path].filter((part) => part !== '').join('/');
    }
    #run([name, ...args], more = {}) {
        const { runner, location, timeoutMs, signal } = this.#options;
        const fixed = ['--retries=3', '--low-level-retries=5', '--contimeout=20s', '--timeout=5m', '--s3-no-check-bucket'];
        const command = ['rclone', name, ...fixed.filter((flag) => !args.some((arg) => sameFlag(arg, flag))), ...args];
        return runner.run({ command: [...command], env: remote(location), timeoutMs, signal, failure: 'backup-failed', ...more });
    }
}
const sameFlag = (a, b) => a.split('=')[0] === b.split('=')[0];
/** The storage as rclone's remote `store`, by variables: a file would hold the keys. */
const remote = ({ endpoint, region, accessKeyId, secretAccessKey }) => ({
    RCLONE_CONFIG: '/dev/null',
    RCLONE_CONFIG_STORE_TYPE: 's3',
    RCLONE_CONFIG_STORE_PROVIDER: 'Other',
    RCLONE_CONFIG_STORE_ENDPOINT: endpoint,
    RCLONE_CONFIG_STORE_REGION: region,
    RCLONE_CONFIG_STORE_ACCESS_KEY_ID: accessKeyId,
    RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY: secretAccessKey,
    RCLONE_CONFIG_STORE_FORCE_PATH_STYLE: 'true',
    RCLONE_CONFIG_STORE_ACL: 'private',
    // Newer storages than the one that is asked know checksums that it does not.
    AWS_REQUEST_CHECKSUM_CALCULATION: 'WHEN_REQUIRED',
    AWS_RESPONSE_CHECKSUM_VALIDATION: 'WHEN_REQUIRED',
});

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(51455);
;// CONCATENATED MODULE: ./lib/tools/scratch.js







/** Room on a disk, private to this user; `close` removes it. */
class ScratchFolder {
    root;
    /** `base` exists: a volume of the Job, or the runner's folder for temporary files. */
    constructor(base) {
        this.root = (0,external_node_fs_.mkdtempSync)((0,external_node_path_.join)(base, 'todo-deploy-backup-'));
    }
    close() {
        (0,external_node_fs_.rmSync)(this.root, { recursive: true, force: true });
    }
    place(name) {
        return (0,external_node_path_.join)(this.root, `${name}-${(0,external_node_crypto_.randomUUID)()}`);
    }
    folder(name) {
        const path = this.place(name);
        (0,external_node_fs_.mkdirSync)(path, { mode: 0o700 });
        return path;
    }
    file(name, content) {
        const path = this.place(name);
        (0,external_node_fs_.writeFileSync)(path, content, { mode: 0o600, flag: 'wx' });
        return path;
    }
    directory(name) {
        return this.folder(name);
    }
    write(folder, name, text) {
        (0,external_node_fs_.writeFileSync)((0,external_node_path_.join)(folder, name), text, { mode: 0o600 });
    }
    text(folder, name) {
        return (0,external_node_fs_.readFileSync)((0,external_node_path_.join)(folder, name), 'utf8');
    }
    names(folder) {
        return (0,external_node_fs_.existsSync)(folder) ? (0,external_node_fs_.readdirSync)(folder).sort() : [];
    }
    copy(from, to) {
        // A Secret's volume holds its files behind links that begin with two dots.
        const filter = (path) => path === from || !(0,external_node_path_.basename)(path).startsWith('.');
        (0,external_node_fs_.cpSync)(from, to, { recursive: true, dereference: true, filter });
    }
    remove(path) {
        (0,external_node_fs_.rmSync)(path, { recursive: true, force: true });
    }
    async *parts(input, bytes) {
        const file = this.place('part');
        let open;
        try {
            for await (const chunk of input) {
                for (let from = 0; from < chunk.length;) {
                    open ??= await OpenPart.create(file);
                    const piece = chunk.subarray(from, from + bytes - open.bytes);
                    await open.add(piece);
                    from += piece.length;
                    if (open.bytes < bytes)
                        continue;
                    const whole = open;
                    open = undefined;
                    yield await whole.end();
                }
            }
            if (open)
                yield await open.end();
        }
        catch (error) {
            if (error instanceof errors/* DeployError */.sH || (0,values/* codeOf */.$N)(error) === '')
                throw error;
            throw new errors/* ToolError */.v4(`A part of the backup could not be written to the disk (${(0,values/* codeOf */.$N)(error)})`, {
                reason: 'backup-failed',
                cause: error,
            });
        }
        finally {
            await open?.abandon();
            this.remove(file);
        }
    }
    hash(to) {
        const hash = (0,external_node_crypto_.createHash)('sha256');
        let bytes = 0;
        const sink = new external_node_stream_.Writable({
            write(chunk, _, done) {
                hash.update(chunk);
                bytes += chunk.length;
                if (to === undefined)
                    done();
                else
                    to.write(chunk, done);
            },
        });
        return { sink, result: () => ({ bytes, sha256: hash.digest('hex') }) };
    }
}
/** A part while it is written. */
class OpenPart {
    #file;
    #handle;
    #hash = (0,external_node_crypto_.createHash)('sha256');
    bytes = 0;
    constructor(file, handle) {
        this.#file = file;
        this.#handle = handle;
    }
    static async create(file) {
        return new OpenPart(file, await (0,promises_.open)(file, 'w', 0o600));
    }
    async add(piece) {
        this.#hash.update(piece);
        for (let from = 0; from < piece.length;) {
            const { bytesWritten } = await this.#handle.write(piece, from);
            from += bytesWritten;
        }
        this.bytes += piece.length;
    }
    async end() {
        await this.#handle.close();
        return { file: this.#file, bytes: this.bytes, sha256: this.#hash.digest('hex') };
    }
    abandon() {
        return this.#handle.close().catch(() => undefined);
    }
}

;// CONCATENATED MODULE: ./lib/tools/tar-program.js
/** The program `tar`. */
class Tar {
    #options;
    constructor(options) {
        this.#options = options;
    }
    async pack(folder, output) {
        const { runner, ...limits } = this.#options;
        const command = ['tar', '--create', '--directory', folder, '--numeric-owner', '.'];
        await runner.run({ command, output, failure: 'backup-failed', ...limits });
    }
    async unpack(input, folder, without) {
        const { runner, ...limits } = this.#options;
        const left = without === undefined ? [] : [`--exclude=./${without}`];
        const command = ['tar', '--extract', '--directory', folder, '--no-same-owner', '--no-same-permissions', ...left];
        await runner.run({ command: [...command], input, failure: 'backup-damaged', ...limits });
    }
}

;// CONCATENATED MODULE: ./lib/actions/shared/backup/tools.js








/** PostgreSQL's programs, age, tar and rclone of this machine. `close` removes what they left on the disk. */
function backupTools(context, needs) {
    const { log, clock, signal, processes, secrets, variables } = context;
    const { onStart, onEnd } = { onStart: processes.started, onEnd: processes.ended };
    const runner = new tools_process/* NodeProcessRunner */.u({ onStart, onEnd, redact: secrets.redact, env: variables });
    const scratch = new ScratchFolder(needs.scratch);
    const limits = { runner, timeoutMs: needs.timeoutMs, signal };
    const location = { ...needs.destination, ...needs.keys, prefix: (0,backup/* appPrefix */.We)(needs.destination.prefix, needs.app) };
    return {
        postgres: new PostgresClient({ ...limits, files: scratch, clock, failure: needs.failure, compress: needs.compress }),
        store: new RcloneS3({ ...limits, location, files: scratch, clock, http: new http/* UndiciHttp */.z({ env: variables }) }),
        encryption: new Age(limits),
        archiver: new Tar(limits),
        scratch,
        clock,
        log,
        close: () => scratch.close(),
    };
}

// EXTERNAL MODULE: ./lib/actions/shared/backup/would-go.js
var would_go = __webpack_require__(50428);
;// CONCATENATED MODULE: ./lib/actions/backup-job/run.js









const GONE = 40;
/** What the Job of a backup runs: takes one with this machine's programs, and reports; or says what retention would remove. */
async function runBackupJob(context, inputs) {
    const { app, policy, take, alarm, ...needs } = inputs;
    const tools = backupTools(context, { ...needs, app, failure: 'backup-failed' });
    try {
        if (take === undefined)
            return await dryRun(context, await (0,backup/* wouldGo */.s1)(tools, policy));
        return await (0,alarmed/* alarmed */.j)(context, alarm, { what: 'backup', ...app }, async () => {
            const { waitMs, beside: wanted, ...options } = take;
            if (waitMs > 0)
                await tools.postgres.reachable(take.address, waitMs);
            const readable = readableRecords(context, take.include);
            const random = (0,external_node_crypto_.randomBytes)(3).toString('hex');
            const beside = wanted && ((id, signal) => askedAndTold(context, wanted, id, signal));
            const taken = await (0,backup/* takeBackup */.ay)({ ...options, readable, app, policy, random, beside }, tools);
            await run_report(context, taken);
            return taken;
        });
    }
    finally {
        tools.close();
    }
}
/** Whoever runs this Job knows what goes with the backup, and no account of its pod does. Errors: `TimeoutError`. */
async function askedAndTold({ clock, signal }, { port, readyFile, limitMs }, id, stop) {
    const [heard, late] = [new AbortController(), new AbortController()];
    const until = AbortSignal.any([signal, stop]);
    const error = new errors/* TimeoutError */.MU('whoever runs this Job to say what goes with the backup', limitMs);
    void clock.sleep(limitMs, AbortSignal.any([until, heard.signal])).then(() => late.abort(error), () => undefined);
    try {
        const answering = AbortSignal.any([until, late.signal]);
        return await exchange({ answerTo: (line) => (0,backup/* answerTo */.oy)(id, line), port, readyFile, signal: answering });
    }
    finally {
        // From now on it may take as long as it takes; it goes on answering meanwhile.
        heard.abort();
    }
}
async function dryRun(context, found) {
    (0,would_go/* tellWouldGo */.rz)(context, found);
    await (0,report/* writeBackupReport */.k)(context, (0,would_go/* wouldGoReport */.o)(found));
    return found;
}
async function run_report(context, { manifest, pruned, swept, gone, seconds }) {
    const { id, sequence, snapshotAt, parts, contents, source } = manifest;
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    const { removed, locked, later, because } = pruned;
    context.setOutput('backup', id);
    context.setOutput('sequence', String(sequence));
    context.setOutput('bytes', String(bytes));
    await (0,report/* writeBackupReport */.k)(context, {
        backup: id,
        sequence,
        snapshotAt,
        bytes,
        parts: parts.length,
        contents,
        server: source.server,
        seconds,
        swept,
        removed: removed.length,
        locked: locked.length,
        later: later.length,
        because,
        // A Job's report has 4 KiB: what is more goes with the next run.
        ...(gone.ids.length > 0 && { gone: gone.ids.slice(0, GONE), newestGood: gone.newestGood }),
    });
    for (const old of removed)
        context.log.info(`Removed backup ${old}`);
    for (const held of locked)
        context.log.info(`Backup ${held} may go, but the storage holds it (a lock, or the key may not remove it)`);
    if (because !== undefined)
        context.log.info(`No backup was removed: ${because}`);
    context.summary.heading(2, `Backup ${id}`);
    context.summary.list([
        `${contents.tables} tables, ${contents.rows} rows, as of ${snapshotAt}`,
        `${bytes} bytes in ${parts.length} part(s), read back and compared`,
        `PostgreSQL ${source.server}, database ${source.database}`,
        ...removed.map((old) => `removed: ${old}`),
    ]);
}

// EXTERNAL MODULE: ./lib/actions/build-push/inputs.js + 9 modules
var build_push_inputs = __webpack_require__(34690);
// EXTERNAL MODULE: ./lib/actions/build-push/post.js
var post = __webpack_require__(91861);
// EXTERNAL MODULE: ./lib/actions/build-push/run.js + 31 modules
var build_push_run = __webpack_require__(90714);
// EXTERNAL MODULE: ./lib/actions/deploy/inputs.js + 1 modules
var deploy_inputs = __webpack_require__(82212);
// EXTERNAL MODULE: ./lib/actions/deploy/post.js
var deploy_post = __webpack_require__(53141);
// EXTERNAL MODULE: ./lib/actions/deploy/run.js + 1 modules
var deploy_run = __webpack_require__(79624);
// EXTERNAL MODULE: ./lib/actions/doctor/run.js + 4 modules
var doctor_run = __webpack_require__(75583);
// EXTERNAL MODULE: ./lib/build/images.js
var build_images = __webpack_require__(54104);
// EXTERNAL MODULE: ./lib/actions/build-push/login.js
var login = __webpack_require__(97710);
;// CONCATENATED MODULE: ./lib/actions/init/inputs.js





const HOST = /^(?=.{1,253}$)(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/;
/** The only reader of what `init` is given. Throws ConfigurationError before anything is read or written. */
function readInitInputs({ inputs }) {
    const given = inputs.yaml('images');
    const images = given === undefined ? [] : (0,build_images/* parseImages */.e)(given, { platforms: [], buildArgs: {} });
    const chart = inputs.path('chart') || undefined;
    return {
        wanted: {
            images: images.map(({ name, context, file, target }) => ({ name, context, file, target })),
            registry: inputs.string('registry') === '' ? undefined : (0,login/* readRegistry */._5)(inputs),
            chart: chart?.replace(/^\.\/|\/+$/g, '') || undefined,
            release: inputs.optional('release', { pattern: release_inputs/* RELEASE */.g2, describe: 'a Helm release name such as todo' }),
            namespace: inputs.optional('namespace', { pattern: cluster_access/* NAME */.o_, describe: 'a Kubernetes name such as todo' }),
            host: inputs.optional('host', { pattern: HOST, describe: 'a host name such as todo.example.com' }),
            issuer: inputs.optional('cluster-issuer', { pattern: cluster_access/* NAME */.o_, describe: 'name of a ClusterIssuer such as letsencrypt' }),
            ingressClass: inputs.optional('ingress-class', { pattern: cluster_access/* NAME */.o_, describe: 'name of an IngressClass such as traefik' }),
            cluster: inputs.optional('cluster', { pattern: cluster_access/* CLUSTER */.Bs, describe: 'name or id of a DigitalOcean Kubernetes cluster' }),
            environment: inputs.string('environment', {
                default: 'production',
                pattern: /^[\w.-]{1,100}$/,
                describe: 'a name such as production',
            }),
            ...readPorts(inputs),
        },
        branch: inputs.optional('branch', { pattern: /^[\w][\w./-]*$/, describe: 'a branch such as main' }),
        dryRun: inputs.boolean('dry-run', false),
    };
}
/** `3000`, or `web=3000` for one of several. */
function readPorts(inputs) {
    const entries = inputs.list('port', { pattern: /^([a-z0-9][\w./-]*=)?\d{1,5}$/, describe: '3000, or NAME=3000' }).map((text) => {
        const [port = '', name = ''] = text.split('=').reverse();
        if (Number(port) < 1 || Number(port) > 65_535)
            throw new errors/* ConfigurationError */.j1(`Input "port" is "${text}": not a port (allowed: 1 to 65535)`);
        return [name, Number(port)];
    });
    return { port: entries.find(([name]) => name === '')?.[1], ports: Object.fromEntries(entries.filter(([name]) => name !== '')) };
}

// EXTERNAL MODULE: ./lib/interfaces/image-reference.js
var image_reference = __webpack_require__(44589);
;// CONCATENATED MODULE: ./lib/init/read/names.js
/** Pure: a name that Kubernetes and registries take, of any text; '' where nothing of it is left. */
const dnsName = (text, longest = 40) => text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, longest)
    .replace(/-+$/, '');
/** Pure: a key that a template can name without quotes, and YAML takes for text. */
function valueKey(name) {
    const key = name.replace(/-+([a-z0-9])/g, (_, next) => next.toUpperCase());
    return /^(\d|(y|n|yes|no|on|off|true|false|null|ingress)$)/.test(key) ? `app${key.charAt(0).toUpperCase()}${key.slice(1)}` : key;
}
const folderOf = (path) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.');
const fileOf = (path) => path.slice(path.lastIndexOf('/') + 1);
/** Pure: `./a/../b` → `b`; `.` for the repository itself; undefined for what lies outside of it. */
function inside(...parts) {
    const out = [];
    for (const part of parts.flatMap((path) => path.split('/'))) {
        if (part === '' || part === '.')
            continue;
        if (part !== '..')
            out.push(part);
        else if (out.pop() === undefined)
            return undefined;
    }
    return out.join('/') || '.';
}
/** Pure: a path in a folder of the repository. */
const below = (folder, path) => (folder === '.' ? path : `${folder}/${path}`);

// EXTERNAL MODULE: ./lib/interfaces/reading/limits.js
var limits = __webpack_require__(74995);
// EXTERNAL MODULE: ./lib/interfaces/reading/yaml.js + 2 modules
var yaml = __webpack_require__(1455);
;// CONCATENATED MODULE: ./lib/init/read/yaml.js


/** Pure: what a YAML file holds, with merge keys; undefined where it is not YAML. Its mistakes are its owner's, and are said where it is used. */
function yamlOf(text) {
    return text === undefined ? undefined : (0,yaml/* tryYaml */.bb)(text, { limits: limits/* LARGE */.I, schema: { merge: true } });
}

;// CONCATENATED MODULE: ./lib/init/read/chart.js





/** Values for where users are; those for a developer's machine are not. */
const PRODUCTION = /^values[-._](prod(uction)?)\.ya?ml$/i;
const ASIDE = /(^|\/)(node_modules|vendor|tests?|testdata|fixtures|examples?)\//;
/** On charts that init wrote: they are read as what they were made from. */
const OWN_CHART = 'todo-deploy.dev/written-by';
/** Returns the chart to deploy; undefined where there is none. Throws ConfigurationError where it cannot be said which. */
function findChart(checkout, named) {
    const files = checkout.files.filter((path) => fileOf(path) === 'Chart.yaml');
    if (named !== undefined)
        return files.includes(below(named, 'Chart.yaml')) ? readChart(checkout, named) : undefined;
    const folders = files.map(folderOf);
    const charts = folders
        .filter((folder) => !ASIDE.test(`${folder}/`))
        // Subcharts are part of another one.
        .filter((folder) => !folders.some((other) => other !== folder && folder.startsWith(other === '.' ? 'charts/' : `${other}/charts/`)))
        .filter((folder) => (0,values/* fieldAt */.UK)(yamlOf(checkout.read(below(folder, 'Chart.yaml'))), 'type') !== 'library');
    const [only, ...more] = charts;
    if (only === undefined)
        return undefined;
    if (more.length === 0)
        return readChart(checkout, only);
    throw new errors/* ConfigurationError */.j1(`There are ${charts.length} charts, and nothing says which one is the app: ${charts.join(', ')}`, {
        hint: `Name it: --chart ${only}`,
    });
}
/** Whether init wrote it. */
const isOwnChart = (checkout, folder) => (0,values/* fieldAt */.UK)(yamlOf(checkout.read(below(folder, 'Chart.yaml'))), 'annotations', OWN_CHART) !== undefined;
function readChart(checkout, folder) {
    const inChart = checkout.files.filter((path) => folder === '.' || path.startsWith(`${folder}/`));
    const valueFiles = inChart.filter((path) => folderOf(path) === folder && PRODUCTION.test(fileOf(path)));
    const templates = inChart.filter((path) => /\/templates\/.*\.(ya?ml|tpl)$/.test(`/${path}`)).map((path) => checkout.read(path) ?? '');
    const images = [below(folder, 'values.yaml'), ...valueFiles].flatMap((path) => valueImages(yamlOf(checkout.read(path)), []));
    // Later files win.
    const byPath = new Map(images.map((image) => [String(image.path), image]));
    return {
        folder,
        name: String((0,values/* fieldAt */.UK)(yamlOf(checkout.read(below(folder, 'Chart.yaml'))), 'name') ?? ''),
        valueFiles,
        images: [...byPath.values(), ...templates.flatMap(templateImages)],
        kinds: templates.flatMap(kindsIn),
    };
}
/** `{repository, tag}`, with or without `registry`; or the whole reference as text under a name that says `image`. */
function valueImages(value, path) {
    if (!(0,values/* isMap */.jh)(value))
        return [];
    const { repository, registry } = value;
    const here = path.at(-1) ?? '';
    if (typeof repository === 'string' && repository !== '' && (/image/i.test(here) || 'tag' in value)) {
        const hasRegistry = typeof registry === 'string' && registry !== '';
        return [{ path, hasRegistry, isText: false, repository: hasRegistry ? `${registry}/${repository}` : repository }];
    }
    return Object.entries(value).flatMap(([key, one]) => {
        if (typeof one !== 'string' || !/image$/i.test(key))
            return valueImages(one, [...path, key]);
        return (0,image_reference/* parseImage */.zZ)(one).reference ? [{ path: [...path, key], hasRegistry: false, isText: true, repository: (0,image_reference/* nameOf */.Vb)(one) }] : [];
    });
}
/** `image: ghcr.io/acme/web:{{ .Values.tag }}`: what stands before the first expression. */
function templateImages(text) {
    const found = text.matchAll(/^\s*(?:- )?image:\s*["']?([a-z0-9][\w./-]*(?::\d+\/[\w./-]+)?)(?=[:@"'\s]|\{\{|$)/gm);
    return [...found].flatMap(([, name = '']) => (0,image_reference/* parseImage */.zZ)(name).reference ? [{ path: undefined, hasRegistry: false, isText: true, repository: name }] : []);
}
/** What the templates make. An API version that is an expression is the one of the kind that people mean. */
function kindsIn(text) {
    return text.split(/^---\s*$/m).flatMap((document) => [...document.matchAll(/^kind:\s*["']?([A-Z]\w+)/gm)].map(([, kind = '']) => {
        const [, version = ''] = /^apiVersion:\s*["']?([\w./-]+)/m.exec(document) ?? [];
        return { apiVersion: version, kind };
    }));
}
/** Pure: whether this name leads to a registry of one's own, rather than to a program that others publish. */
const isOwnRegistry = (repository) => (0,image_reference/* hostOf */.w4)(repository) !== 'docker.io' || repository.includes('/');

;// CONCATENATED MODULE: ./lib/init/names-in-chart.js


const last = (repository) => repository.split('/').at(-1) ?? '';
/** Pure: which of the chart's images each built one is: by its own name, by its part's, by where the values stand; or the only one left. */
function matchImages(images, inChart) {
    const free = new Set(inChart);
    const take = (found) => {
        if (found !== undefined)
            free.delete(found);
        return found;
    };
    const matches = images.map(({ image, part }) => {
        const rest = [...free];
        const found = rest.find(({ repository }) => last(repository) === image.name) ??
            rest.find(({ repository }) => last(repository) === part) ??
            rest.find(({ repository }) => last(repository).endsWith(`-${part}`)) ??
            rest.find(({ path }) => path?.some((key) => key.toLowerCase() === part.replaceAll('-', '')));
        return { image, part, inChart: take(found) };
    });
    const [only, ...more] = matches.filter((match) => match.inChart === undefined);
    if (only === undefined || more.length > 0)
        return matches;
    // What `helm create` says, or the only one that is not a program of others.
    const rest = [...free];
    const own = rest.filter(({ repository, path }) => isOwnRegistry(repository) || path?.join('.') === 'image.repository' || path?.join('.') === 'image');
    const candidates = own.length > 0 ? own : rest;
    if (candidates.length === 1)
        only.inChart = take(candidates[0]);
    return matches;
}
/** Pure: the prefix that the chart's own images have in common; undefined where they name none of one's own. */
function chartRegistry(matches) {
    const prefixes = matches.flatMap(({ inChart }) => {
        if (inChart === undefined || !isOwnRegistry(inChart.repository) || !inChart.repository.includes('/'))
            return [];
        const { host, path } = (0,image_reference/* locatePrefix */.Rf)(inChart.repository);
        const prefix = path.split('/').slice(0, -1).join('/');
        return [prefix === '' ? host : `${host}/${prefix}`];
    });
    return prefixes[0];
}
/** Pure: values that give the chart the names of what is built; undefined where it has them already. */
function imageValues(matches, registry) {
    const values = {};
    for (const { image, inChart } of matches) {
        const wanted = `${registry}/${image.name}`;
        if (inChart?.path === undefined || (0,image_reference/* repositoryOf */._M)(inChart.repository) === (0,image_reference/* repositoryOf */._M)(wanted))
            continue;
        put(values, inChart.path, inChart.isText ? wanted : names_in_chart_split(wanted, inChart.hasRegistry));
    }
    return Object.keys(values).length === 0 ? undefined : values;
}
function names_in_chart_split(wanted, hasRegistry) {
    if (!hasRegistry)
        return { repository: wanted };
    const { host, path } = (0,image_reference/* locatePrefix */.Rf)(wanted);
    return { registry: host, repository: path };
}
function put(values, path, value) {
    const [key = '', ...rest] = path;
    if (rest.length === 0)
        values[key] = value;
    else {
        values[key] ??= {};
        put(values[key], rest, value);
    }
}

;// CONCATENATED MODULE: ./lib/init/read/compose.js




const NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];
/** At the top, or in a folder that is there for it: others are of tests and examples. */
const PLACE = /^((docker|\.docker|compose|deploy|deployments?|infra|ops)\/)?[^/]+$/;
const DEVELOPERS = /^(dev|develop|development|debug|local|test)$/i;
/** Returns what the repository's compose file says, the outermost one; undefined where there is none that runs what is built here. */
function readCompose(checkout, repository) {
    const paths = checkout.files
        .filter((path) => PLACE.test(path) && NAMES.some((name) => path === name || path.endsWith(`/${name}`)))
        .sort((a, b) => a.split('/').length - b.split('/').length || NAMES.indexOf(a) - NAMES.indexOf(b) || (a < b ? -1 : 1));
    for (const path of paths) {
        const services = (0,values/* fieldAt */.UK)(yamlOf(checkout.read(path)), 'services');
        if (!(0,values/* isMap */.jh)(services))
            continue;
        const variables = dotenv(checkout.read(below(folderOf(path), '.env')));
        const own = (service) => withBuild(service, checkout, repository, variables);
        const entries = Object.entries(services).flatMap(([name, service]) => ((0,values/* isMap */.jh)(service) ? [[name, own(service)]] : []));
        const waited = new Set(entries.flatMap(([, service]) => endings(service)));
        const built = entries.flatMap(([name, service]) => builtService({ name, service, path, variables, task: waited.has(name) }) ?? []);
        if (built.length === 0)
            continue;
        const others = entries.filter(([, { build, image }]) => build === undefined && typeof image === 'string');
        return { path, services: built, others: Object.fromEntries(others.map(([name, { image }]) => [name, plain(image, variables)])) };
    }
    return undefined;
}
/** A published image of this very repository is the one that its Dockerfile makes. */
function withBuild(service, { files }, repository, variables) {
    const { build, image } = service;
    if (build !== undefined || typeof image !== 'string' || !files.includes('Dockerfile'))
        return service;
    return (0,image_reference/* nameOf */.Vb)(plain(image, variables)).split('/').at(-1) === repository ? { ...service, build: '/' } : service;
}
function builtService({ name, service, path, variables, task }) {
    const { build } = service;
    // A profile is for those who ask for it: tests, tools.
    if (build === undefined || build === null || (Array.isArray(service.profiles) && service.profiles.length > 0))
        return undefined;
    const text = (value) => plain(value, variables);
    const given = text((typeof build === 'string' ? build : (0,values/* fieldAt */.UK)(build, 'context')) ?? '.');
    const context = given === '/' ? '.' : inside(folderOf(path), given);
    if (context === undefined || /^[a-z]+:\/\//.test(given))
        return undefined;
    const file = (0,values/* fieldAt */.UK)(build, 'dockerfile');
    const target = (0,values/* fieldAt */.UK)(build, 'target');
    return {
        name,
        context,
        file: (typeof file === 'string' ? inside(context, text(file)) : undefined) ?? below(context, 'Dockerfile'),
        target: typeof target === 'string' && !DEVELOPERS.test(text(target)) ? text(target) : undefined,
        args: valuesOf((0,values/* fieldAt */.UK)(build, 'args'), variables),
        ports: [...listOf(service.ports), ...listOf(service.expose)].flatMap((port) => containerPort((0,values/* isMap */.jh)(port) ? port : text(port))),
        published: listOf(service.ports).length > 0,
        healthcheck: commandOf((0,values/* fieldAt */.UK)(service.healthcheck, 'test'))?.join(' '),
        entrypoint: commandOf(service.entrypoint),
        command: commandOf(service.command),
        forDevelopers: listOf(service.volumes).some((volume) => /^\.{1,2}(\/|:)/.test(String((0,values/* fieldAt */.UK)(volume, 'source') ?? volume))),
        env: valuesOf(service.environment, variables),
        task,
    };
}
/** Names of services that have to end well before this one starts. */
const endings = (service) => Object.entries((0,values/* isMap */.jh)(service.depends_on) ? service.depends_on : {})
    .filter(([, how]) => (0,values/* fieldAt */.UK)(how, 'condition') === 'service_completed_successfully')
    .map(([name]) => name);
const listOf = (value) => (Array.isArray(value) ? value : []);
/** `${NAME:-fallback}` is what the file `.env` says, else the fallback, else nothing. */
const plain = (value, variables) => String(value ?? '').replace(/\$\{(\w+)(?::?-([^}]*))?[^}]*\}|\$(\w+)/g, (_, braced, otherwise, bare) => variables[braced ?? bare ?? ''] ?? otherwise ?? '');
function dotenv(text) {
    const found = (text ?? '').matchAll(/^[ \t]*(?:export[^\S\n]+)?([A-Za-z_]\w*)[^\S\n]*=[^\S\n]*(?:"([^"\n]*)"|'([^'\n]*)'|([^#\n]*))/gm);
    return Object.fromEntries([...found].map(([, name = '', double, single, bare]) => [name, double ?? single ?? (bare ?? '').trim()]));
}
function containerPort(entry) {
    if ((0,values/* isMap */.jh)(entry))
        return entry.protocol === 'udp' ? [] : portOf(String(entry.target ?? ''));
    const text = String(entry);
    return text.endsWith('/udp') ? [] : portOf(text.split(':').at(-1)?.split('/')[0] ?? '');
}
const portOf = (text) => {
    const port = Number(/^(\d{1,5})(-\d+)?$/.exec(text)?.[1]);
    return port > 0 && port < 65_536 ? [port] : [];
};
/** A name alone is handed on from where compose runs. */
function valuesOf(value, variables) {
    const entries = (0,values/* isMap */.jh)(value)
        ? Object.entries(value)
        : listOf(value).map((line) => {
            const [name = '', ...rest] = String(line).split('=');
            return [name, rest.length === 0 ? null : rest.join('=')];
        });
    return Object.fromEntries(entries.map(([name, one]) => [name, one === null ? (variables[name] ?? '') : plain(one, variables)]));
}
function commandOf(value) {
    if (typeof value === 'string' && value.trim() !== '')
        return /["'$&|;<>\\]/.test(value) ? ['sh', '-c', value.trim()] : value.trim().split(/\s+/);
    if (!Array.isArray(value) || value.length === 0)
        return undefined;
    const words = value.map(String);
    if (words[0] === 'CMD-SHELL')
        return ['sh', '-c', words.slice(1).join(' ')];
    return words[0] === 'CMD' ? words.slice(1) : words;
}

;// CONCATENATED MODULE: ./lib/init/read/dockerfile.js

/** Pure: of the stage `target`, or of the last one. undefined where the text has no stage, or not this one. */
function readDockerfile(text, target) {
    const global = {};
    const stages = [];
    const sources = [];
    const users = {};
    for (const { word, rest } of instructionsOf(text)) {
        const stage = stages.at(-1);
        if (word === 'FROM')
            stages.push(newStage(expand(rest, global), stages));
        else if (stage === undefined)
            Object.assign(global, word === 'ARG' ? pairs(rest) : {});
        else if (word === 'COPY' || word === 'ADD')
            sources.push(...copied(rest));
        else if (word === 'RUN')
            Object.assign(users, created(rest));
        else
            take(stage, word, expand(rest, { ...global, ...stage.env }));
    }
    const stage = target === undefined ? stages.at(-1) : stages.find(({ name }, index) => name === target.toLowerCase() || `${index}` === target);
    if (stage === undefined)
        return undefined;
    const { base, user, ports, healthcheck, entrypoint, cmd, env } = stage;
    return { base, user, ports, healthcheck, command: `${entrypoint} ${cmd}`.trim(), env, sources, users };
}
function newStage(from, stages) {
    const words = from.split(/\s+/).filter((part) => !part.startsWith('--'));
    const [image = '', as, name] = words;
    const parent = stages.find((one) => one.name === image.toLowerCase());
    const own = { name: as?.toUpperCase() === 'AS' ? name?.toLowerCase() : undefined };
    return parent
        ? { ...parent, ...own, ports: [...parent.ports], env: { ...parent.env } }
        : { ...own, base: image, ports: [], entrypoint: '', cmd: '', env: {} };
}
function take(stage, word, rest) {
    if (word === 'USER')
        stage.user = rest.split(/[\s:]/)[0];
    else if (word === 'EXPOSE')
        stage.ports.push(...rest.split(/\s+/).flatMap(dockerfile_portOf));
    else if (word === 'HEALTHCHECK')
        stage.healthcheck = /^NONE\b/i.test(rest) ? undefined : rest;
    else if (word === 'ENTRYPOINT')
        stage.entrypoint = words(rest);
    else if (word === 'CMD')
        stage.cmd = words(rest);
    else if (word === 'ENV' || word === 'ARG')
        Object.assign(stage.env, pairs(rest));
}
/** Lines with their continuations, without comments and the bodies of here-documents. */
function instructionsOf(text) {
    const found = [];
    const lines = text.split(/\r?\n/);
    for (let at = 0; at < lines.length; at += 1) {
        let line = (lines[at] ?? '').trim();
        if (line === '' || line.startsWith('#'))
            continue;
        while (/[\\`]$/.test(line) && at + 1 < lines.length) {
            at += 1;
            const next = (lines[at] ?? '').trim();
            line = next.startsWith('#') ? line : `${line.slice(0, -1).trimEnd()} ${next}`;
        }
        for (const [, end] of line.matchAll(/<<-?["']?(\w+)["']?/g)) {
            const closing = lines.findIndex((one, index) => index > at && one.trim() === end);
            if (closing > at)
                at = closing;
        }
        const space = line.search(/\s/);
        if (space > 0)
            found.push({ word: line.slice(0, space).toUpperCase(), rest: line.slice(space).trim() });
    }
    return found;
}
/** `A=1 B="x y"`, the old `A 1`, and a name alone, which says nothing. */
function pairs(rest) {
    const old = /^([A-Za-z_]\w*)\s+([^=]*)$/.exec(rest);
    if (old)
        return { [old[1] ?? '']: (old[2] ?? '').trim() };
    const found = rest.matchAll(/([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|'[^']*'|[^\s]*)/g);
    return Object.fromEntries([...found].map(([, name = '', value = '']) => [name, value.replace(/^(["'])(.*)\1$/s, '$2')]));
}
const expand = (text, values) => text.replace(/\$(?:\{(\w+)(?::?[-+]([^}]*))?\}|(\w+))/g, (whole, braced, otherwise, bare) => {
    const value = values[braced ?? bare ?? ''];
    return value ?? otherwise ?? whole;
});
const dockerfile_portOf = (text) => {
    const [, port] = /^(\d{1,5})(?:-\d+)?(?:\/tcp)?$/i.exec(text) ?? [];
    return port === undefined || Number(port) === 0 || Number(port) > 65_535 ? [] : [Number(port)];
};
/** The exec form as a line. */
function words(rest) {
    if (!rest.startsWith('['))
        return rest;
    const parsed = (0,json/* tryJson */.MR)(rest);
    return Array.isArray(parsed) ? parsed.join(' ') : rest;
}
/** Sources in the context: not of other stages and images, of URLs, or of patterns. */
function copied(rest) {
    const flags = rest.match(/^(?:--\S+\s+)*/)?.[0] ?? '';
    if (flags.includes('--from='))
        return [];
    const parts = words(rest.slice(flags.length)).split(/\s+/).slice(0, -1);
    return parts.filter((source) => !/[*?[\]$<]|:\/\//.test(source) && source !== '' && source !== '.');
}
/** Users that a line creates under a number of its own choice. */
function created(rest) {
    const found = {};
    for (const command of rest.split(/&&|\|\||;/)) {
        if (!/\b(useradd|adduser)\b/.test(command))
            continue;
        const id = /(?:-u|--uid)[= ]?\s*(\d+)/.exec(command)?.[1];
        const name = command
            .trim()
            .split(/\s+/)
            .filter((word) => /^[a-z_][\w-]*$/.test(word) && word !== 'useradd' && word !== 'adduser')
            .at(-1);
        if (id !== undefined && name !== undefined)
            found[name] = Number(id);
    }
    return found;
}

;// CONCATENATED MODULE: ./lib/init/read/images.js


const SIDE = /^(node_modules|vendor|tests?|e2e|examples?|samples?|docs?|\.devcontainer|\.github|\.circleci|ci|hack|bench(marks?)?|fixtures|testdata|third_party|tools?|scripts?)$/i;
const images_ASIDE = /^(dev(elopment|container)?|tests?|ci|debug|local|e2e|bench|lint|docs?|base|builder|build|buildx|arm(64)?|amd64|alpine|debian|ubuntu|distroless|cross|release|goreleaser|windows|bake)$/i;
/** Pure: the images of the repository, in the order of their names; by flags, by the compose file, or by Dockerfiles. */
function findImages(checkout, wanted, repository, compose) {
    if (wanted.images.length > 0)
        return wanted.images.flatMap((one) => named(checkout, one, compose));
    return compose ? composed(checkout, compose, repository) : byDockerfiles(checkout, repository);
}
function named(checkout, { name, context, file, target }, compose) {
    const folder = context.replace(/^\.\/|\/+$/g, '') || '.';
    const path = file?.replace(/^\.\//, '') ?? below(folder, 'Dockerfile');
    const dockerfile = readDockerfile(checkout.read(path) ?? '', target);
    const services = (compose?.services ?? []).filter((one) => one.file === path && one.target === target && !one.task);
    const image = { name, context: folder, file: file && path, target, buildArgs: {} };
    return dockerfile ? [{ image, part: services[0]?.name ?? dnsName(fileOf(name)), sources: folderOf(path), dockerfile, services }] : [];
}
/** Services that are built alike share an image. */
function composed(checkout, compose, repository) {
    const groups = new Map();
    for (const service of compose.services.filter(({ task }) => !task)) {
        const key = JSON.stringify([service.context, service.file, service.target, service.args]);
        groups.set(key, [...(groups.get(key) ?? []), service]);
    }
    const found = [...groups.values()].flatMap((services) => {
        const main = services.find(({ published }) => published) ?? services[0];
        const dockerfile = main && readDockerfile(checkout.read(main.file) ?? '', main.target);
        if (!main || !dockerfile)
            return [];
        const isUsual = main.file === below(main.context, 'Dockerfile');
        const buildArgs = Object.fromEntries(Object.entries(main.args).filter(([, value]) => value !== ''));
        const image = { name: main.name, context: main.context, file: isUsual ? undefined : main.file, target: main.target, buildArgs };
        return [
            {
                image,
                part: dnsName(main.name),
                sources: folderOf(main.file),
                dockerfile,
                services: services.length > 1 ? services : services.map(forUsers),
            },
        ];
    });
    return withNames(found, repository);
}
/** Where one service alone has an image, what it runs on a developer's machine is nothing for users. */
const forUsers = (service) => service.forDevelopers ? { ...service, entrypoint: undefined, command: undefined } : service;
function byDockerfiles(checkout, repository) {
    const all = checkout.files.filter((path) => /^(Dockerfile|Containerfile)([.-].+)?$|\.Dockerfile$/i.test(fileOf(path)) && !path.endsWith('.dockerignore'));
    const serious = all.filter((path) => {
        const folders = path.split('/').slice(0, -1);
        return !folders.some((folder) => SIDE.test(folder)) && !images_ASIDE.test(variantOf(path));
    });
    const found = serious
        // Beside a plain Dockerfile the others are variants of it.
        .filter((path) => variantOf(path) === '' || !serious.some((other) => folderOf(other) === folderOf(path) && variantOf(other) === ''))
        .sort()
        .flatMap((path) => {
        const dockerfile = readDockerfile(checkout.read(path) ?? '');
        if (!dockerfile)
            return [];
        const context = contextOf(path, dockerfile, checkout);
        const file = path === below(context, 'Dockerfile') ? undefined : path;
        const folder = folderOf(path);
        // `docker/` and the like say nothing about what is built in them.
        const telling = folder
            .split('/')
            .filter((part) => !/^(docker|build|deploy|deployments?|containers?|src|apps?|services?|packages|cmd|\.)$/i.test(part));
        const part = dnsName(variantOf(path) || telling.at(-1) || '');
        return [{ image: { name: part, context, file, target: undefined, buildArgs: {} }, part, sources: context, dockerfile, services: [] }];
    });
    return withNames(found, repository);
}
/** `Dockerfile.worker` and `worker.Dockerfile` are `worker`. */
const variantOf = (path) => fileOf(path)
    .replace(/^(Dockerfile|Containerfile)[.-]?/i, '')
    .replace(/\.Dockerfile$/i, '');
/** The nearest folder that holds everything the Dockerfile copies. */
function contextOf(path, { sources }, checkout) {
    const folders = folderOf(path).split('/');
    const candidates = folders[0] === '.' ? ['.'] : [...folders.map((_, index) => folders.slice(0, folders.length - index).join('/')), '.'];
    const holds = (folder) => sources.every((source) => {
        const wanted = below(folder, source.replace(/^\.?\/+|\/+$/g, ''));
        return checkout.files.some((file) => file === wanted || file.startsWith(`${wanted}/`));
    });
    return candidates.find(holds) ?? candidates[0] ?? '.';
}
/** `shop-frontend`; one that is alone, or is called as the repository, has the repository's name. */
function withNames(found, repository) {
    return found.map((one) => {
        const part = one.part || repository;
        const name = found.length === 1 || part === repository ? repository : part.startsWith(`${repository}-`) ? part : `${repository}-${part}`;
        return { ...one, part, image: { ...one.image, name } };
    });
}

;// CONCATENATED MODULE: ./lib/init/read/remote.js
/** Pure: `owner/name` of a remote at GitHub, by https or ssh; undefined for any other place. */
function githubRepository(url) {
    const found = /^(?:https?:\/\/(?:[^@/]+@)?|ssh:\/\/(?:[^@/]+@)?|(?:[^@/]+@))github\.com(?::\d+)?[/:]([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/i.exec(url ?? '');
    return found ? `${found[1]}/${found[2]}` : undefined;
}

// EXTERNAL MODULE: ./lib/deploy/preflight/access.js
var access = __webpack_require__(78897);
// EXTERNAL MODULE: ./lib/interfaces/gateway.js
var gateway = __webpack_require__(76546);
// EXTERNAL MODULE: ./lib/interfaces/kubernetes.js
var kubernetes = __webpack_require__(77238);
// EXTERNAL MODULE: ./lib/split/kinds/rows.js + 1 modules
var rows = __webpack_require__(14262);
;// CONCATENATED MODULE: ./lib/init/read/rights.js




/** Groups of well-known kinds whose API version a template computes. */
const GROUPS = {
    Ingress: 'networking.k8s.io',
    NetworkPolicy: 'networking.k8s.io',
    Role: 'rbac.authorization.k8s.io',
    RoleBinding: 'rbac.authorization.k8s.io',
    Certificate: 'cert-manager.io',
    Issuer: 'cert-manager.io',
    ServiceMonitor: 'monitoring.coreos.com',
    PodMonitor: 'monitoring.coreos.com',
    PrometheusRule: 'monitoring.coreos.com',
    ExternalSecret: 'external-secrets.io',
    SealedSecret: 'bitnami.com',
    HTTPRoute: 'gateway.networking.k8s.io',
    GRPCRoute: 'gateway.networking.k8s.io',
    Gateway: 'gateway.networking.k8s.io',
};
/** Objects of the whole cluster: no Role of a namespace can allow them. */
const CLUSTER = new Set([
    'ClusterRole',
    'ClusterRoleBinding',
    'Namespace',
    'CustomResourceDefinition',
    'StorageClass',
    'PersistentVolume',
    'IngressClass',
    'PriorityClass',
    'ClusterIssuer',
    'ValidatingWebhookConfiguration',
    'MutatingWebhookConfiguration',
    'APIService',
]);
const clusterKinds = (kinds) => [...new Set(kinds.map(({ kind }) => kind).filter((kind) => CLUSTER.has(kind)))].sort();
/** Pure: what a deploy does with objects of these kinds, in the app's namespace. */
function rightsFor(kinds) {
    const resources = kinds.filter(({ kind }) => !CLUSTER.has(kind)).map(resourceOf);
    const known = rows/* KINDS */.GW.filter(({ group, plural }) => resources.some((one) => one.group === group && one.plural === plural));
    const parts = [...new Map(resources.map((one) => [`${one.group}/${one.plural}`, one])).values()];
    const routes = gateway/* ROUTES */.bw.filter(({ ref, plural }) => resources.some((one) => one.group === (0,kubernetes/* groupOf */.F)(ref) && one.plural === plural));
    const watched = routes.flatMap(({ ref, plural }) => (0,access/* need */.$B)((0,kubernetes/* groupOf */.F)(ref), plural, access/* WATCH_VERBS */.bp.join(' ')));
    return [...parts.flatMap(({ group, plural }) => (0,access/* need */.$B)(group, plural, access/* PART_VERBS */.Ll.join(' '))), ...watched, ...known.flatMap(access/* accessWith */.ns)];
}
function resourceOf({ apiVersion, kind }) {
    const row = rows/* KINDS */.GW.find(({ ref }) => ref.kind === kind);
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : (GROUPS[kind] ?? row?.group ?? '');
    return { group, plural: row && row.group === group ? row.plural : plural(kind.toLowerCase()) };
}
/** As Kubernetes guesses it. */
const plural = (word) => /(s|x|ch|sh)$/.test(word) ? `${word}es` : /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;

;// CONCATENATED MODULE: ./lib/init/read/health.js

const URL_PATH = /https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|\$\{?HOSTNAME\}?)(?::(\d+|\$\{?\w+\}?))?(\/[\w./-]*)?/;
const health_NAMES = '(?:api\\/)?(?:healthz?|health-?check|livez|readyz?|_health|up)';
/** A route of the program itself: one of a router may get a prefix that cannot be seen here. */
const ROUTES = [
    new RegExp(`\\b(?:app|server|fastify)\\.(?:get|all|use|route)\\(\\s*['"\`](\\/${health_NAMES})\\/?['"\`]`),
    new RegExp(`^@app\\.(?:get|route)\\(\\s*['"](\\/${health_NAMES})\\/?['"]`, 'm'),
    new RegExp(`\\b(?:HandleFunc|Handle)\\(\\s*"(?:GET )?(\\/${health_NAMES})"`),
];
/** Files whose path is the route. */
const BY_PATH = new RegExp(`^(?:src\\/)?(?:app\\/(${health_NAMES})\\/route|pages\\/(${health_NAMES})(?:\\/index)?)\\.[jt]sx?$`);
const SOURCE = /\.(?:[cm]?[jt]sx?|py|go)$/;
const SKIPPED = /(^|\/)(node_modules|tests?|__tests__|e2e|vendor|dist|build|migrations)\/|\.(test|spec)\.|_test\.go$/;
const MOST_FILES = 400;
/** Pure: the path of a check by URL in the text of a HEALTHCHECK; undefined for a check of another kind, or of another port. */
function checkedPath(text, port) {
    const found = URL_PATH.exec(text ?? '');
    if (!found)
        return undefined;
    const [, on, path = '/'] = found;
    return on !== undefined && /^\d+$/.test(on) && Number(on) !== port ? undefined : path;
}
/** Pure: a path that the sources below the context answer while the program is well. */
function routedPath(context, checkout) {
    const prefix = context === '.' ? '' : `${context}/`;
    const sources = checkout.files
        .filter((path) => path.startsWith(prefix))
        .map((path) => path.slice(prefix.length))
        .filter((path) => SOURCE.test(path) && !SKIPPED.test(path));
    for (const path of sources) {
        const [, app, pages] = BY_PATH.exec(path) ?? [];
        const name = app ?? (pages === undefined || pages.startsWith('api/') ? pages : undefined);
        if (name !== undefined)
            return { path: `/${name}`, from: below(context, path) };
    }
    const nearest = sources.toSorted((a, b) => a.split('/').length - b.split('/').length);
    for (const path of nearest.slice(0, MOST_FILES)) {
        const text = checkout.read(below(context, path)) ?? '';
        const found = ROUTES.map((route) => route.exec(text)?.[1]).find((one) => one !== undefined);
        if (found !== undefined)
            return { path: found, from: below(context, path) };
    }
    return undefined;
}

;// CONCATENATED MODULE: ./lib/init/read/port.js



/** Base images that serve on a port of their own. */
const SERVERS = [
    [/(^|\/)nginx-unprivileged(:|$)/, 8080],
    [/(^|\/)nginx(:|$|@)/, 80],
    [/(^|\/)httpd(:|$|@)/, 80],
    [/(^|\/)caddy(:|$|@)/, 80],
    [/(^|\/)(php|wordpress)(:[\w.-]*apache|$)/, 80],
    [/(^|\/)tomcat(:|$|@)/, 8080],
];
/** What frameworks listen on where nobody says otherwise, by a package of theirs. */
const FRAMEWORKS = [
    ['package.json', /^(next|nuxt|@nestjs\/core|express|fastify|koa|@remix-run\/serve|@react-router\/serve)$/, 3000],
    ['package.json', /^(astro|@astrojs\/node)$/, 4321],
    ['requirements.txt', /^(fastapi|uvicorn|django|gunicorn|starlette)\b/i, 8000],
    ['requirements.txt', /^(flask)\b/i, 5000],
    ['pyproject.toml', /\b(fastapi|uvicorn|django|gunicorn|starlette)\b/i, 8000],
    ['pyproject.toml', /\b(flask)\b/i, 5000],
    ['Gemfile', /\b(rails|puma)\b/, 3000],
    ['pom.xml', /spring-boot/, 8080],
    ['build.gradle', /springframework\.boot/, 8080],
    ['build.gradle.kts', /springframework\.boot/, 8080],
];
/** Pure: the port that the image's program listens on, and where that is written; undefined where nothing says so. */
function port_portOf(dockerfile, context, checkout) {
    const { ports, env, command, base } = dockerfile;
    const [exposed] = ports;
    if (exposed !== undefined)
        return { port: exposed, from: 'EXPOSE' };
    const variable = number(String((0,values/* fieldAt */.UK)(env, 'PORT') ?? ''));
    if (variable !== undefined)
        return { port: variable, from: 'ENV PORT' };
    const flag = commandPort(command);
    if (flag !== undefined)
        return { port: flag, from: 'its command' };
    const server = SERVERS.find(([image]) => image.test(base));
    if (server)
        return { port: server[1], from: base };
    return frameworkPort(context, checkout);
}
/** `--port 8000`, `-p 3000`, `-b 0.0.0.0:8000`, `runserver 0.0.0.0:8000`. */
const commandPort = (command) => number(/(?:--port|-p|--listen)[ =](?:\S*:)?(\d{2,5})\b/.exec(command)?.[1] ??
    /(?:0\.0\.0\.0|\[::\]|localhost|127\.0\.0\.1|\s):(\d{2,5})\b/.exec(command)?.[1]);
function frameworkPort(context, checkout) {
    for (const [file, name, port] of FRAMEWORKS) {
        const path = below(context, file);
        const text = checkout.read(path);
        if (text === undefined)
            continue;
        const said = fileOf(path) === 'package.json' ? scriptPort(text) : undefined;
        if (said !== undefined)
            return { port: said, from: `${path}, scripts` };
        const names = file === 'package.json' ? dependenciesOf(text) : text.split(/\r?\n/).map((line) => line.trim());
        const found = names.find((one) => !one.startsWith('#') && name.test(one));
        if (found !== undefined)
            return { port, from: `${path} (${name.exec(found)?.[1] ?? 'Spring Boot'})` };
    }
    return undefined;
}
const dependenciesOf = (text) => {
    const found = (0,values/* fieldAt */.UK)((0,json/* tryJson */.MR)(text), 'dependencies');
    return (0,values/* isMap */.jh)(found) ? Object.keys(found) : [];
};
const scriptPort = (text) => commandPort(String((0,values/* fieldAt */.UK)((0,json/* tryJson */.MR)(text), 'scripts', 'start') ?? ''));
const number = (text) => {
    const port = Number(text);
    return text !== undefined && /^\d{2,5}$/.test(text) && port < 65_536 ? port : undefined;
};

;// CONCATENATED MODULE: ./lib/init/read/user.js
/** Users of well-known base images. */
const USERS = {
    node: 1000,
    nobody: 65_534,
    nonroot: 65_532,
    'www-data': 33,
    nginx: 101,
    app: 1654,
    appuser: 1000,
    pptruser: 1000,
};
const OTHER = 10_001;
/** Folders that programs write to which come as root and give it up themselves. */
const WRITABLE = [
    [/(^|\/)nginx(:|$|@)/, 101, ['/var/cache/nginx', '/run']],
    [/(^|\/)httpd(:|$|@)/, 33, ['/usr/local/apache2/logs']],
    [/(^|\/)caddy(:|$|@)/, 1000, ['/data', '/config']],
];
/** Pure: the number of the user that the pods run as. `runAsNonRoot` takes a number alone: Kubernetes cannot look a name up in an image. */
function runAs({ base, user, users }) {
    const [, serverUser, folders = []] = WRITABLE.find(([image]) => image.test(base)) ?? [];
    const name = user ?? '';
    if (/^\d+$/.test(name) && name !== '0')
        return { user: Number(name), writable: folders, doubt: undefined };
    if (name === '' || name === 'root' || name === '0') {
        if (serverUser !== undefined)
            return { user: serverUser, writable: folders, doubt: undefined };
        return { user: OTHER, writable: [], doubt: `its Dockerfile has no USER, so that it would run as root; the chart runs it as ${OTHER}` };
    }
    const known = users[name] ?? USERS[name];
    if (known !== undefined)
        return { user: known, writable: folders, doubt: undefined };
    return { user: 1000, writable: folders, doubt: `its Dockerfile names the user ${name}, whose number is not in it; the chart says 1000` };
}

;// CONCATENATED MODULE: ./lib/init/read/workloads.js




const FRONT = /^(.*-)?(web|www|front(end)?|ui|app|client|site|nginx|proxy|gateway|caddy|portal|dashboard)(-.*)?$/;
const SECRET = /PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE|CREDENTIAL|_DSN$|^DSN$/i;
/** Pure: a workload for each service of the compose file, or one for each image. */
function findWorkloads(images, checkout, wanted, compose) {
    const pairs = images.flatMap((image) => image.services.length === 0 ? [{ image, service: undefined }] : image.services.map((service) => ({ image, service })));
    const result = { workloads: [], front: undefined, found: [], notes: [] };
    for (const { image, service } of pairs)
        result.workloads.push(workloadOf(image, service, pairs.length, { checkout, wanted, compose, result }));
    result.front = frontOf(result.workloads, compose);
    return result;
}
function workloadOf(image, service, count, around) {
    const { checkout, result } = around;
    // A Service's name begins with a letter.
    const name = dnsName(service?.name ?? image.part).replace(/^(?=\d)/, 'app-');
    const port = workloadPort(image, service, count, around);
    const health = port === undefined ? undefined : healthOf(image, service, port.port, checkout);
    const { user, writable, doubt } = runAs(image.dockerfile);
    if (port !== undefined)
        result.found.push(`${name}: port ${port.port} (${port.from})${health ? `, answers at ${health.path} (${health.from})` : ''}`);
    else
        result.found.push(`${name}: a worker, since nothing names a port`);
    if (port !== undefined && health === undefined)
        result.notes.push(`${name}: no path for health checks was found, so that its probes only open the port; set ${name}'s "health" in values.yaml`);
    if (doubt !== undefined)
        result.notes.push(`${name}: ${doubt}`);
    const { env, secretEnv } = variablesOf(name, service, around);
    return {
        name,
        image: image.image.name,
        port: port?.port,
        health: health?.path,
        user,
        writable,
        command: service?.entrypoint,
        args: service?.command,
        env,
        secretEnv,
    };
}
/** By flag, compose file, Dockerfile and framework, in this order. */
function workloadPort(image, service, count, { checkout, wanted, compose, result }) {
    const flag = wanted.ports[service?.name ?? image.part] ?? wanted.ports[image.image.name] ?? (count === 1 ? wanted.port : undefined);
    if (flag !== undefined)
        return { port: flag, from: '--port' };
    const [own] = service?.ports ?? [];
    if (own !== undefined)
        return { port: own, from: compose?.path ?? 'the compose file' };
    const said = commandPort([...(service?.entrypoint ?? []), ...(service?.command ?? [])].join(' '));
    if (said !== undefined)
        return { port: said, from: 'its command' };
    // A second command of an image that serves under another one.
    if (service?.command !== undefined || service?.entrypoint !== undefined)
        return undefined;
    const found = port_portOf(image.dockerfile, image.sources, checkout) ?? port_portOf(image.dockerfile, image.image.context, checkout);
    if (found !== undefined || count > 1)
        return found;
    result.notes.push('No port was found, and the chart says 8080: give --port if that is not it');
    return { port: 8080, from: 'a guess' };
}
function healthOf({ dockerfile, sources }, service, port, checkout) {
    const composed = checkedPath(service?.healthcheck, port);
    if (composed !== undefined)
        return { path: composed, from: "the compose file's healthcheck" };
    const checked = checkedPath(dockerfile.healthcheck, port);
    return checked === undefined ? routedPath(sources, checkout) : { path: checked, from: 'HEALTHCHECK' };
}
/** What is secret, or leads to a service that is not built here, is asked for as a secret. */
function variablesOf(name, service, { compose, result }) {
    const others = Object.keys(compose?.others ?? {});
    const leadsTo = (text) => others.find((other) => new RegExp(`(^|[/@,])${escaped(other)}([:/,]|$)`).test(text));
    const env = {};
    const secretEnv = [];
    for (const [variable, value] of Object.entries(service?.env ?? {})) {
        if (!/^[A-Za-z_]\w*$/.test(variable))
            continue;
        if (SECRET.test(variable) || value === '' || /:\/\/[^/]*@/.test(value) || (/:\/\//.test(value) && leadsTo(value)))
            secretEnv.push(variable);
        else
            env[variable] = value;
        const other = secretEnv.includes(variable) ? undefined : leadsTo(value);
        if (!secretEnv.includes(variable) && /\b(localhost|127\.0\.0\.1)\b/.test(value))
            result.notes.push(`${name}: ${variable} is "${value}", which is the pod itself in a cluster: set its address in values.yaml`);
        if (other !== undefined)
            result.notes.push(`${name}: ${variable} is "${value}", and ${other} (${compose?.others[other]}) is not part of the chart: set its address in values.yaml`);
    }
    return { env, secretEnv };
}
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** What people open in a browser. */
function frontOf(workloads, compose) {
    const serving = workloads.filter(({ port }) => port !== undefined);
    const published = serving.filter(({ name }) => compose?.services.some((one) => dnsName(one.name) === name && one.published));
    const candidates = published.length > 0 ? published : serving;
    return (candidates.find(({ name }) => FRONT.test(name)) ?? candidates[0])?.name;
}

;// CONCATENATED MODULE: ./lib/init/write/product.js
/** How workflows name what they use: ours by its major version, others by commit. A test holds them equal to the examples. */
const PRODUCT = 'org/todo-deploy';
const PRODUCT_VERSION = 'v1';
const CHECKOUT = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1';
const action = (name) => `${PRODUCT}/actions/${name}@${PRODUCT_VERSION}`;

;// CONCATENATED MODULE: ./lib/init/write/registry.js

/** Pure. */
function registryUse({ registry, cluster }) {
    const { host } = (0,image_reference/* locatePrefix */.Rf)(registry);
    if (host === 'ghcr.io')
        return { kind: 'github', host, pullSecret: 'ghcr' };
    if (host === 'registry.digitalocean.com')
        return { kind: 'digitalocean', host, pullSecret: undefined };
    return { kind: 'other', host, pullSecret: cluster === undefined || host !== '' ? 'registry' : undefined };
}
/** Pure: whether anything needs DigitalOcean's token. */
const usesDigitalOcean = (app) => app.cluster !== undefined || registryUse(app).kind === 'digitalocean';

// EXTERNAL MODULE: ./lib/deploy/preflight/role.js
var role = __webpack_require__(81947);
;// CONCATENATED MODULE: ./lib/init/write/role.js


/** Name of the account that deploys. */
const ACCOUNT = 'deployer';
const ROLE_FILE = 'deploy/role.yaml';
/** Pure: the namespace, an account and exactly the rights that deploying this app needs in it. */
function roleFile(app) {
    const { namespace, workloads } = app;
    // What init wrote is made for it; another chart may not be.
    const labels = workloads.length === 0 ? '' : '\n  labels:\n    pod-security.kubernetes.io/enforce: restricted';
    const content = `# The account that deploys, and what it may do: in this namespace, and nowhere else. Apply it once, and whenever the chart gets new kinds:
#
#   kubectl apply --filename ${ROLE_FILE}
apiVersion: v1
kind: Namespace
metadata:
  name: ${(0,role/* scalar */.d_)(namespace)}${labels}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: ${ACCOUNT}
  namespace: ${(0,role/* scalar */.d_)(namespace)}
---
${(0,role/* roleText */.yj)('todo-deploy', app.release, rightsFor(app.kinds), namespace)}---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: todo-deploy
  namespace: ${(0,role/* scalar */.d_)(namespace)}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: todo-deploy
subjects:
  - kind: ServiceAccount
    name: ${ACCOUNT}
    namespace: ${(0,role/* scalar */.d_)(namespace)}
`;
    return { path: ROLE_FILE, content };
}

;// CONCATENATED MODULE: ./lib/init/steps.js



/** Pure: what a person does next, in this order, each with its commands. `otherWorkflow`: deploy.yml is not the one that is written here. */
function nextSteps(app, otherWorkflow) {
    return [
        {
            text: 'Create the namespace and the account that deploys, as somebody who may:',
            commands: [`kubectl apply --filename ${ROLE_FILE}`],
        },
        ...steps_access(app),
        ...registryLogin(app),
        ...pullSecret(app),
        ...appSecrets(app),
        { text: 'See whether everything is there:', commands: [doctor(app, otherWorkflow)] },
        {
            text: 'Commit and push; the push deploys:',
            commands: [`git add .github ${ROLE_FILE} ${app.chart}`, 'git commit --message "Deploy with todo-deploy"', 'git push'],
        },
    ];
}
const to = (app) => (app.repository === undefined ? '' : ` --repo ${app.repository}`);
function steps_access(app) {
    if (usesDigitalOcean(app)) {
        const more = {
            text: `Give the workflow DigitalOcean's token (scopes: https://github.com/${PRODUCT}/blob/${PRODUCT_VERSION}/docs/digitalocean.md):`,
            commands: [`gh secret set DIGITALOCEAN_ACCESS_TOKEN${to(app)}`],
        };
        return app.cluster === undefined ? [more, kubeconfig(app)] : [more];
    }
    return [kubeconfig(app)];
}
/** A kubeconfig of the account alone; a token lasts as long as the cluster lets it. */
function kubeconfig(app) {
    const file = 'deployer.kubeconfig';
    const config = `kubectl --kubeconfig ${file} config`;
    return {
        text: 'Give the workflow that account, and nothing more, in a kubeconfig:',
        commands: [
            `kubectl config view --raw --minify --flatten > ${file}`,
            `${config} unset users`,
            `${config} set-credentials ${ACCOUNT} --token="$(kubectl --namespace ${app.namespace} create token ${ACCOUNT} --duration=8760h)"`,
            `${config} set-context --current --user=${ACCOUNT} --namespace=${app.namespace}`,
            `base64 < ${file} | tr -d '\\n' | gh secret set KUBECONFIG${to(app)} && rm ${file}`,
        ],
    };
}
function registryLogin(app) {
    const { kind, host } = registryUse(app);
    if (kind !== 'other')
        return [];
    return [
        {
            text: `Give the workflow a login that may push to ${host}:`,
            commands: [`gh variable set REGISTRY_USERNAME${to(app)}`, `gh secret set REGISTRY_PASSWORD${to(app)}`],
        },
    ];
}
function pullSecret(app) {
    const { kind, host, pullSecret: name } = registryUse(app);
    if (name === undefined)
        return [];
    const who = kind === 'github'
        ? 'a token that may read packages; public ones need none: then set image-pull-secrets to none'
        : 'a login that may pull';
    const server = host === 'docker.io' ? 'https://index.docker.io/v1/' : host;
    return [
        {
            text: `Let the cluster pull from ${host} (${who}):`,
            commands: [
                `kubectl --namespace ${app.namespace} create secret docker-registry ${name} --docker-server=${server} --docker-username=USER --docker-password=TOKEN`,
            ],
        },
    ];
}
const appSecrets = (app) => app.secretEnv.length === 0
    ? []
    : [
        {
            text: 'Give the workflow what the app keeps secret; each command asks for the value:',
            commands: app.secretEnv.map((name) => `gh secret set ${name}${to(app)}`),
        },
    ];
/** Where the workflow is ours, everything else stands in it. */
function doctor({ chart, release, namespace, valueFiles, registry, cluster }, otherWorkflow) {
    const all = [
        `--chart ${chart}`,
        `--release ${release}`,
        ...(namespace === release ? [] : [`--namespace ${namespace}`]),
        ...valueFiles.map((path) => `--value-files ${path}`),
        `--registry ${registry}`,
        ...(cluster === undefined ? [] : [`--cluster ${cluster}`]),
    ];
    return ['todo-deploy doctor', ...(otherWorkflow ? all : []), `--service-account ${namespace}/${ACCOUNT}`].join(' ');
}

;// CONCATENATED MODULE: ./lib/init/write/text.js


/** Pure: a scalar or a map as YAML, on one line where it fits; never folded. */
const yamlText = (value) => (0,dist/* stringify */.As)(value, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd();
const indent = (text, by) => text
    .split('\n')
    .map((line) => (line === '' ? line : `${' '.repeat(by)}${line}`))
    .join('\n');
/** Pure: `name: value`; a text of several lines as a block. */
const entry = (name, value) => value.includes('\n') ? `${name}: |\n${indent(value, 2)}` : `${name}: ${value}`;
/** Pure: an expression of a workflow. */
const expression = (inside) => `$\{{ ${inside} }}`;

;// CONCATENATED MODULE: ./lib/init/write/workflows.js



const TOKEN = `digitalocean-token: ${expression('secrets.DIGITALOCEAN_ACCESS_TOKEN')}`;
/** Pure: `.github/workflows/deploy.yml`: build, scan, push, deploy, on every push to the branch. */
function deployWorkflow(app) {
    const { kind } = registryUse(app);
    const permissions = [
        'contents: read # to check the repository out',
        ...(kind === 'github' ? ['packages: write # to push to ghcr.io'] : []),
    ];
    const content = `# Every push to ${app.branch}: build, scan, push, deploy blue-green. Written by \`todo-deploy init\`; it is yours now.
name: deploy
on:
  push:
    branches: [${(0,role/* scalar */.d_)(app.branch)}]

permissions: {}

concurrency:
  group: ${(0,role/* scalar */.d_)(app.environment)}
  cancel-in-progress: false # a running deploy is never cancelled; of the waiting ones, the newest is kept

jobs:
  deploy:
    name: Deploy
    runs-on: ubuntu-latest
    permissions:
${indent(permissions.join('\n'), 6)}
    environment:
      name: ${(0,role/* scalar */.d_)(app.environment)}
      url: \${{ steps.deploy.outputs.url }}
    steps:
      - uses: ${CHECKOUT}
        with:
          persist-credentials: false
      - uses: ${action('build-push')}
        id: build
        with:
${indent(buildInputs(app).join('\n'), 10)}
      - uses: ${action('deploy')}
        id: deploy
        with:
${indent(deployInputs(app).join('\n'), 10)}
`;
    return { path: '.github/workflows/deploy.yml', content };
}
function buildInputs(app) {
    const { kind } = registryUse(app);
    return [
        ...(kind === 'digitalocean' ? [TOKEN] : []),
        `registry: ${(0,role/* scalar */.d_)(app.registry)}`,
        ...(kind === 'other'
            ? [
                `username: ${expression('vars.REGISTRY_USERNAME')} # not a secret: GitHub would mask it wherever it occurs`,
                `password: ${expression('secrets.REGISTRY_PASSWORD')}`,
            ]
            : []),
        entry('images', `${app.images.map(imageLine).join('\n')}\n`.replace(/\n$/, '')).replace(/^images: (?!\|)/, 'images: |\n  '),
    ];
}
/** `name: ./folder`, or a map where there is more to say. */
function imageLine({ name, context, file, target, buildArgs }) {
    const place = context === '.' ? '.' : `./${context}`;
    const more = { ...(file && { file }), ...(target && { target }), ...(Object.keys(buildArgs).length > 0 && { 'build-args': buildArgs }) };
    if (Object.keys(more).length === 0)
        return `${name}: ${place}`;
    return `${name}: ${JSON.stringify({ context: place, ...more })}`;
}
function deployInputs(app) {
    const { kind, pullSecret } = registryUse(app);
    const smoke = app.workloads
        .filter(({ health }) => health !== undefined)
        .map(({ name, health }) => `- {service: ${(0,role/* scalar */.d_)(name)}, path: ${(0,role/* scalar */.d_)(health ?? '')}}`);
    return [
        ...(usesDigitalOcean(app) ? [TOKEN] : []),
        ...(app.cluster === undefined
            ? [`kubeconfig: ${expression('secrets.KUBECONFIG')} # in base64, so that the log masks it as one secret`]
            : [`cluster: ${(0,role/* scalar */.d_)(app.cluster)}`, `service-account: ${app.namespace}/deployer`]),
        `chart: ./${app.chart === '.' ? '' : app.chart}`,
        `release: ${(0,role/* scalar */.d_)(app.release)}`,
        ...(app.namespace === app.release ? [] : [`namespace: ${(0,role/* scalar */.d_)(app.namespace)}`]),
        ...(app.valueFiles.length === 0 ? [] : [entry('value-files', app.valueFiles.join('\n'))]),
        ...(app.values === undefined ? [] : [`values: |\n${indent(yamlText(app.values), 2)}`]),
        `registry: ${(0,role/* scalar */.d_)(app.registry)}`,
        `images: ${expression('steps.build.outputs.images')}`,
        ...(pullSecret === undefined
            ? []
            : [`image-pull-secrets: ${pullSecret} # a Secret of the namespace${kind === 'github' ? '; "none" if the packages are public' : ''}`]),
        ...(app.secretEnv.length === 0
            ? []
            : [
                `secrets: | # become a Secret of the namespace, never Helm's values\n${indent(app.secretEnv.map((name) => secretLine(app, name)).join('\n'), 2)}`,
            ]),
        ...(smoke.length === 0 ? [] : [`smoke: | # every new pod answers these before users see it\n${indent(smoke.join('\n'), 2)}`]),
    ];
}
const secretLine = ({ release }, name) => `${secretName(release)}/${name}=\${{ secrets.${name} }}`;
/** The Secret that the input \`secrets\` fills. */
const secretName = (release) => `${release}-env`;
/** Pure: `.github/workflows/rollback.yml`: a button. */
function rollbackWorkflow(app) {
    const cluster = app.cluster === undefined
        ? [`kubeconfig: ${expression('secrets.KUBECONFIG')}`]
        : [TOKEN, `cluster: ${(0,role/* scalar */.d_)(app.cluster)}`, `service-account: ${app.namespace}/deployer`];
    const inputs = [
        `release: ${(0,role/* scalar */.d_)(app.release)}`,
        ...(app.namespace === app.release ? [] : [`namespace: ${(0,role/* scalar */.d_)(app.namespace)}`]),
        `to: ${expression('inputs.to')}`,
        `reason: ${expression('inputs.reason')}`,
        ...cluster,
    ];
    const content = `# A button: Actions → rollback → Run workflow. Or: gh workflow run rollback.yml -f to=previous -f reason="checkout is slow"
name: rollback
on:
  workflow_dispatch:
    inputs:
      to:
        description: "previous, -2, a commit or a tag"
        type: string
        default: previous
      reason:
        description: "Why, for the journal and the summary"
        type: string

permissions:
  contents: read

concurrency:
  group: ${app.environment}-rollback # not that of the deploys, where the next merge would cancel a waiting rollback
  cancel-in-progress: false

jobs:
  rollback:
    name: Roll back to \${{ inputs.to }}
    runs-on: ubuntu-latest
    environment: ${(0,role/* scalar */.d_)(app.environment)}
    steps:
      # No checkout and no build: the cluster holds everything a rollback needs. A running deploy is waited for.
      - uses: ${action('rollback')}
        with:
${indent(inputs.join('\n'), 10)}
`;
    return { path: '.github/workflows/rollback.yml', content };
}

;// CONCATENATED MODULE: ./lib/init/write/chart.js




/** What the templates make. */
const chartKinds = (workloads) => [
    { apiVersion: 'apps/v1', kind: 'Deployment' },
    ...(workloads.some(({ port }) => port !== undefined)
        ? [
            { apiVersion: 'v1', kind: 'Service' },
            { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
        ]
        : []),
];
/** Pure: a small ordinary chart: a Deployment and a Service for each workload, and an Ingress for the front door. */
function chartFiles(app) {
    const files = [
        ['Chart.yaml', chartYaml(app)],
        ['values.yaml', valuesYaml(app)],
        ...app.workloads.map((workload) => [`templates/${workload.name}.yaml`, workloadTemplate(app, workload)]),
        ...(app.front === undefined ? [] : [['templates/ingress.yaml', INGRESS]]),
    ];
    return files.map(([path, content]) => ({ path: below(app.chart, path), content }));
}
const chartYaml = ({ release }) => `apiVersion: v2
name: ${(0,role/* scalar */.d_)(release)}
description: ${release} on Kubernetes
type: application
version: 0.1.0
annotations:
  ${OWN_CHART}: init
`;
function valuesYaml(app) {
    const parts = app.workloads.map((workload) => workloadValues(app, workload));
    return `${[...parts, ...(app.front === undefined ? [] : [ingressValues(app, app.front)])].join('\n')}`;
}
function workloadValues(app, { name, image, port, health, env }) {
    const variables = Object.entries(env).map(([variable, value]) => `    ${variable}: ${JSON.stringify(value)}`);
    return `${valueKey(name)}:
  image:
    repository: ${repositoryOf(app, image)}
    tag: latest # a deploy puts the digest of what it built here
  replicas: ${port === undefined ? 1 : 2}
${port === undefined ? '' : `  port: ${port}\n`}${port === undefined ? '' : `  health: ${health === undefined ? '"" # a path that answers 200 while it is well, such as /health; empty: the port is opened' : (0,role/* scalar */.d_)(health)}\n`}  env:${variables.length === 0 ? ' {}' : `\n${variables.join('\n')}`}
  resources:
    requests: {cpu: 100m, memory: 128Mi}
    limits: {memory: 512Mi}
`;
}
const repositoryOf = ({ registry }, image) => `${registry}/${image}`;
function ingressValues({ host, issuer, ingressClass, release, workloads }, front) {
    const others = workloads.filter(({ name, port }) => port !== undefined && name !== front);
    return `ingress:
  className: ${(0,role/* scalar */.d_)(ingressClass ?? '')} # empty: the cluster's default
  host: ${(0,role/* scalar */.d_)(host ?? '')} # empty: all hosts
  clusterIssuer: ${(0,role/* scalar */.d_)(issuer ?? '')} # of cert-manager; empty: no certificate
  tlsSecret: ${issuer === undefined ? '""' : (0,role/* scalar */.d_)(`${release}-tls`)}
  paths:
    - {path: /, service: ${(0,role/* scalar */.d_)(front)}, port: ${workloads.find(({ name }) => name === front)?.port}}
${others.map(({ name, port }) => `    # - {path: /${name === 'backend' || name.includes('api') ? 'api' : name}, service: ${(0,role/* scalar */.d_)(name)}, port: ${port}}\n`).join('')}`;
}
const LABELS = (name, by) => indent(`app.kubernetes.io/name: ${(0,role/* scalar */.d_)(name)}\napp.kubernetes.io/instance: {{ .Release.Name | quote }}`, by);
function workloadTemplate(app, workload) {
    const { name, port, user, secretEnv, writable } = workload;
    const values = `.Values.${valueKey(name)}`;
    const privileged = port !== undefined && port < 1024;
    const own = `            {{- range $name, $value := ${values}.env }}\n            - {name: {{ $name | quote }}, value: {{ $value | quote }}}\n            {{- end }}`;
    const secret = secretEnv.map((variable) => `            - name: ${variable}\n              valueFrom: {secretKeyRef: {name: ${(0,role/* scalar */.d_)(secretName(app.release))}, key: ${variable}}}`);
    const env = secret.length > 0
        ? ['          env:', own, ...secret]
        : [`          {{- if ${values}.env }}`, '          env:', own, '          {{- end }}'];
    const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${(0,role/* scalar */.d_)(name)}
  labels:
${LABELS(name, 4)}
spec:
  replicas: {{ ${values}.replicas }}
  selector:
    matchLabels:
${LABELS(name, 6)}
  template:
    metadata:
      labels:
${LABELS(name, 8)}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false # SHOP_PORT and the like would be read as settings
      securityContext:
        runAsNonRoot: true
        runAsUser: ${user}
        runAsGroup: ${user}
        fsGroup: ${user}
        seccompProfile: {type: RuntimeDefault}
${privileged ? `        sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: "0"}] # it listens on ${port}\n` : ''}      containers:
        - name: ${(0,role/* scalar */.d_)(name)}
          image: "{{ ${values}.image.repository }}:{{ ${values}.image.tag }}"
${commands(workload)}          securityContext:
            allowPrivilegeEscalation: false
            capabilities: {drop: [ALL]}
${env.join('\n')}
${port === undefined ? '' : `          ports:\n            - {name: http, containerPort: {{ ${values}.port }}}\n${probes(values)}`}          resources:
            {{- toYaml ${values}.resources | nindent 12 }}
${volumes(writable)}`;
    return port === undefined ? deployment : `${deployment}---\n${serviceTemplate(name, values)}`;
}
const commands = ({ command, args }) => Object.entries({ command, args })
    .map(([field, words]) => (words === undefined ? '' : `          ${field}: ${JSON.stringify(words)}\n`))
    .join('');
/** The slowest start has two minutes. A liveness probe that asks for more than the port restarts an app whose database is away. */
const probes = (values) => {
    const health = `            {{- if ${values}.health }}
            httpGet: {path: {{ ${values}.health | quote }}, port: http}
            {{- else }}
            tcpSocket: {port: http}
            {{- end }}`;
    return `          startupProbe:
${health}
            periodSeconds: 2
            failureThreshold: 60
          readinessProbe:
${health}
            periodSeconds: 5
            timeoutSeconds: 3
          livenessProbe:
            tcpSocket: {port: http}
            periodSeconds: 10
            timeoutSeconds: 3
`;
};
const volumes = (folders) => folders.length === 0
    ? ''
    : `          volumeMounts:\n${folders.map((folder, index) => `            - {name: writable-${index}, mountPath: ${folder}}\n`).join('')}      volumes:\n${folders.map((_, index) => `        - {name: writable-${index}, emptyDir: {}}\n`).join('')}`;
const serviceTemplate = (name, values) => `apiVersion: v1
kind: Service
metadata:
  name: ${(0,role/* scalar */.d_)(name)}
  labels:
${LABELS(name, 4)}
spec:
  selector:
${LABELS(name, 4)}
  ports:
    - {name: http, port: {{ ${values}.port }}, targetPort: http}
`;
const INGRESS = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ .Release.Name | quote }}
  {{- with .Values.ingress.clusterIssuer }}
  annotations:
    cert-manager.io/cluster-issuer: {{ . | quote }}
  {{- end }}
spec:
  {{- with .Values.ingress.className }}
  ingressClassName: {{ . | quote }}
  {{- end }}
  {{- with .Values.ingress.tlsSecret }}
  tls:
    - secretName: {{ . | quote }}
      hosts: [{{ $.Values.ingress.host | quote }}]
  {{- end }}
  rules:
    - http:
        paths:
          {{- range .Values.ingress.paths }}
          - path: {{ .path | quote }}
            pathType: Prefix
            backend: {service: {name: {{ .service | quote }}, port: {number: {{ .port }}}}}
          {{- end }}
      {{- with .Values.ingress.host }}
      host: {{ . | quote }}
      {{- end }}
`;

;// CONCATENATED MODULE: ./lib/init/plan.js













/** Pure: everything that init would write, and what is left to do. Throws ConfigurationError where something can neither be found nor was given. */
function planInit(checkout, wanted) {
    const repository = githubRepository(checkout.remote);
    const name = dnsName(repository?.split('/')[1] ?? checkout.folder) || 'app';
    const compose = readCompose(checkout, name);
    const images = findImages(checkout, wanted, name, compose);
    if (images.length === 0)
        throw noImages(checkout, compose);
    const chart = findChart(checkout, wanted.chart);
    if (chart === undefined && wanted.chart !== undefined && checkout.files.some((path) => path.startsWith(`${wanted.chart}/`))) {
        throw new errors/* ConfigurationError */.j1(`Input "chart" names ${wanted.chart}, which has files, but no Chart.yaml`);
    }
    const own = chart === undefined || isOwnChart(checkout, chart.folder);
    const matches = matchImages(images, own ? [] : (chart?.images ?? []));
    const registry = wanted.registry ?? chartRegistry(matches) ?? githubRegistry(repository);
    const named = matches.map((match) => (own || wanted.images.length > 0 ? match : withChartName(match, registry)));
    const found = own ? findWorkloads(images, checkout, wanted, compose) : NONE;
    const release = wanted.release ?? (dnsName(chart?.name ?? name) || name);
    const app = {
        release,
        namespace: wanted.namespace ?? release,
        branch: checkout.branch,
        repository,
        registry,
        chart: chart?.folder ?? wanted.chart ?? freeFolder(checkout, release),
        valueFiles: own ? [] : (chart?.valueFiles ?? []),
        values: own ? undefined : imageValues(named, registry),
        images: named.map(({ image }) => image),
        workloads: found.workloads,
        front: found.front,
        kinds: own ? chartKinds(found.workloads) : (chart?.kinds ?? []),
        secretEnv: [...new Set(found.workloads.flatMap(({ secretEnv }) => secretEnv))],
        host: wanted.host,
        issuer: wanted.issuer,
        ingressClass: wanted.ingressClass,
        cluster: wanted.cluster,
        environment: wanted.environment,
    };
    const files = [deployWorkflow(app), rollbackWorkflow(app), roleFile(app), ...(own ? chartFiles(app) : [])];
    return {
        app,
        files,
        found: [...imageLines(images, named, compose), ...chartLines(app, chart, own), ...found.found],
        notes: [...found.notes, ...notesOf(app, { chart: own ? undefined : chart, named, compose })],
        steps: nextSteps(app, isTaken(checkout, deployWorkflow(app))),
    };
}
/** Whether something else of its name is there, which stays. */
const isTaken = ({ read }, { path, content }) => ![undefined, content].includes(read(path));
const NONE = { workloads: [], front: undefined, found: [], notes: [] };
function noImages({ files }, compose) {
    const others = files.filter((path) => /Dockerfile/.test(path)).slice(0, 5);
    const seen = others.length > 0 ? `: those that there are look like helpers (${others.join(', ')})` : '';
    const where = compose === undefined ? '' : `, and what ${compose.path} builds has no Dockerfile`;
    return new errors/* ConfigurationError */.j1(`There is no Dockerfile to deploy${seen}${where}`, {
        hint: 'Write one, or name the images: --images "web: ./folder" (or "web: {context: ., file: docker/web.Dockerfile}")',
    });
}
function githubRegistry(repository) {
    if (repository !== undefined)
        return `ghcr.io/${repository.split('/')[0]?.toLowerCase()}`;
    throw new errors/* ConfigurationError */.j1('Nothing says which registry the images go to: the remote "origin" is not at GitHub, and no chart names one', {
        hint: 'Give it: --registry registry.example.com/acme',
    });
}
/** In the registry an image is called as the chart calls it. */
function withChartName(match, registry) {
    const { image, inChart } = match;
    if (inChart === undefined || !inChart.repository.startsWith(`${registry}/`))
        return match;
    return { ...match, image: { ...image, name: inChart.repository.slice(registry.length + 1) } };
}
const freeFolder = ({ files }, release) => ['chart', `charts/${release}`, `deploy/charts/${release}`].find((folder) => !files.some((path) => path.startsWith(`${folder}/`))) ??
    'chart';
const imageLines = (images, named, compose) => images.map(({ image, services }, index) => {
    const from = services.length > 0 ? `, ${compose?.path}: ${services.map((one) => one.name).join(', ')}` : '';
    return `image ${named[index]?.image.name}: ${image.context === '.' ? 'the repository itself' : `${image.context}/`}${image.file ? ` by ${image.file}` : ''}${from}`;
});
const chartLines = ({ chart: folder, valueFiles }, chart, own) => chart === undefined || own
    ? [`no chart${chart ? ' but the one that init wrote' : ''}: a small one in ${folder}/`]
    : [`chart ${folder}/${valueFiles.length > 0 ? ` with ${valueFiles.join(', ')}` : ''}`];
function notesOf(app, { chart, named, compose }) {
    const unknown = chart ? named.filter(({ inChart }) => inChart === undefined).map(({ image }) => image.name) : [];
    const fixed = named.filter(({ image, inChart }) => inChart && inChart.path === undefined && inChart.repository !== `${app.registry}/${image.name}`);
    const tasks = (compose?.services ?? []).filter(({ task }) => task).map(({ name }) => name);
    const others = Object.entries(chart ? {} : (compose?.others ?? {}));
    const wide = clusterKinds(app.kinds);
    return [
        ...unknown.map((name) => `No value of the chart names the image ${name}: a deploy refuses an image that no container uses. Have the chart use ${app.registry}/${name}`),
        ...fixed.map(({ image, inChart }) => `A template names ${inChart?.repository}: have it use ${app.registry}/${image.name}, which is what is built`),
        ...(chart
            ? []
            : tasks.map((name) => `${name} runs to its end in ${compose?.path}: write a Job with Helm's hook annotations for it (pre-upgrade, post-install)`)),
        ...others.map(([name, image]) => `${name} (${image}) is not part of the chart: use a managed one, or a chart of its own`),
        ...(wide.length === 0
            ? []
            : [
                `The chart makes ${wide.join(', ')}: ${app.namespace}'s Role cannot allow what is of the whole cluster; \`todo-deploy doctor\` prints the rules`,
            ]),
        ...(app.front !== undefined && app.host === undefined ? ['No --host was given: the Ingress takes requests for all hosts'] : []),
    ];
}

;// CONCATENATED MODULE: ./lib/init/index.js


;// CONCATENATED MODULE: ./lib/actions/init/checkout.js



const LIMIT_MS = 60_000;
const checkout_LARGEST = 1024 * 1024;
/** The checkout around a folder. Throws ConfigurationError where there is none. */
async function readCheckout(runner, folder, branch) {
    const git = (where, ...args) => runner.run({ command: ['git', '-C', where, ...args], env: { LC_ALL: 'C' }, timeoutMs: LIMIT_MS }).then(({ stdout }) => stdout);
    const optional = (...args) => git(root, ...args).then((text) => text.trim() || undefined, () => undefined);
    const root = await git(folder, 'rev-parse', '--show-toplevel').then((text) => text.replace(/\n$/, ''), notACheckout(folder));
    if (root === '')
        throw notOne(folder);
    const files = (await git(root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard')).split('\0').filter((path) => path !== '');
    // Git lists what was deleted, until that is committed.
    const there = [...new Set(files)].filter((path) => (0,external_node_fs_.lstatSync)((0,external_node_path_.join)(root, path), { throwIfNoEntry: false }) !== undefined);
    const head = (await optional('symbolic-ref', '--short', 'refs/remotes/origin/HEAD'))?.replace(/^origin\//, '');
    return {
        root,
        checkout: {
            files: there.sort(),
            read: (path) => readText((0,external_node_path_.join)(root, path)),
            folder: (0,external_node_path_.basename)(root),
            remote: await optional('remote', 'get-url', 'origin'),
            branch: branch ?? head ?? (await optional('symbolic-ref', '--short', 'HEAD')) ?? 'main',
        },
    };
}
const notOne = (folder, cause) => new errors/* ConfigurationError */.j1(`${folder} is not in a git checkout`, {
    hint: 'Run it in the repository that you want to deploy; `git init` makes one.',
    cause,
});
const notACheckout = (folder) => (error) => {
    if (error instanceof errors/* ProcessError */.yI && error.stderr.includes('not a git repository'))
        throw notOne(folder, error);
    throw error;
};
/** What a link leads to may lie outside. */
function readText(path) {
    const stat = (0,external_node_fs_.lstatSync)(path, { throwIfNoEntry: false });
    if (!stat?.isFile() || stat.size > checkout_LARGEST)
        return undefined;
    try {
        return (0,external_node_fs_.readFileSync)(path, 'utf8');
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./lib/actions/init/write.js



/** Writes what is not there yet; never what is. Returns what became of each, in the same order. */
function writeFiles(root, files, dryRun) {
    return files.map((file) => ({ ...file, state: writeFile((0,external_node_path_.join)(root, file.path), file.content, root, dryRun) }));
}
function writeFile(path, content, root, dryRun) {
    const there = stateOf(path, content);
    if (there !== undefined)
        return there;
    // A folder that is a link may lead out of the checkout.
    if (!isInside((0,external_node_path_.dirname)(path), root))
        return 'kept';
    if (dryRun)
        return 'planned';
    (0,external_node_fs_.mkdirSync)((0,external_node_path_.dirname)(path), { recursive: true });
    try {
        // Whatever came there meanwhile stays.
        (0,external_node_fs_.writeFileSync)(path, content, { flag: 'wx' });
        return 'written';
    }
    catch (error) {
        if ((0,values/* codeOf */.$N)(error) === 'EEXIST')
            return stateOf(path, content) ?? 'kept';
        throw error;
    }
}
function stateOf(path, content) {
    const stat = seenAt(path);
    if (stat === undefined)
        return undefined;
    return stat.isFile() && (0,external_node_fs_.readFileSync)(path, 'utf8') === content ? 'same' : 'kept';
}
/** undefined where there is nothing, or what should be a folder on the way is a file. */
function seenAt(path) {
    try {
        return (0,external_node_fs_.lstatSync)(path, { throwIfNoEntry: false });
    }
    catch (error) {
        if ((0,values/* codeOf */.$N)(error) === 'ENOTDIR')
            return undefined;
        throw error;
    }
}
/** The nearest folder that is there decides; a file is none. */
function isInside(folder, root) {
    const stat = seenAt(folder);
    if (stat === undefined)
        return isInside((0,external_node_path_.dirname)(folder), root);
    if (!(0,external_node_fs_.statSync)(folder, { throwIfNoEntry: false })?.isDirectory())
        return false;
    const [real, top] = [(0,external_node_fs_.realpathSync)(folder), (0,external_node_fs_.realpathSync)(root)];
    return real === top || real.startsWith(`${top}${external_node_path_.sep}`);
}

;// CONCATENATED MODULE: ./lib/actions/init/run.js




/** Reads the checkout, writes what a deploy needs and is not there yet, and says what is left to do. */
async function runInit(context, { wanted, branch, dryRun }) {
    const { processes, secrets, env } = context;
    const runner = new tools_process/* NodeProcessRunner */.u({ onStart: processes.started, onEnd: processes.ended, redact: secrets.redact });
    const { root, checkout } = await readCheckout(runner, env.workspace, branch);
    const plan = planInit(checkout, wanted);
    const files = writeFiles(root, plan.files, dryRun);
    tell(context, plan, files);
    const paths = (...states) => files.filter(({ state }) => states.includes(state)).map(({ path }) => path);
    context.setOutput('written', paths('written').join('\n'));
    context.setOutput('planned', paths('planned').join('\n'));
    context.setOutput('kept', paths('kept', 'same').join('\n'));
    context.setOutput('secrets', [...secretsOf(plan)].join('\n'));
}
const WORDS = {
    written: 'written',
    planned: 'would be written',
    same: 'is there already, as it would be written',
    kept: 'is there already, and is kept as it is',
};
function tell({ log }, { found, notes, steps }, files) {
    const say = (lines) => {
        for (const line of lines)
            log.info(line);
    };
    say(['Found', ...found.map((line) => `  ${line}`), '', 'Files', ...files.map(({ path, state }) => `  ${path}: ${WORDS[state]}`)]);
    const kept = files.filter(({ state }) => state === 'kept').map(({ path }) => `${path} is yours: take over from below what it lacks`);
    if (notes.length + kept.length > 0)
        say(['', 'To look at', ...[...kept, ...notes].map((line) => `  - ${line}`)]);
    for (const { path, content, state } of files) {
        if (state !== 'kept' && state !== 'planned')
            continue;
        const title = state === 'kept' ? `${path} is there already. It would have been:` : `${path}:`;
        say([
            '',
            title,
            ...content
                .trimEnd()
                .split('\n')
                .map((line) => (line === '' ? '' : `    ${line}`)),
        ]);
    }
    say(['', 'Next']);
    for (const [index, { text, commands }] of steps.entries())
        say([`  ${index + 1}. ${text}`, ...commands.map((command) => `       ${command}`)]);
}
const secretsOf = ({ steps }) => new Set(steps.flatMap(({ commands }) => commands.flatMap((command) => /gh secret set (\w+)/.exec(command)?.[1] ?? [])));

// EXTERNAL MODULE: ./lib/actions/janitor/inputs.js
var janitor_inputs = __webpack_require__(90176);
// EXTERNAL MODULE: ./lib/actions/janitor/run.js + 2 modules
var janitor_run = __webpack_require__(55943);
// EXTERNAL MODULE: ./lib/actions/pipeline/inputs.js
var pipeline_inputs = __webpack_require__(60989);
// EXTERNAL MODULE: ./lib/actions/pipeline/post.js
var pipeline_post = __webpack_require__(39906);
// EXTERNAL MODULE: ./lib/actions/pipeline/run.js
var pipeline_run = __webpack_require__(50119);
// EXTERNAL MODULE: ./lib/actions/preview/main.js
var main = __webpack_require__(40887);
// EXTERNAL MODULE: ./lib/actions/preview/post.js
var preview_post = __webpack_require__(98164);
// EXTERNAL MODULE: ./lib/actions/preview/run.js + 24 modules
var preview_run = __webpack_require__(30948);
// EXTERNAL MODULE: ./lib/actions/shared/backup/from.js
var backup_from = __webpack_require__(85642);
// EXTERNAL MODULE: ./lib/actions/shared/backup/identity.js
var backup_identity = __webpack_require__(7844);
;// CONCATENATED MODULE: ./lib/actions/recovery-job/inputs.js





const inputs_DAY = 86_400_000;
/** The only reader of the command's inputs. Throws ConfigurationError before anything is touched. */
function readRecoveryJobInputs(context) {
    const { inputs, env } = context;
    return {
        app: readApp(context),
        from: (0,backup_from/* readFrom */.z)(inputs, 'drill'),
        identity: (0,backup_identity/* readIdentity */.x)(inputs),
        destination: (0,storage/* readDestination */.F)(context),
        keys: (0,storage/* readStorageKeys */.e)(context),
        port: inputs.integer('port', { default: backup/* RECOVERY_PORT */.Oo, min: 1024, max: 65_535 }),
        readyFile: inputs.required('ready-file', { pattern: /^\/[\w./-]+$/, describe: 'the path of a file' }),
        scratch: inputs.path('scratch', { default: env.tempDir, mustExist: 'directory' }),
        timeoutMs: inputs.duration('timeout', '6h', { min: 10_000, max: inputs_DAY }),
    };
}

;// CONCATENATED MODULE: ./lib/tools/answer-server.js



/** Gives the same text to whoever connects, and ends the connection, until it is aborted. Errors: `ToolError` where the port is taken. */
async function serveAnswer({ text, port, readyFile, signal }) {
    const server = (0,external_node_net_.createServer)((socket) => {
        socket.on('error', () => socket.destroy());
        socket.end(text);
    });
    try {
        await new Promise((resolve, reject) => {
            server.on('error', (error) => reject(new errors/* ToolError */.v4(`Port ${port} cannot be listened on (${error.message})`, { cause: error })));
            server.listen(port, '127.0.0.1', () => (0,external_node_fs_.writeFileSync)(readyFile, ''));
            if (signal.aborted)
                resolve();
            signal.addEventListener('abort', () => resolve(), { once: true });
        });
    }
    finally {
        (0,external_node_fs_.rmSync)(readyFile, { force: true });
        server.close();
    }
}

;// CONCATENATED MODULE: ./lib/actions/recovery-job/run.js



/** What the Job runs that a drill and a disaster begin with: opens a backup, and gives its recovery point to whoever connects, until it is ended. */
async function runRecoveryJob(context, inputs) {
    const { app, destination, keys, scratch, timeoutMs, from, identity, port, readyFile } = inputs;
    const tools = backupTools(context, { app, destination, keys, scratch, timeoutMs, failure: 'backup-failed' });
    try {
        const { manifest } = (0,backup/* chosen */.FV)(await (0,backup/* inventory */.pf)(tools.store), from, Math.random());
        context.setOutput('backup', manifest.id);
        const identityFile = context.temp.file('identity', `${identity.trim()}\n`);
        const point = await (0,backup/* fetchRecoveryPoint */.sK)(tools, manifest, identityFile);
        context.log.info(`Backup ${manifest.id} holds ${Object.keys(point.releases).length} record(s) of Helm`);
        await serveAnswer({ text: (0,backup/* recoveryPointText */.Ty)(point), port, readyFile, signal: context.signal });
    }
    finally {
        tools.close();
    }
}

// EXTERNAL MODULE: ./lib/actions/remove/inputs.js
var remove_inputs = __webpack_require__(41411);
// EXTERNAL MODULE: ./lib/actions/remove/run.js
var remove_run = __webpack_require__(7689);
// EXTERNAL MODULE: ./lib/actions/restore/inputs.js
var restore_inputs = __webpack_require__(82129);
// EXTERNAL MODULE: ./lib/actions/restore/run.js + 17 modules
var restore_run = __webpack_require__(13678);
// EXTERNAL MODULE: ./lib/actions/shared/backup/hold-writes.js
var hold_writes = __webpack_require__(50652);
;// CONCATENATED MODULE: ./lib/actions/restore-job/inputs.js






const RESTORE_MODES = ['drill', 'into', 'replace', 'cut-over', 'undo'];
/** Those that open a backup. */
const OPENING = ['drill', 'into', 'replace'];
const restore_job_inputs_DAY = 86_400_000;
/** The only reader of the command's inputs. Throws ConfigurationError before anything is touched. */
function readRestoreJobInputs(context) {
    const { inputs, env } = context;
    const mode = inputs.choice('mode', RESTORE_MODES, 'drill');
    const identity = OPENING.includes(mode) ? (0,backup_identity/* readIdentity */.x)(inputs) : inputs.secret('identity');
    const from = (0,backup_from/* readFrom */.z)(inputs, mode);
    return {
        app: readApp(context),
        mode,
        from,
        identity,
        destination: (0,storage/* readDestination */.F)(context),
        keys: (0,storage/* readStorageKeys */.e)(context),
        address: readDatabase(context),
        target: inputs.optional('target', { pattern: /^[^-\0\n][^\0\n]{0,62}$/, describe: 'the name of a database' }),
        confirm: inputs.optional('confirm', { pattern: /^/ }),
        holdWrites: (0,hold_writes/* readHoldWrites */.E)(inputs, mode),
        fresh: inputs.boolean('fresh', mode === 'drill'),
        login: readLogin(inputs),
        jobs: inputs.integer('jobs', { default: 2, min: 1, max: 64 }),
        scratch: inputs.path('scratch', { default: env.tempDir, mustExist: 'directory' }),
        waitMs: inputs.duration('wait', '0s', { max: 3_600_000 }),
        timeoutMs: inputs.duration('timeout', '6h', { min: 10_000, max: restore_job_inputs_DAY }),
    };
}
function readLogin(inputs) {
    const [user, password] = [inputs.optional('login-user', { pattern: /^[^\0\n]+$/ }), inputs.secret('login-password')];
    return user !== undefined && password !== '' ? { user, password } : undefined;
}

;// CONCATENATED MODULE: ./lib/actions/restore-job/names.js

/** What the databases of a restore on the server that was dumped are called. */
const namesOf = ({ source, sequence }) => ({
    live: source.database,
    restored: `${source.database}_restored_${sequence}`,
    kept: `${source.database}_before_${sequence}`,
});
/** PostgreSQL cuts names at 63 bytes. */
const LONGEST = 32;
/** The same with names that no run has used: one that was killed may have left its own. */
function freshNamesOf({ sequence }, live) {
    const suffix = `${sequence}_${(0,external_node_crypto_.randomBytes)(4).toString('hex')}`;
    const short = live.slice(0, LONGEST);
    return { live, restored: `${short}_restored_${suffix}`, kept: `${short}_before_${suffix}` };
}

;// CONCATENATED MODULE: ./lib/actions/restore-job/run.js





/** What the Job of a restore or a drill runs. Errors: `restore-unequal` where what came back is not what was dumped. */
async function runRestoreJob(context, inputs) {
    const { app, destination, keys, scratch, timeoutMs, from, mode } = inputs;
    const tools = backupTools(context, { app, destination, keys, scratch, timeoutMs, failure: 'backup-failed' });
    try {
        if (inputs.waitMs > 0)
            await tools.postgres.reachable(inputs.address, inputs.waitMs);
        const { manifest } = (0,backup/* chosen */.FV)(await (0,backup/* inventory */.pf)(tools.store), from, Math.random());
        context.setOutput('backup', manifest.id);
        if (mode === 'replace')
            await replace(context, inputs, tools, manifest);
        else if (mode === 'drill' || mode === 'into')
            await restore(context, inputs, tools, manifest);
        else
            await rename(context, inputs, tools, manifest);
    }
    finally {
        tools.close();
    }
}
async function restore(context, inputs, tools, manifest) {
    const isDrill = inputs.mode === 'drill';
    const database = inputs.target ?? (isDrill ? manifest.source.database : namesOf(manifest).restored);
    const restored = await restoredInto(context, inputs, tools, { manifest, database });
    const { differences, seconds } = restored;
    if (isDrill)
        await (0,backup/* recordDrill */.v$)(tools, { id: manifest.id, differences, seconds, run: (0,external_node_crypto_.randomBytes)(6).toString('hex') });
    const held = inputs.holdWrites && differences.length === 0 ? await hold(context, inputs, tools, manifest) : undefined;
    await run_tell(context, manifest, { restored, database, held });
    (0,backup/* requireEqual */.ys)(manifest, restored);
}
/** Only once there is something to cut over to: a restore that fails leaves the app as it is. */
async function hold({ log }, { address }, { postgres }, { source }) {
    if (!(await (0,backup/* hasDatabase */.A0)(postgres, address, source.database))) {
        log.warning(`There is no database ${source.database} on this server whose writes could be held`);
        return undefined;
    }
    const session = await postgres.open(address);
    try {
        await (0,backup/* holdWrites */.eq)(session, source.database);
    }
    finally {
        await session.close().catch(() => undefined);
    }
    log.info(`${source.database} is read-only from now on: mode cut-over or undo ends that`);
    return source.database;
}
/** In the place of the database of that name, where there is one; that one is kept. */
async function replace(context, inputs, tools, manifest) {
    const { address } = inputs;
    const live = inputs.target ?? manifest.source.database;
    const names = (await (0,backup/* hasDatabase */.A0)(tools.postgres, address, live)) ? freshNamesOf(manifest, live) : undefined;
    const restored = await restoredInto(context, inputs, tools, { manifest, database: names?.restored ?? live });
    if (restored.differences.length === 0 && names !== undefined)
        await (0,backup/* cutOver */.NQ)(() => tools.postgres.open(address), names);
    await run_tell(context, manifest, { restored, database: live, kept: names?.kept });
    (0,backup/* requireEqual */.ys)(manifest, restored);
}
async function restoredInto(context, { identity, address, confirm, jobs, fresh, login }, tools, { manifest, database }) {
    context.log.info(`Backup ${manifest.id}, of ${manifest.snapshotAt}, goes into database ${database}`);
    const identityFile = context.temp.file('identity', `${identity.trim()}\n`);
    const target = { address, database, confirm };
    const restored = await (0,backup/* restoreBackup */.dH)({ manifest, identityFile, target, fresh, jobs }, tools);
    // Afterwards: what is compared is what the backup brought.
    const done = login && (await (0,backup/* giveLogin */.Jq)(tools.postgres, address, login));
    if (done === 'given')
        context.log.info(`The backup holds no password of role ${login?.user}: it has the one that the app knows`);
    return restored;
}
async function run_tell(context, manifest, { restored, database, kept, held }) {
    const { differences, seconds } = restored;
    const isEqual = differences.length === 0;
    const rpo = Math.max(0, Math.round((context.clock.now() - Date.parse(manifest.snapshotAt)) / 1000));
    const rto = Object.values(seconds).reduce((sum, each) => sum + each, 0);
    context.setOutput('equal', String(isEqual));
    context.setOutput('rpo-seconds', String(rpo));
    context.setOutput('rto-seconds', String(rto));
    context.setOutput('database', database);
    await (0,report/* writeBackupReport */.k)(context, {
        backup: manifest.id,
        snapshotAt: manifest.snapshotAt,
        database,
        ...(kept !== undefined && { kept }),
        ...(held !== undefined && { held }),
        equal: isEqual,
        differences: differences.slice(0, 10),
        rpo,
        rto,
        seconds,
        ...(0,backup/* besideReport */.Ne)(manifest),
    });
    context.summary.heading(2, isEqual ? `Backup ${manifest.id} came back as it was` : `Backup ${manifest.id} did not come back as it was`);
    context.summary.list([
        `${manifest.contents.tables} tables, ${manifest.contents.rows} rows, compared with its manifest: ${differences.length} difference(s)`,
        ...differences.slice(0, 50),
        `recovery point: ${rpo} s old; recovery time: ${rto} s`,
        ...Object.entries(seconds).map(([phase, took]) => `${phase}: ${took} s`),
    ]);
}
async function rename(context, { mode, address, target }, { postgres }, manifest) {
    const there = { ...namesOf(manifest), ...(target === undefined ? {} : { restored: target }) };
    const names = mode === 'undo' ? (0,backup/* undoOf */.CF)(there) : there;
    const done = await (0,backup/* cutOver */.NQ)(() => postgres.open(address), names);
    const words = `${names.restored} is ${names.live} now, and what was ${names.live} is ${names.kept}`;
    context.log.info(done === 'done' ? words : `It was done before: ${words}`);
    context.setOutput('database', names.live);
    await (0,report/* writeBackupReport */.k)(context, { backup: manifest.id, ...names, done });
    context.summary.heading(2, words);
}

// EXTERNAL MODULE: ./lib/actions/rollback/inputs.js
var rollback_inputs = __webpack_require__(31375);
// EXTERNAL MODULE: ./lib/actions/rollback/post.js
var rollback_post = __webpack_require__(51716);
// EXTERNAL MODULE: ./lib/actions/rollback/run.js + 1 modules
var rollback_run = __webpack_require__(49708);
// EXTERNAL MODULE: ./lib/actions/smoke-test/main.js + 3 modules
var smoke_test_main = __webpack_require__(7321);
// EXTERNAL MODULE: ./lib/actions/status/inputs.js
var status_inputs = __webpack_require__(17630);
// EXTERNAL MODULE: ./lib/actions/status/run.js + 12 modules
var status_run = __webpack_require__(18971);
;// CONCATENATED MODULE: ./lib/cli/metadata.js





/** Reads an action's metadata: the one source of inputs, flags and their help. */
function readMetadata(root, folder) {
    const raw = (0,yaml/* parseYaml */.hN)((0,external_node_fs_.readFileSync)((0,external_node_path_.join)(root, folder, 'action.yml'), 'utf8'), `${folder}/action.yml`);
    const inputs = Object.entries(raw.inputs ?? {}).map(([name, field]) => {
        const given = String(field.default ?? '');
        const fallback = given.includes('${{') ? '' : given;
        return {
            name,
            description: (field.description ?? '').replace(/\s+/g, ' ').trim(),
            required: field.required === true,
            fallback,
            boolean: fallback === 'true' || fallback === 'false' || BOOLEANS.has(name),
        };
    });
    return { description: raw.description ?? '', inputs };
}
/** Those whose default depends on the run. */
const BOOLEANS = new Set(['push']);
function productVersion(root) {
    const wrong = (why) => new errors/* ToolError */.v4(`package.json cannot be read: ${why}`);
    return (0,json/* parseJsonObject */.dw)((0,external_node_fs_.readFileSync)((0,external_node_path_.join)(root, 'package.json'), 'utf8'), wrong).version;
}

;// CONCATENATED MODULE: ./lib/cli/own-metadata.js

const field = (name, description, more = {}) => ({
    name,
    description,
    required: false,
    fallback: '',
    boolean: false,
    ...more,
});
/** Returns the metadata of a command that is no action. */
function ownMetadata(root, folder, { description, taken, more }) {
    const { inputs } = readMetadata(root, folder);
    const found = taken.flatMap((name) => inputs.filter((input) => input.name === name));
    return { description, inputs: [...more, ...found.map((input) => ({ ...input, required: false }))] };
}
const INIT = {
    description: "Reads the repository and writes what a deploy needs: workflows, the account's Role, a chart where there is none. Overwrites nothing.",
    taken: [],
    more: [
        field('dry-run', 'Show everything that would be written, and write nothing.', { fallback: 'false', boolean: true }),
        field('images', 'Images to build, one per line: `name: context`. Default: those of the compose file, or of the Dockerfiles.'),
        field('registry', 'Registry with its prefix. Default: the one that the chart names, or ghcr.io/OWNER of the GitHub remote.'),
        field('chart', 'Chart folder. Default: the one that there is; without one, a small chart is written.'),
        field('release', "Helm release name of the app. Default: the chart's name, or the repository's."),
        field('namespace', "Namespace. Default: the release's name."),
        field('port', 'Port that the app listens on; NAME=PORT, one per line, where there are several. Default: as Dockerfile or framework say.'),
        field('host', 'Host name of the app, for the Ingress of the chart that is written. Default: all hosts.'),
        field('ingress-class', "IngressClass for that chart. Default: the cluster's default."),
        field('cluster-issuer', "cert-manager's ClusterIssuer for that chart. Default: no certificate."),
        field('cluster', 'DigitalOcean Kubernetes cluster, by name or id. Default: a kubeconfig in the secret KUBECONFIG.'),
        field('environment', 'GitHub environment of the deploys.', { fallback: 'production' }),
        field('branch', "Branch whose pushes are deployed. Default: the remote's default branch."),
    ],
};
const STORAGE = [
    field('release', 'Helm release name of the app.'),
    field('namespace', "Namespace of the app. Default: the release's name."),
    field('destination', 'Where backups are kept: s3://BUCKET/PREFIX.'),
    field('endpoint', 'Address of the storage: https://HOST.'),
    field('region', 'Region of the storage.', { fallback: 'us-east-1' }),
    field('access-key-id', 'Name of the key of the storage.'),
    field('secret-access-key', 'Key of the storage.'),
    field('database-url', 'Address of the database: postgresql://USER:PASSWORD@HOST:PORT/NAME. The following flags overrule its parts.'),
    field('database-host', 'Host of the database server.'),
    field('database-port', 'Its port.', { fallback: '5432' }),
    field('database-name', 'Name of the database; for a restore, of one that is there, such as postgres.'),
    field('database-user', 'Role to connect as.'),
    field('database-password', 'Its password.'),
    field('database-sslmode', "libpq's sslmode: disable, allow, prefer, require, verify-ca, verify-full.", { fallback: 'prefer' }),
    field('database-ca', "File with the certificates of the server's authority."),
    field('jobs', 'Tables that are dumped or restored at a time.', { fallback: '2' }),
    field('scratch', 'Folder with room for a dump. Default: the folder for temporary files.'),
    field('wait', 'How long to wait until the database server accepts connections.', { fallback: '0s' }),
    field('timeout', 'Time limit of each program.', { fallback: '6h' }),
];
const BACKUP_JOB = {
    description: "Takes one backup with this machine's programs (pg_dump, age, tar, rclone), as the Job of the backup action does: one snapshot, encrypted, read back and compared, manifest last.",
    taken: [],
    more: [
        ...STORAGE,
        field('recipients', "age's public keys, two at least: one a line."),
        field('keep', 'How many hours, days, weeks and months keep a backup.', { fallback: '24h 7d 4w 12m' }),
        field('keep-good', 'Backups that a drill has restored of which there always stay so many.', { fallback: '3' }),
        field('cap', 'Backups that one run removes at most.', { fallback: '20' }),
        field('dry-run', 'Take nothing, and show what would be removed now; of the database and the keys nothing is needed then.', {
            fallback: 'false',
            boolean: true,
        }),
        field('ping-url', 'Address at a dead-man service: told how it ended, by POST, there or at /fail below it.'),
        field('include', 'Folder whose files go with the dump, encrypted as it is.'),
        field('beside', 'How long to wait for what goes with the backup beside its dump (volume snapshots): asked and told on the loopback address.', {
            fallback: '0s',
        }),
        field('port', 'Port for that, on the loopback address.', { fallback: '8901' }),
        field('ready-file', 'Path of a file that is there while it answers there.'),
        field('held', 'Ids of backups that something is held for, separated by commas: the report says which of them the storage has nothing of any more.'),
        field('compress', "pg_dump's --compress. Default: zstd:3 from PostgreSQL 16 on."),
    ],
};
const RESTORE_JOB = {
    description: "Restores a backup into a new database with this machine's programs and compares it, as the Job of the restore action does; cuts an app's database over to it, and undoes that.",
    taken: [],
    more: [
        ...STORAGE,
        field('mode', 'drill: into a server that is there for it alone, recorded; into: into a new database; replace: the same, and then cut-over; cut-over: the new database gets the name of the old one, which is kept; undo: the other way round.', {
            fallback: 'drill',
        }),
        field('from', 'latest, latest-drilled, random, or the id of a backup. Default: latest for a drill, else latest-drilled.'),
        field('identity', 'A private key of age that opens the backup.'),
        field('target', 'Name of the new database. Default: the dumped one for a drill, else called after the backup.'),
        field('confirm', 'HOST:PORT/NAME of the new database, where it is made on the server that was dumped.'),
        field('fresh', 'The server is there for this alone: its roles become those of the source. Default: for a drill.', { boolean: true }),
        field('login-user', 'A role that gets a password where the backup holds none.'),
        field('login-password', 'That password.'),
    ],
};
/** The database is none of its matters. */
const WITHOUT_DATABASE = STORAGE.filter(({ name }) => !/^(database-|jobs$|wait$)/.test(name));
const RECOVERY_JOB = {
    description: "Opens a backup with this machine's programs, and gives its recovery point (Helm's records, the journal) to whoever connects on the loopback address, until it is ended: what a drill and a disaster of the restore action begin with.",
    taken: [],
    more: [
        ...WITHOUT_DATABASE,
        field('from', 'latest, latest-drilled, random, or the id of a backup.', { fallback: 'latest' }),
        field('identity', 'A private key of age that opens the backup.'),
        field('port', 'Port on the loopback address.', { fallback: '8901' }),
        field('ready-file', 'Path of a file that is there while it answers.'),
    ],
};
const DOCTOR = {
    description: 'Proves registry, cluster, rights and everything else that a first deploy rests on, and says what mends what is missing. Changes nothing.',
    taken: [
        'chart',
        'release',
        'namespace',
        'value-files',
        'values',
        'registry',
        'secrets',
        'image-pull-secrets',
        'shared',
        'url',
        'cluster',
        'digitalocean-token',
        'kubeconfig',
        'context',
        'service-account',
        'github-token',
    ],
    more: [field('username', 'User name at the registry. Default: as for a build.'), field('password', 'Password or token at the registry.')],
};

;// CONCATENATED MODULE: ./lib/cli/commands.js




































const COMMANDS = [
    { name: 'init', folder: 'actions/deploy', own: INIT, run: (context) => runInit(context, readInitInputs(context)) },
    { name: 'doctor', folder: 'actions/deploy', own: DOCTOR, run: (context) => (0,doctor_run/* doctorOfCheckout */.lJ)(context) },
    {
        name: 'pipeline',
        folder: '.',
        run: (context) => (0,pipeline_run/* runPipeline */.a)(context, (0,pipeline_inputs/* readPipelineInputs */.Mc)(context)),
        after: pipeline_post/* afterPipeline */.f,
        afterAlways: true,
    },
    { name: 'deploy', folder: 'actions/deploy', run: (context) => (0,deploy_run/* runDeploy */.z)(context, (0,deploy_inputs/* readDeployInputs */.J)(context)), after: deploy_post/* afterDeploy */.q },
    {
        name: 'rollback',
        folder: 'actions/rollback',
        run: (context) => (0,rollback_run/* runRollback */.e)(context, (0,rollback_inputs/* readRollbackInputs */.K)(context)),
        after: rollback_post/* afterRollback */.z,
    },
    {
        name: 'preview',
        folder: 'actions/preview',
        run: (context) => (0,preview_run/* runPreview */.U)(context, (0,main/* readInputs */.Ko)(context)),
        after: preview_post/* afterPreview */.J,
    },
    { name: 'remove', folder: 'actions/remove', run: (context) => (0,remove_run/* runRemove */.m)(context, (0,remove_inputs/* readRemoveInputs */.y)(context)) },
    { name: 'janitor', folder: 'actions/janitor', run: (context) => (0,janitor_run/* runJanitor */.t)(context, (0,janitor_inputs/* readJanitorInputs */.F)(context)) },
    { name: 'smoke-test', folder: 'actions/smoke-test', run: smoke_test_main/* smokeTest */.KH },
    { name: 'status', folder: 'actions/status', run: (context) => (0,status_run/* runStatus */.e)(context, (0,status_inputs/* readStatusInputs */.S)(context)) },
    {
        name: 'build-push',
        folder: 'actions/build-push',
        run: (context) => (0,build_push_run/* runBuildPush */.A)(context, (0,build_push_inputs/* readBuildPushInputs */.Q)(context)),
        after: post/* afterBuild */.J,
        afterAlways: true,
    },
    { name: 'backup', folder: 'actions/backup', run: (context) => (0,run/* runBackup */.Q)(context, (0,inputs/* readBackupInputs */.Q)(context)) },
    { name: 'restore', folder: 'actions/restore', run: (context) => (0,restore_run/* runRestore */.Y)(context, (0,restore_inputs/* readRestoreInputs */.E)(context)) },
    {
        name: 'backup-job',
        folder: 'actions/deploy',
        own: BACKUP_JOB,
        run: (context) => runBackupJob(context, readBackupJobInputs(context)),
    },
    {
        name: 'restore-job',
        folder: 'actions/deploy',
        own: RESTORE_JOB,
        run: (context) => runRestoreJob(context, readRestoreJobInputs(context)),
    },
    {
        name: 'recovery-job',
        folder: 'actions/deploy',
        own: RECOVERY_JOB,
        run: (context) => runRecoveryJob(context, readRecoveryJobInputs(context)),
    },
];

;// CONCATENATED MODULE: ./lib/cli/secret-inputs.js
/** Inputs whose value must not stand in a command line, where every user of the machine can read it; with the variable that is read instead. */
const SECRET_INPUTS = {
    secrets: 'TODO_DEPLOY_SECRETS',
    'build-secrets': 'TODO_DEPLOY_BUILD_SECRETS',
    password: 'TODO_DEPLOY_PASSWORD',
    'github-token': 'GITHUB_TOKEN',
    'digitalocean-token': 'DIGITALOCEAN_ACCESS_TOKEN',
    kubeconfig: 'KUBECONFIG',
    'access-key-id': 'AWS_ACCESS_KEY_ID',
    'secret-access-key': 'AWS_SECRET_ACCESS_KEY',
    'database-password': 'DATABASE_PASSWORD',
    'database-url': 'DATABASE_URL',
    identity: 'AGE_IDENTITY',
    'login-password': 'LOGIN_PASSWORD',
    'ping-url': 'PING_URL',
};
const isSecretInput = (name) => name in SECRET_INPUTS;
/** Read by the actions themselves: nothing to hand over. */
const READ_ANYWAY = new Set(['DIGITALOCEAN_ACCESS_TOKEN', 'KUBECONFIG']);
/** Secret inputs that the environment gives, of those that the command has. */
function secretsFromEnvironment(names, env) {
    const found = names.filter(isSecretInput).flatMap((name) => {
        const variable = SECRET_INPUTS[name];
        const value = READ_ANYWAY.has(variable) ? undefined : env[variable];
        return value ? [[name, value]] : [];
    });
    return Object.fromEntries(found);
}

;// CONCATENATED MODULE: ./lib/cli/help.js

const EXIT_CODES = [
    [0, 'done: it serves, or there was nothing to do'],
    [1, 'it failed, or was rolled back; doctor, status and smoke-test: something is wrong'],
    [2, 'wrong flags, inputs or configuration; nothing was touched'],
    [3, 'the rollback failed too: a person has to look now'],
    [4, 'another run owns the app'],
    [130, 'cancelled (Ctrl-C)'],
];
const ABOUT = 'Builds, deploys and rolls back Helm charts blue-green, as the GitHub Actions of the same names do.';
/** After the flags of a command. */
const TWINS = `
Every flag has a twin --NAME-file PATH that reads its value from a file, or from
standard input (-). A flag for several lines can be given several times.`;
const CODES = ['', 'Exit codes:', ...EXIT_CODES.map(([code, meaning]) => `  ${String(code).padEnd(6)}${meaning}`)].join('\n');
/** `--chart … [FLAGS]`: what a command cannot do without comes first. */
function usageOf(inputs) {
    const required = inputs.filter((field) => field.required);
    return [...required.map(({ name }) => `--${name}${isSecretInput(name) ? '-file' : ''} …`), '[FLAGS]'].join(' ');
}
/** An input's description as a flag's. */
function inputText({ name, description, required, fallback, boolean }) {
    const off = boolean && fallback === 'true' ? ` On by default; --no-${name} turns it off.` : '';
    const usual = boolean || fallback === '' ? '' : ` Default: ${fallback}.`;
    const known = isSecretInput(name) && !description.includes(SECRET_INPUTS[name]);
    const variable = known ? ` Or the variable ${SECRET_INPUTS[name]}.` : '';
    return `${required ? 'Required. ' : ''}${description}${off}${usual}${variable}`;
}

;// CONCATENATED MODULE: ./lib/cli/flags.js




/** Gives a command the inputs of its action as flags, each with a twin that reads a file, and the flags of every command. */
function addFlags(command, fields, args) {
    command.optionsGroup('Flags:').helpOption('-h, --help', 'Show this help.');
    for (const option of fields.flatMap((field) => optionsOf(field, args)))
        command.addOption(option);
    command
        .optionsGroup('Flags of every command:')
        .option('--json', 'Print one JSON object with the outputs and the report to standard output; progress goes to standard error.')
        .addOption(new commander/* Option */.c$('--report <path>', 'Keep the report, JSON, in this file.').argParser((path) => next('report', path, args)))
        .option('--color', 'Colour: by default on a terminal, unless NO_COLOR is set. --no-color turns it off.')
        .addOption(new commander/* Option */.c$('--no-color').hideHelp())
        .option('--debug', 'Show debug lines, and stacks of errors.');
}
/** What was given, in an action's terms. Throws ConfigurationError. */
function flagsOf(command, fields) {
    const given = command.opts();
    const valuesOf = (suffix) => Object.fromEntries(fields.flatMap(({ name }) => {
        const value = given[flag(`--${name}${suffix}`).attributeName()];
        return value === undefined ? [] : [[name, String(value)]];
    }));
    const files = valuesOf('-file');
    if (Object.values(files).filter((path) => path === '-').length > 1) {
        throw new errors/* ConfigurationError */.j1('Two flags read standard input', { hint: 'One of them can; give the other a file.' });
    }
    const { json = false, debug = false, color, report } = command.opts();
    return { inputs: valuesOf(''), files, json, debug, color, report };
}
/** Commander takes each flag that begins with `--no-` for another one's negation: `--no-cache` is an input of its own. */
const flag = (flags, text) => Object.assign(new commander/* Option */.c$(flags, text), { negate: false });
function optionsOf(field, args) {
    const { name, boolean } = field;
    const isShownAsFile = isSecretInput(name) && name !== 'kubeconfig';
    const file = flag(`--${name}-file <path>`, inputText(field))
        .argParser((path) => next(`${name}-file`, path, args))
        .hideHelp(!isShownAsFile);
    const value = boolean
        ? flag(`--${name} [bool]`, inputText(field)).preset('true')
        : flag(`--${name} <value>`, inputText(field)).argParser((text, before) => {
            refuseSecret(name, next(name, text, args));
            // Inputs of several lines: a flag for each.
            return before === undefined ? text : `${before}\n${text}`;
        });
    value.conflicts(file.attributeName()).hideHelp(isShownAsFile);
    return [value, file, ...(boolean ? [new commander/* Option */.c$(`--no-${name}`).hideHelp()] : [])];
}
/** Commander takes any next word as the value; where it is a flag, the value was forgotten. One dash is a value's (`--to -2`). */
function next(name, value, args) {
    if (!value.startsWith('--') || args.includes(`--${name}=${value}`))
        return value;
    throw new errors/* ConfigurationError */.j1(`--${name} needs a value`, { hint: `Write --${name}=… for a value that starts with two dashes.` });
}
/** A kubeconfig is mostly a path; its content is a secret like the others. */
function refuseSecret(name, value) {
    if (!isSecretInput(name) || (name === 'kubeconfig' && value.length < 1024 && /^[^\n{]*$/.test(value)))
        return;
    throw new errors/* ConfigurationError */.j1(`--${name} is a secret, and every user of this machine can read command lines`, {
        hint: `Use --${name}-file PATH, --${name}-file - for standard input, or the variable ${SECRET_INPUTS[name]}.`,
    });
}

// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(48161);
// EXTERNAL MODULE: ./lib/runtime/abort.js
var abort = __webpack_require__(28414);
// EXTERNAL MODULE: ./lib/runtime/action.js + 7 modules
var runtime_action = __webpack_require__(9794);
// EXTERNAL MODULE: ./lib/runtime/errors.js
var runtime_errors = __webpack_require__(50525);
// EXTERNAL MODULE: ./lib/runtime/only-ours.js
var only_ours = __webpack_require__(53806);
// EXTERNAL MODULE: ./lib/interfaces/reasons.js + 8 modules
var reasons = __webpack_require__(5660);
;// CONCATENATED MODULE: ./lib/cli/exit-code.js


/** What the command ends with; the table stands in the help. */
function exitCodeOf(error, outputs = {}) {
    if (error === undefined)
        return 0;
    // The rollback failed: that matters more than what came after it.
    const reason = outputs['failure-reason'] === 'rollback-failed' ? 'rollback-failed' : (0,errors/* reasonOf */.A3)(error);
    return reasons/* REASONS */.e[reason].exitCode ?? 1;
}

// EXTERNAL MODULE: external "node:util"
var external_node_util_ = __webpack_require__(57975);
;// CONCATENATED MODULE: ./lib/cli/style.js

const paint = (on, format) => (text) => on && text !== '' ? (0,external_node_util_.styleText)(format, text, { validateStream: false }) : text;
const styleOf = (color) => ({
    bold: paint(color, 'bold'),
    dim: paint(color, 'dim'),
    red: paint(color, 'red'),
    yellow: paint(color, 'yellow'),
    blue: paint(color, 'blue'),
});
/** Colour on a terminal, unless the user says otherwise (https://no-color.org). */
function wantsColor(flag, isTerminal, env) {
    return flag ?? (isTerminal && !env.NO_COLOR && env.TERM !== 'dumb');
}

// EXTERNAL MODULE: ./lib/runtime/neutral.js
var neutral = __webpack_require__(29651);
;// CONCATENATED MODULE: ./lib/cli/summary-text.js

/** Pure: a job summary (our own Markdown) as text for a terminal: tables aligned, folds open, diagrams left out. */
function summaryText(markdown, style) {
    const out = [];
    const lines = markdown.split('\n');
    for (let at = 0; at < lines.length; at += 1) {
        const line = lines[at] ?? '';
        const fence = /^(`{3,})(\w*)$/.exec(line);
        if (fence) {
            const end = lines.indexOf(fence[1] ?? '', at + 1);
            const body = lines.slice(at + 1, end < 0 ? undefined : end);
            if (fence[2] !== 'mermaid')
                out.push(...body.map((one) => style.dim(`  ${one}`)));
            at = end < 0 ? lines.length : end;
        }
        else if (line.startsWith('| ')) {
            const end = lines.findIndex((one, index) => index > at && !one.startsWith('|'));
            out.push(...table(lines.slice(at, end < 0 ? undefined : end), style));
            at = (end < 0 ? lines.length : end) - 1;
        }
        else
            out.push(...ordinary(line, style));
    }
    return neutral0(out.join('\n'))
        .replaceAll('\u00A0', ' ')
        .replace(/\n{3,}/g, '\n\n')
        .trim();
}
function ordinary(line, style) {
    const heading = /^(#{1,4}) (.*)$/.exec(line);
    if (heading)
        return [style.bold(inline(heading[2] ?? ''))];
    const fold = /^<details(?: open)?><summary>(.*)<\/summary>$/.exec(line);
    if (fold)
        return [`${inline(fold[1] ?? '')}:`];
    return line === '</details>' ? [] : [inline(line)];
}
/** Cells are split at bars that are not escaped. */
function table(lines, style) {
    const rows = lines
        .filter((_, index) => index !== 1)
        .map((line) => line
        .replace(/^\| | \|$/g, '')
        .split(/ ?(?<!\\)\| ?/)
        .map((cell) => inline(cell)));
    const columns = Math.max(...rows.map((row) => row.length));
    const widths = Array.from({ length: columns }, (_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
    return rows.map((row, index) => {
        const text = `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd();
        return index === 0 ? style.dim(text) : text;
    });
}
const ENTITIES = { lt: '<', gt: '>', amp: '&', '#64': '@', '#47': '/', '#46': '.', '#35': '#' };
/** A code span ends with as many backticks as it began with. */
const SPAN = /(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g;
function inline(line) {
    const spans = [];
    // Spans first: what is in them is no Markdown.
    const held = line.replace(SPAN, (_, __, text) => `\u0000${spans.push(text.replace(/^ (`.*|.*`) $/, '$1').replaceAll('\\|', '|')) - 1}\u0000`);
    return summary_text_words(held).replace(HELD, (_, index) => spans[Number(index)] ?? '');
}
// biome-ignore lint/suspicious/noControlCharactersInRegex: no text of a summary holds this character
const HELD = /\u0000(\d+)\u0000/g;
function summary_text_words(text) {
    return (text
        // No bracket in it: text has them escaped, and a search that begins at each would take the square of their number.
        .replace(/\[((?:\\.|[^[\]\\])*)\]\((https?:[^\s)]+)\)/g, '$1 ($2)')
        .replaceAll('<br>', ', ')
        .replace(/\*\*/g, '')
        .replace(/\\([\\`*_{}[\]()|~#+.)-])/g, '$1')
        .replace(/&(lt|gt|amp|#64|#47|#46|#35);/g, (whole, name) => ENTITIES[name] ?? whole));
}
/** Text that was hidden in entities must not command a runner either; our own colors stay. */
const neutral0 = (text) => text
    .split('\n')
    .map((line) => (/^\s*::|##\[/.test(line) ? (0,neutral/* neutral */.SY)(line) : line))
    .join('\n');

;// CONCATENATED MODULE: ./lib/cli/terminal-log.js

/** Shorter groups get no line with their duration. */
const NOTABLE_MS = 1000;
/** The log of a terminal: groups are headings, what is in them is indented, each line as soon as it comes. */
class TerminalLog {
    #options;
    #depth = 0;
    constructor(options) {
        this.#options = options;
    }
    #line(text, style = (same) => same) {
        const { write, redact } = this.#options;
        const lines = (0,neutral/* neutral */.SY)(redact((0,neutral/* capped */.uo)(text))).split('\n');
        for (const line of lines)
            write(`${'  '.repeat(this.#depth)}${style(line)}\n`);
    }
    info(message) {
        this.#line(message);
    }
    debug(message) {
        if (this.#options.debug)
            this.#line(message, this.#options.style.dim);
    }
    notice(message) {
        this.#line(asFlags(message), this.#options.style.blue);
    }
    warning(message) {
        this.#line(`Warning: ${asFlags(message)}`, this.#options.style.yellow);
    }
    error(message, options = {}) {
        this.#line(`Error: ${options.title === undefined ? '' : `${options.title}: `}${asFlags(message)}`, this.#options.style.red);
    }
    async group(title, body) {
        const { style, now } = this.#options;
        const started = now();
        this.#line(title, style.bold);
        this.#depth += 1;
        let result = 'failed';
        try {
            const value = await body();
            result = 'done';
            return value;
        }
        finally {
            const took = now() - started;
            if (result === 'failed' || took >= NOTABLE_MS)
                this.#line(`${result} after ${(took / 1000).toFixed(1)} s`, result === 'done' ? style.dim : style.red);
            this.#depth -= 1;
        }
    }
}
/** Errors name an action's inputs: here they are flags. */
const asFlags = (message) => message
    .replace(/\b(?:[Tt]he )?[Ii]nputs? "([a-z-]+)"( and "([a-z-]+)")?/g, (_, name, _rest, other) => other ? `--${name} and --${other}` : `--${name}`)
    .replace(/set "([a-z-]+)" under "with:" of this step/g, 'give --$1')
    .replace(/is there an actions\/checkout step before this one\?/g, 'is this the right folder?')
    .replace(/relative to the workspace/g, 'relative to the current folder');

;// CONCATENATED MODULE: ./lib/cli/run-command.js















/** Of a workflow's run that this command may stand in: its log and its files are not this command's. */
const NOT_OURS = /^(INPUT_|STATE_|GITHUB_(ACTIONS|OUTPUT|STATE|STEP_SUMMARY|WORKSPACE)$|RUNNER_TEMP$)/;
/** Runs a command as its action would run, cancels as the runner does, and tidies up as the post step does. Returns the exit code. */
async function runCommand(command, metadata, flags, color) {
    const values = inputValues(metadata, flags);
    const folder = (0,external_node_fs_.mkdtempSync)((0,external_node_path_.join)((0,external_node_os_.tmpdir)(), 'todo-deploy-'));
    const variables = environment(values, flags, folder);
    // The tool cache reads these itself.
    process.env.RUNNER_TEMP = folder;
    process.env.RUNNER_TOOL_CACHE ??= variables.RUNNER_TOOL_CACHE ?? '';
    const style = styleOf(color);
    const progress = flags.json ? process.stderr : process.stdout;
    const cancel = new AbortController();
    const stop = onSignals(cancel, () => process.stderr.write('\nStopped immediately. The lease expires by itself; the next run heals what this one left.\n'));
    const context = (0,runtime_action/* createContext */.q6)(command.name, cancel.signal, variables, {
        showOutputs: false,
        log: (redact) => new TerminalLog({ write: (text) => progress.write(text), style, redact, debug: flags.debug, now: () => performance.now() }),
    });
    (0,only_ours/* onlyOurs */.G)(context.log);
    try {
        const error = await attempt(command, context, cancel.signal);
        if (!context.summary.isEmpty && !flags.json)
            progress.write(`\n${summaryText(context.summary.markdown(), style)}\n\n`);
        if (error !== undefined)
            await (0,runtime_errors/* reportError */.N)(context.log, command.name, error, { debug: flags.debug });
        const report = readReport(context, flags.report);
        const code = exitCodeOf(error, context.outputs.all());
        if (flags.json)
            process.stdout.write(`${JSON.stringify(jsonResult(command, context, error, code, report), null, 2)}\n`);
        return code;
    }
    finally {
        stop();
        context.temp.removeAll();
        (0,external_node_fs_.rmSync)(folder, { recursive: true, force: true });
    }
}
/** Returns the error that made it fail. The cleanup afterwards is not cancelled by what cancelled the command. */
async function attempt(command, context, signal) {
    let failure;
    try {
        await command.run(context);
    }
    catch (error) {
        failure = (0,abort/* isAbort */.r)(error, signal) ? signal.reason : (error ?? new Error('unknown error'));
    }
    const needed = command.afterAlways || (failure !== undefined && (0,errors/* reasonOf */.A3)(failure) !== 'configuration');
    if (command.after && needed) {
        await context.processes.endLeftOver();
        await command.after({ ...context, signal: new AbortController().signal }).catch((error) => {
            context.log.warning(`The cleanup failed: ${error instanceof Error ? error.message : error}`);
        });
    }
    return failure;
}
/** The first signal cancels: the command switches back to what served. A second one ends it immediately. */
function onSignals(cancel, onSecond) {
    const names = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    const onSignal = (signal) => {
        if (!cancel.signal.aborted)
            cancel.abort(new errors/* CancelledError */.cc(`Cancelled by ${signal}`));
        else {
            onSecond();
            process.exit(130);
        }
    };
    for (const name of names)
        process.on(name, onSignal);
    return () => {
        for (const name of names)
            process.off(name, onSignal);
    };
}
/** Input → value: of flags, of files, of variables. Throws ConfigurationError where a file cannot be read. */
function inputValues({ inputs }, flags) {
    const names = inputs.map(({ name }) => name);
    const fromFiles = Object.entries(flags.files).map(([name, path]) => [name, readValue(name, path)]);
    return { ...secretsFromEnvironment(names, process.env), ...flags.inputs, ...Object.fromEntries(fromFiles) };
}
/** What the action reads: the flags as its inputs, the rest of the environment as it is. */
function environment(values, flags, folder) {
    return {
        ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !NOT_OURS.test(name))),
        ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
        ...(flags.debug ? { RUNNER_DEBUG: '1' } : {}),
        RUNNER_TEMP: folder,
        RUNNER_TOOL_CACHE: process.env.RUNNER_TOOL_CACHE ?? (0,external_node_path_.join)(process.env.HOME ?? (0,external_node_os_.tmpdir)(), '.cache', 'todo-deploy', 'tools'),
    };
}
function readValue(name, path) {
    try {
        return (0,external_node_fs_.readFileSync)(path === '-' ? 0 : path, 'utf8');
    }
    catch (cause) {
        // The path may be the secret itself, in the wrong flag.
        if (isSecretInput(name))
            throw new errors/* ConfigurationError */.j1(`--${name}-file names a file that cannot be read (${(0,values/* codeOf */.$N)(cause)})`);
        throw new errors/* ConfigurationError */.j1(`--${name}-file ${path} cannot be read`, { cause, hint: (0,values/* messageOf */.bD)(cause) });
    }
}
function readReport(context, keep) {
    const path = context.outputs.all()['report-file'];
    if (!path)
        return undefined;
    const text = (0,external_node_fs_.readFileSync)(path, 'utf8');
    if (keep !== undefined)
        (0,external_node_fs_.writeFileSync)(keep, text, { mode: 0o600 });
    return (0,json/* parseJson */.qF)(text, (why) => new errors/* ToolError */.v4(`The report cannot be read: ${why}`));
}
/** The report is part of it: the file goes with the command. */
function jsonResult({ name }, context, error, exitCode, report) {
    const { 'report-file': _, ...outputs } = context.outputs.all();
    const redact = (text) => context.secrets.redact(asFlags(text));
    const failure = error === undefined ? undefined : errorFacts(name, error, redact);
    return {
        command: name,
        ok: exitCode === 0,
        exitCode,
        error: failure,
        outputs,
        report,
    };
}
function errorFacts(name, error, redact) {
    const { message } = (0,runtime_errors/* renderError */.v)(name, error);
    const [what = '', todo] = message.split('\nWhat to do: ');
    return { reason: (0,errors/* reasonOf */.A3)(error), message: redact(what), hint: todo === undefined ? undefined : redact(todo) };
}

;// CONCATENATED MODULE: ./lib/cli/program.js








const WIDEST = 110;
/** The command line of the actions whose metadata is under `root`. `done` gets the exit code of the command that ran. */
function programOf(root, args, done) {
    const program = new commander/* Command */.uB('todo-deploy')
        .usage('COMMAND [FLAGS]')
        .description(ABOUT)
        .version(productVersion(root), '--version', "Show the product's version.")
        .helpOption('-h, --help', 'Show this help.')
        .enablePositionalOptions()
        .exitOverride()
        .configureOutput({ getOutHelpWidth: () => Math.min(process.stdout.columns || 100, WIDEST), writeErr: () => undefined })
        .addHelpText('after', CODES);
    const isOverview = args[0] === undefined || ['help', '-h', '--help'].includes(args[0]);
    for (const command of COMMANDS) {
        const sub = program.command(command.name);
        // One file is read where one command runs, all of them for the help.
        if (!isOverview && command.name !== args[0])
            continue;
        const metadata = command.own ? ownMetadata(root, command.folder, command.own) : readMetadata(root, command.folder);
        addFlags(sub.description(metadata.description).usage(usageOf(metadata.inputs)), metadata.inputs, args);
        sub.addHelpText('after', `${TWINS}\n${CODES}`).action(async () => {
            const flags = flagsOf(sub, metadata.inputs);
            const stream = flags.json ? process.stderr : process.stdout;
            done(await runCommand(command, metadata, flags, wantsColor(flags.color, stream.isTTY === true, process.env)));
        });
    }
    return program;
}

;// CONCATENATED MODULE: ./lib/cli/refusal.js

const UNKNOWN_FLAG = "error: unknown option '";
/** Commander's refusal in this command line's words. What is no flag, or a flag's value, may be a secret: it is not repeated. */
function refusalOf({ code, message }) {
    const suggestion = /\((Did you mean [^()]*\?)\)$/.exec(message)?.[1];
    if (code === 'commander.unknownCommand') {
        const name = /^error: unknown command '(.{0,60})/s.exec(message)?.[1]?.split("'")[0] ?? '';
        return new errors/* ConfigurationError */.j1(`There is no command "${name}"`, { hint: suggestion ?? 'See todo-deploy --help.' });
    }
    const [first = '', second = ''] = [...message.matchAll(/option '(--[\w-]+)/g)].map((match) => match[1] ?? '');
    if (code === 'commander.unknownOption' && first !== '')
        return new errors/* ConfigurationError */.j1(`There is no flag ${first.slice(0, 62)}`, { hint: suggestion ?? 'See --help for all of them.' });
    if (code === 'commander.optionMissingArgument')
        return new errors/* ConfigurationError */.j1(`${first} needs a value`);
    if (code === 'commander.conflictingOption')
        return new errors/* ConfigurationError */.j1(`${first} and ${second} are both given`, { hint: 'Leave one of them out.' });
    return new errors/* ConfigurationError */.j1('There is an argument without a flag', { hint: 'Every value needs its flag: --name value' });
}
/** The flag of `--flag=value` where Commander takes the whole for a name. */
function flagWithValue({ code, message }) {
    if (code !== 'commander.unknownOption' || !message.startsWith(UNKNOWN_FLAG))
        return undefined;
    return /^(--[^=]+)=/.exec(message.slice(UNKNOWN_FLAG.length))?.[1];
}
const isFlagOf = (program, name) => [program, ...program.commands].some(({ options }) => options.some((option) => option.long === name));

;// CONCATENATED MODULE: ./lib/cli/command-line.js






/** Returns the exit code. Loaded for the command line alone: an action needs neither it nor Commander. */
async function commandLineCode(root, args) {
    let code = 0;
    const program = programOf(root, args, (result) => {
        code = result;
    });
    try {
        await program.parseAsync(args, { from: 'user' });
        return code;
    }
    catch (error) {
        if (error instanceof errors/* ConfigurationError */.j1)
            return refuse(error, args);
        if (!(error instanceof commander/* CommanderError */.b7))
            throw error;
        if (error.code === 'commander.help')
            return print(program.helpInformation(), 2);
        if (error.exitCode === 0)
            return 0;
        const flag = flagWithValue(error);
        if (flag === undefined)
            return refuse(refusalOf(error), args);
        if (isFlagOf(program, flag))
            return refuse(new errors/* ConfigurationError */.j1(`${flag} takes no value`), args);
        // Without its value the name can be compared with those that there are.
        return await commandLineCode(root, args.map((arg) => (arg.startsWith(`${flag}=`) ? flag : arg)));
    }
}
function print(text, code) {
    process.stdout.write(text);
    return code;
}
/** Wrong flags: reported before anything begins. */
function refuse({ reason, message, hint }, args) {
    const style = styleOf(wantsColor(undefined, process.stderr.isTTY === true, process.env));
    process.stderr.write(`${style.red(`Error: ${asFlags(message)}`)}\n${hint === undefined ? '' : `What to do: ${asFlags(hint)}\n`}`);
    if (args.includes('--json'))
        process.stdout.write(`${JSON.stringify({ ok: false, exitCode: 2, error: { reason, message, hint: hint || undefined } }, null, 2)}\n`);
    return 2;
}


/***/ })

};
