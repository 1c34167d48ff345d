export const id = 774;
export const ids = [774];
export const modules = {

/***/ 1774:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  commandLineCode: () => (/* binding */ commandLineCode)
});

// EXTERNAL MODULE: ./node_modules/commander/index.js + 6 modules
var commander = __webpack_require__(7375);
// EXTERNAL MODULE: ./lib/interfaces/errors.js
var errors = __webpack_require__(6553);
// EXTERNAL MODULE: ./lib/actions/build-push/inputs.js + 1 modules
var inputs = __webpack_require__(1627);
// EXTERNAL MODULE: ./lib/actions/build-push/post.js
var post = __webpack_require__(1861);
// EXTERNAL MODULE: ./lib/actions/build-push/run.js + 9 modules
var run = __webpack_require__(4070);
// EXTERNAL MODULE: ./lib/actions/deploy/inputs.js + 3 modules
var deploy_inputs = __webpack_require__(2304);
// EXTERNAL MODULE: ./lib/actions/deploy/post.js
var deploy_post = __webpack_require__(3141);
// EXTERNAL MODULE: ./lib/actions/deploy/run.js + 4 modules
var deploy_run = __webpack_require__(1274);
// EXTERNAL MODULE: ./lib/actions/remove/inputs.js
var remove_inputs = __webpack_require__(1411);
// EXTERNAL MODULE: ./lib/actions/remove/run.js + 4 modules
var remove_run = __webpack_require__(301);
// EXTERNAL MODULE: ./lib/actions/rollback/inputs.js
var rollback_inputs = __webpack_require__(1375);
// EXTERNAL MODULE: ./lib/actions/rollback/post.js
var rollback_post = __webpack_require__(1716);
// EXTERNAL MODULE: ./lib/actions/rollback/run.js + 1 modules
var rollback_run = __webpack_require__(9708);
// EXTERNAL MODULE: ./lib/actions/smoke-test/main.js + 3 modules
var main = __webpack_require__(7321);
// EXTERNAL MODULE: ./lib/actions/status/inputs.js
var status_inputs = __webpack_require__(7630);
// EXTERNAL MODULE: ./lib/actions/status/run.js + 11 modules
var status_run = __webpack_require__(1657);
;// CONCATENATED MODULE: ./lib/cli/commands.js














const COMMANDS = [
    { name: 'deploy', folder: 'actions/deploy', run: (context) => (0,deploy_run/* runDeploy */.z)(context, (0,deploy_inputs/* readDeployInputs */.J)(context)), after: deploy_post/* afterDeploy */.q },
    {
        name: 'rollback',
        folder: 'actions/rollback',
        run: (context) => (0,rollback_run/* runRollback */.e)(context, (0,rollback_inputs/* readRollbackInputs */.K)(context)),
        after: rollback_post/* afterRollback */.z,
    },
    { name: 'remove', folder: 'actions/remove', run: (context) => (0,remove_run/* runRemove */.m)(context, (0,remove_inputs/* readRemoveInputs */.y)(context)) },
    { name: 'smoke-test', folder: 'actions/smoke-test', run: main/* smokeTest */.KH },
    { name: 'status', folder: 'actions/status', run: (context) => (0,status_run/* runStatus */.e)(context, (0,status_inputs/* readStatusInputs */.S)(context)) },
    {
        name: 'build-push',
        folder: 'actions/build-push',
        run: (context) => (0,run/* runBuildPush */.A)(context, (0,inputs/* readBuildPushInputs */.Q)(context)),
        after: post/* removeBuilder */.i,
        afterAlways: true,
    },
];

;// CONCATENATED MODULE: ./lib/cli/secret-inputs.js
/** Inputs whose value must not stand in a command line, where every user of the machine can read it; with the variable that is read instead. */
const SECRET_INPUTS = {
    secrets: 'TODO_DEPLOY_SECRETS',
    password: 'TODO_DEPLOY_PASSWORD',
    'github-token': 'GITHUB_TOKEN',
    'digitalocean-token': 'DIGITALOCEAN_ACCESS_TOKEN',
    kubeconfig: 'KUBECONFIG',
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
    [1, 'it failed, or was rolled back; status and smoke-test: something is wrong'],
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
        const value = given[new commander/* Option */.c$(`--${name}${suffix}`).attributeName()];
        return value === undefined ? [] : [[name, String(value)]];
    }));
    const files = valuesOf('-file');
    if (Object.values(files).filter((path) => path === '-').length > 1) {
        throw new errors/* ConfigurationError */.j1('Two flags read standard input', { hint: 'One of them can; give the other a file.' });
    }
    const { json = false, debug = false, color, report } = command.opts();
    return { inputs: valuesOf(''), files, json, debug, color, report };
}
function optionsOf(field, args) {
    const { name, boolean } = field;
    const isShownAsFile = isSecretInput(name) && name !== 'kubeconfig';
    const file = new commander/* Option */.c$(`--${name}-file <path>`, inputText(field))
        .argParser((path) => next(`${name}-file`, path, args))
        .hideHelp(!isShownAsFile);
    const value = boolean
        ? new commander/* Option */.c$(`--${name} [bool]`, inputText(field)).preset('true')
        : new commander/* Option */.c$(`--${name} <value>`, inputText(field)).argParser((text, before) => {
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

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./node_modules/yaml/dist/index.js
var dist = __webpack_require__(8815);
;// CONCATENATED MODULE: ./lib/cli/metadata.js



/** Reads an action's metadata: the one source of inputs, flags and their help. */
function readMetadata(root, folder) {
    const raw = (0,dist/* parse */.qg)((0,external_node_fs_.readFileSync)((0,external_node_path_.join)(root, folder, 'action.yml'), 'utf8'));
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
    const { version } = JSON.parse((0,external_node_fs_.readFileSync)((0,external_node_path_.join)(root, 'package.json'), 'utf8'));
    return version;
}

// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
// EXTERNAL MODULE: ./lib/interfaces/values.js
var values = __webpack_require__(2792);
// EXTERNAL MODULE: ./lib/runtime/abort.js
var abort = __webpack_require__(8414);
// EXTERNAL MODULE: ./lib/runtime/action.js + 6 modules
var action = __webpack_require__(396);
// EXTERNAL MODULE: ./lib/runtime/errors.js
var runtime_errors = __webpack_require__(525);
// EXTERNAL MODULE: ./lib/interfaces/reasons.js + 4 modules
var reasons = __webpack_require__(7541);
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
var external_node_util_ = __webpack_require__(7975);
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
var neutral = __webpack_require__(9651);
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
    return words(held).replace(HELD, (_, index) => spans[Number(index)] ?? '');
}
// biome-ignore lint/suspicious/noControlCharactersInRegex: no text of a summary holds this character
const HELD = /\u0000(\d+)\u0000/g;
function words(text) {
    return text
        .replace(/\[((?:\\.|[^\]\\])*)\]\((https?:[^\s)]+)\)/g, '$1 ($2)')
        .replaceAll('<br>', ', ')
        .replace(/\*\*/g, '')
        .replace(/\\([\\`*_{}[\]()|~#+.)-])/g, '$1')
        .replace(/&(lt|gt|amp|#64|#47|#46|#35);/g, (whole, name) => ENTITIES[name] ?? whole);
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
        const lines = (0,neutral/* neutral */.SY)(redact(text)).split('\n');
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
    const context = (0,action/* createContext */.q6)(command.name, cancel.signal, variables, {
        showOutputs: false,
        log: (redact) => new TerminalLog({ write: (text) => progress.write(text), style, redact, debug: flags.debug, now: () => performance.now() }),
    });
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
    return JSON.parse(text);
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
        const metadata = readMetadata(root, command.folder);
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
