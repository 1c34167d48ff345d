export const id = 185;
export const ids = [185];
export const modules = {

/***/ 1185:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  runWaker: () => (/* binding */ runWaker)
});

// EXTERNAL MODULE: ./lib/interfaces/errors.js
var errors = __webpack_require__(56553);
// EXTERNAL MODULE: ./lib/runtime/action.js + 7 modules
var action = __webpack_require__(9794);
// EXTERNAL MODULE: ./lib/tools/kubernetes/client.js + 14 modules
var client = __webpack_require__(35099);
// EXTERNAL MODULE: ./lib/tools/kubernetes/load.js + 2 modules
var load = __webpack_require__(75688);
// EXTERNAL MODULE: external "node:util"
var external_node_util_ = __webpack_require__(57975);
;// CONCATENATED MODULE: ./lib/actions/waker/inputs.js


const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
/** The only reader of the waker's arguments, which `src/waker/objects.ts` writes. Throws ConfigurationError. */
function readWakerInputs(args) {
    const text = { type: 'string', default: '' };
    const { values } = (0,external_node_util_.parseArgs)({ args: [...args], options: { release: text, ports: text, services: text, deployments: text } });
    const list = (value) => value.split(',').filter((item) => item !== '');
    const ports = list(values.ports).map(Number);
    const names = [values.release, ...list(values.services), ...list(values.deployments)];
    const wrong = names.find((name) => !NAME.test(name));
    if (wrong !== undefined)
        throw new errors/* ConfigurationError */.j1(`"${wrong}" is not a name in Kubernetes`);
    if (ports.length === 0 || !ports.every((port) => Number.isInteger(port) && port > 0 && port < 65_536)) {
        throw new errors/* ConfigurationError */.j1(`--ports is "${values.ports}": expected numbers from 1 to 65535, separated by commas`);
    }
    return { release: values.release, ports, services: list(values.services), deployments: list(values.deployments) };
}

// EXTERNAL MODULE: ./lib/interfaces/values.js
var values = __webpack_require__(62792);
// EXTERNAL MODULE: external "node:http"
var external_node_http_ = __webpack_require__(37067);
;// CONCATENATED MODULE: ./lib/tools/http-server.js


/** Whoever sends slowly, or holds connections open, costs no more than this. */
const LIMITS = { headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 1_000, maxHeaderSize: 16 * 1024 };
const CONNECTIONS = 500;
/** One server on several ports, that reads no body and answers at once. */
class HttpServer {
    #servers = [];
    #answer;
    constructor(answer) {
        this.#answer = answer;
    }
    /** Returns a line for each port that could not be had; the others are served. */
    async listen(ports) {
        const failures = await Promise.all(ports.map((port) => this.#listenOn(port)));
        return failures.filter((failure) => failure !== undefined);
    }
    /** Where it listens. */
    get ports() {
        return this.#servers.map((server) => {
            const address = server.address();
            return typeof address === 'object' && address !== null ? address.port : 0;
        });
    }
    async #listenOn(port) {
        const server = (0,external_node_http_.createServer)(LIMITS, ({ method = '', url = '', headers, socket }, response) => {
            const { status, headers: own, body } = this.#answer({ method, url, headers });
            response.writeHead(status, own);
            response.end(method === 'HEAD' ? undefined : body);
            // A body that is still being sent is not waited for.
            response.once('finish', () => socket.destroySoon());
        });
        server.maxConnections = CONNECTIONS;
        server.on('clientError', (_, socket) => socket.destroy());
        return await new Promise((resolve) => {
            server.once('error', (error) => resolve(`Port ${port}: ${(0,values/* codeOf */.$N)(error) || (0,values/* messageOf */.bD)(error)}`));
            server.listen(port, () => {
                this.#servers.push(server);
                resolve(undefined);
            });
        });
    }
    async close() {
        for (const server of this.#servers)
            server.closeAllConnections();
        await Promise.all(this.#servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
    }
}

// EXTERNAL MODULE: ./lib/waker/index.js + 8 modules
var waker = __webpack_require__(93517);
;// CONCATENATED MODULE: ./lib/actions/waker/run.js



/**
 * Answers on the app's ports while it sleeps, and wakes it at the first visit. One waking at a time; one that fails is tried again by the next
 * visit. Returns how to stop it. Errors: none; what goes wrong is in the log.
 */
async function serveWaker({ clock, log, signal }, { release, ports, services, deployments }, kubernetes) {
    let isWaking = false;
    const wakeUp = async () => {
        if (isWaking)
            return;
        isWaking = true;
        const started = clock.elapsed();
        try {
            const slept = await (0,waker/* wake */.rH)({ services, deployments }, { kubernetes, clock, log, signal });
            if (slept)
                log.info(`${release} is awake after ${((clock.elapsed() - started) / 1000).toFixed(1)} s`);
        }
        catch (error) {
            log.warning(`${release} could not be woken: ${(0,values/* messageOf */.bD)(error)}`);
        }
        finally {
            isWaking = false;
        }
    };
    const server = new HttpServer((request) => {
        if ((0,waker/* isVisit */.yQ)(request))
            void wakeUp();
        return (0,waker/* waitingAnswer */.yT)(request);
    });
    for (const failure of await server.listen(ports))
        log.warning(failure);
    log.info(`The waker of ${release} answers on ${server.ports.join(', ')}`);
    return server;
}

;// CONCATENATED MODULE: ./lib/actions/waker/main.js






/** The program in a preview's namespace, until it is told to end. */
async function runWaker(args) {
    const stop = new AbortController();
    const context = (0,action/* createContext */.q6)('waker', stop.signal);
    try {
        const kubernetes = new client/* KubernetesClient */.w((0,load/* loadKubeconfig */.iz)({ env: context.variables, mask: context.mask }));
        const server = await serveWaker(context, readWakerInputs(args), kubernetes);
        for (const name of ['SIGTERM', 'SIGINT']) {
            process.once(name, () => {
                stop.abort();
                void Promise.all([server.close(), kubernetes.close()]).then(() => process.exit(0));
            });
        }
    }
    catch (error) {
        if (!(error instanceof errors/* ConfigurationError */.j1))
            throw error;
        context.log.error(error.message);
        process.exitCode = 2;
    }
}


/***/ })

};
