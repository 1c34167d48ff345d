export const id = 107;
export const ids = [107];
export const modules = {

/***/ 59488:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  isRequestError: () => (/* binding */ isRequestError),
  octokitFor: () => (/* binding */ octokitFor)
});

// EXTERNAL MODULE: ./node_modules/@actions/github/lib/github.js + 21 modules
var github = __webpack_require__(11758);
// EXTERNAL MODULE: ./node_modules/@octokit/plugin-retry/dist-bundle/index.js
var dist_bundle = __webpack_require__(49735);
// EXTERNAL MODULE: ./node_modules/@octokit/plugin-throttling/dist-bundle/index.js
var plugin_throttling_dist_bundle = __webpack_require__(86856);
// EXTERNAL MODULE: ./lib/interfaces/errors.js
var errors = __webpack_require__(56553);
// EXTERNAL MODULE: ./lib/tools/retry.js
var retry = __webpack_require__(27145);
// EXTERNAL MODULE: ./lib/tools/github/errors.js
var github_errors = __webpack_require__(48912);
// EXTERNAL MODULE: ./lib/interfaces/reading/json.js
var json = __webpack_require__(93401);
;// CONCATENATED MODULE: ./lib/tools/github/fetch.js



const REQUEST_MS = 20_000;
const REDIRECTS = 3;
/** A comparison lists up to 300 changed files with their patches. */
const MAX_BYTES = 16 * 1024 * 1024;
const API_VERSION = '2022-11-28';
const WITHOUT_BODY = [204, 205, 304];
/**
 * The product's own HTTP as the `fetch` that Octokit is given: limits of time and size, errors that say which part of the way failed. Octokit
 * takes an answer that breaks off for an empty one, and follows a redirect to any host.
 */
function fetchOver(http, token, call) {
    return async (address, { method, headers, body }) => {
        let url = address;
        for (let redirects = 0;; redirects += 1) {
            const reply = await http.request({
                method,
                url,
                headers: { ...headers, ...asDocumented(token) },
                body,
                timeoutMs: REQUEST_MS,
                maxBytes: MAX_BYTES,
                signal: call.signal,
            });
            const next = redirects < REDIRECTS ? redirectOf(reply, url) : undefined;
            if (next === undefined)
                return response(reply, call);
            url = next;
        }
    };
}
/** GitHub's documentation asks for these; Octokit still sends those of before. */
const asDocumented = (token) => ({
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${token}`,
    'x-github-api-version': API_VERSION,
});
/** A renamed repository answers with its new address; the token goes to GitHub's own host only. */
function redirectOf({ status, headers }, url) {
    const target = [301, 302, 307, 308].includes(status) ? URL.parse(headers.location ?? '', url) : null;
    return target?.origin === new URL(url).origin ? target.href : undefined;
}
function response(reply, call) {
    const { status, headers, body } = reply;
    if (status >= 300 && status < 400)
        throw (0,github_errors/* statusError */.$C)(call, { status, headers, data: body });
    if (status < 300 && body !== '' && !isJson(body)) {
        throw new errors/* HttpError */.j$(`GitHub, ${call.what}: the answer is not JSON (${(0,github_errors/* oneLine */.TN)(body, 80)})`, {
            status,
            hint: 'Is GITHUB_API_URL the address of the API, and is there a proxy in between?',
        });
    }
    return new Response(WITHOUT_BODY.includes(status) ? null : body, { status, headers });
}
const isJson = (text) => (0,json/* tryJson */.MR)(text) !== undefined;

// EXTERNAL MODULE: ./lib/tools/github/rate-limit.js
var rate_limit = __webpack_require__(59431);
;// CONCATENATED MODULE: ./lib/tools/github/octokit.js








/** Its own ideas of what to repeat are switched off: they leave Retry-After and any limit of time out. */
const EVERY_STATUS = Array.from({ length: 200 }, (_, at) => 400 + at);
const REPEATS = 100;
/** GitHub's own client for one call, so that its patience and its cancellation reach each page of a list. Heavy: imported where it is used. */
function octokitFor(options, call, tries) {
    const { http, token, log, apiUrl, id, secondMs = 1000 } = options;
    const onLimit = (seconds) => tries.mayWait(seconds * 1000, true);
    return (0,github/* getOctokit */.Q)(token, {
        baseUrl: apiUrl.replace(/\/+$/, ''),
        userAgent: 'todo-deploy',
        request: { fetch: fetchOver(http, token, call) },
        log: { debug() { }, info() { }, warn: (text) => log.debug(text), error: (text) => log.debug(text) },
        retry: { doNotRetry: EVERY_STATUS, retryAfterBaseValue: secondMs / 1000 },
        throttle: { id, retryAfterBaseValue: secondMs, onRateLimit: onLimit, onSecondaryRateLimit: onLimit },
    }, (octokit, more) => patientRetry(octokit, more, call, tries), plugin_throttling_dist_bundle/* throttling */.A);
}
/** The retry plugin, told which failures to repeat, and when; what the throttling plugin waits for is left to it. */
function patientRetry(octokit, options, call, tries) {
    // Hooked before the plugin: it sees each failure first.
    octokit.hook.error('request', (error) => {
        if (!isRequestError(error) || call.signal?.aborted)
            throw error;
        const { response } = error;
        const failure = meaningOf(error, call);
        tries.failed(failure);
        if (response !== undefined && (0,rate_limit/* isPluginsLimit */.Yy)(response))
            throw error;
        const asked = response && (0,rate_limit/* waitAsked */.Mt)(response);
        if (asked === undefined && !(0,retry/* isPassing */.WG)(failure, call.once ? 'unsent' : 'safe'))
            throw error;
        const wait = Math.max(asked ?? 0, (0,retry/* backoff */.JN)(tries.made));
        if (!tries.mayWait(wait, asked !== undefined))
            throw error;
        throw plugin.retry.retryRequest(error, REPEATS, wait);
    });
    const plugin = (0,dist_bundle/* retry */.L)(octokit, options);
    return plugin;
}
const isRequestError = (error) => error instanceof Error && 'request' in error;
function meaningOf(error, call) {
    const { response, message, status } = error;
    if (response !== undefined)
        return (0,github_errors/* statusError */.$C)(call, response);
    const cause = error.cause;
    if (!(cause instanceof errors/* HttpError */.j$))
        return new errors/* HttpError */.j$(`GitHub, ${call.what}: ${message}`, { status, cause });
    return cause.status === 0 ? (0,github_errors/* transportError */.WQ)(call, cause) : cause;
}


/***/ })

};
