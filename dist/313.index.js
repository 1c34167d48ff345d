export const id = 313;
export const ids = [313];
export const modules = {

/***/ 56313:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  PUBLISHED: () => (/* reexport */ PUBLISHED),
  SigstoreAttestations: () => (/* reexport */ SigstoreAttestations),
  publishedRoots: () => (/* reexport */ publishedRoots),
  rootsIn: () => (/* reexport */ rootsIn)
});

// EXTERNAL MODULE: ./lib/interfaces/errors.js
var errors = __webpack_require__(56553);
// EXTERNAL MODULE: ./lib/interfaces/reading/json.js
var json = __webpack_require__(93401);
// EXTERNAL MODULE: ./node_modules/@sigstore/bundle/dist/index.js
var dist = __webpack_require__(61040);
// EXTERNAL MODULE: ./node_modules/@sigstore/verify/dist/index.js
var verify_dist = __webpack_require__(54187);
// EXTERNAL MODULE: ./node_modules/@sigstore/core/dist/index.js
var core_dist = __webpack_require__(83917);
;// CONCATENATED MODULE: ./lib/tools/sigstore/certificate.js

/** Fulcio's extensions of a certificate, below 1.3.6.1.4.1.57264.1. */
const EXTENSIONS = { runner: 11, repository: 12, commit: 13, ref: 14, run: 21 };
const FULCIO = [1, 3, 6, 1, 4, 1, 57264, 1].join('.');
/** What a verified certificate says of the run that signed. */
function signerOf({ identity }) {
    const text = (number) => {
        const value = identity?.oids?.find(({ oid }) => oid?.id.join('.') === `${FULCIO}.${number}`)?.value;
        return value === undefined ? '' : textIn(Buffer.from(new Uint8Array(value)));
    };
    return {
        workflow: identity?.subjectAlternativeName ?? '',
        issuer: identity?.extensions?.issuer ?? '',
        runner: text(EXTENSIONS.runner),
        repository: text(EXTENSIONS.repository),
        commit: text(EXTENSIONS.commit),
        ref: text(EXTENSIONS.ref),
        run: text(EXTENSIONS.run),
    };
}
/** A UTF8String in DER. */
function textIn(der) {
    try {
        return core_dist.ASN1Obj.parseBuffer(der).value.toString('utf8');
    }
    catch {
        return '';
    }
}

// EXTERNAL MODULE: ./lib/interfaces/values.js
var values = __webpack_require__(62792);
;// CONCATENATED MODULE: ./lib/tools/sigstore/statement.js


const IN_TOTO = 'application/vnd.in-toto+json';
/** What an attestation says: an in-toto statement without its predicate. Undefined where it holds none. */
function statementIn({ content }) {
    if (content.$case !== 'dsseEnvelope' || content.dsseEnvelope.payloadType !== IN_TOTO)
        return undefined;
    const statement = (0,json/* tryJsonObject */.L8)(content.dsseEnvelope.payload.toString('utf8'));
    const { predicateType, subject } = statement ?? {};
    if (typeof predicateType !== 'string' || !Array.isArray(subject))
        return undefined;
    return { predicateType, subjects: subject.flatMap(digestsIn) };
}
function digestsIn(subject) {
    const digest = (0,values/* fieldAt */.UK)(subject, 'digest');
    return (0,values/* isMap */.jh)(digest) ? Object.entries(digest).map(([algorithm, hex]) => `${algorithm}:${String(hex)}`) : [];
}

;// CONCATENATED MODULE: ./lib/tools/sigstore/words.js

/** By the library's code; its own message stands behind it, since it says which part. */
const WORDS = {
    CERTIFICATE_ERROR: 'its certificate is not by an authority of the trusted root',
    PUBLIC_KEY_ERROR: 'it is signed with a key, not with a certificate that names a workflow',
    SIGNATURE_ERROR: 'its signature does not fit its content, which was changed',
    TIMESTAMP_ERROR: 'its time of signing is not by an authority of the trusted root',
};
/** In the order in which a bundle is verified. */
const STEPS = ['TIMESTAMP', 'PUBLIC_KEY', 'CERTIFICATE', 'TLOG', 'SIGNATURE'];
/** How far the verification came; -1 where it did not begin. */
const stepOf = (error) => error instanceof verify_dist/* VerificationError */.mk ? STEPS.findIndex((step) => error.code.startsWith(step)) : -1;
/** In one clause, why a bundle is not believed. */
function whyRefused(error) {
    if (!(error instanceof verify_dist/* VerificationError */.mk))
        return 'it is damaged';
    const message = deepest(error);
    if (/not valid or expired/.test(message))
        return 'its certificate was not valid when it was signed';
    if (/expected \d+ timestamps, got/.test(message))
        return 'no authority says when it was signed, so its certificate has to count as expired';
    const words = WORDS[error.code] ?? 'its entry in the transparency log does not prove it';
    return error.code === 'SIGNATURE_ERROR' ? words : `${words} (${message})`;
}
function deepest(error) {
    const { cause } = error;
    return cause instanceof Error ? deepest(cause) : error.message;
}

;// CONCATENATED MODULE: ./lib/tools/sigstore/check.js





/** Whether an attestation's signature, certificate and time hold by one of these trusted roots. */
function checkBundle(bundle, roots) {
    const statement = statementIn(bundle);
    if (statement === undefined)
        return { refused: 'it holds no in-toto statement' };
    const errors = [];
    for (const root of roots) {
        try {
            return { proved: { signer: signerOf(verifierOf(root).verify((0,verify_dist/* toSignedEntity */.DC)(bundle))), ...statement } };
        }
        catch (error) {
            errors.push(error);
        }
    }
    // The root that it came furthest with is the one that it is of.
    const [last] = errors.sort((a, b) => stepOf(b) - stepOf(a));
    return { refused: errors.length === 0 ? 'there is no trusted root' : whyRefused(last) };
}
/** A log counts where the root names one: Sigstore's public instance has logs, GitHub's own for private repositories a timestamp authority. */
function verifierOf(root) {
    return new verify_dist/* Verifier */.BL((0,verify_dist/* toTrustMaterial */.jO)(root), {
        ctlogThreshold: root.ctlogs.length > 0 ? 1 : 0,
        tlogThreshold: root.tlogs.length > 0 ? 1 : 0,
        timestampThreshold: 1,
    });
}
/** Undefined for what is no bundle. */
function readBundle(value) {
    try {
        return (0,dist/* bundleFromJSON */.vw)(value);
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./lib/tools/sigstore/attestations.js



/** `application/vnd.dev.sigstore.bundle.v0.3+json`, and its older and newer ones. */
const BUNDLE_TYPE = /^application\/vnd\.dev\.sigstore\.bundle\b/;
const CREATED = 'org.opencontainers.image.created';
/** An attestation a run; more is a registry that somebody fills. */
const MOST = 500;
/** Sigstore bundles that refer to an image in its registry, as actions/attest and cosign 3 push them. */
class SigstoreAttestations {
    #registry;
    #roots;
    constructor(registry, roots) {
        this.#registry = registry;
        this.#roots = roots;
    }
    async *of(repository, digest, signal) {
        const referrers = (await this.#registry.referrers(repository, digest, signal)).filter(mayBeBundle);
        if (referrers.length > MOST) {
            throw new errors/* ToolError */.v4(`${repository}@${digest} has ${referrers.length} attestations in the registry, of which at most ${MOST} are read`, {
                hint: 'Delete those that nobody needs.',
            });
        }
        for (const referrer of referrers.sort(newestFirst)) {
            const found = await this.#read(repository, referrer, signal);
            if (found !== undefined)
                yield found;
        }
    }
    /** Undefined for another kind of artifact, where the registry does not say of which it is. */
    async #read(repository, { digest, artifactType }, signal) {
        const bytes = await this.#registry.artifact(repository, digest, signal);
        const content = bytes && (0,json/* tryJsonObject */.L8)(Buffer.from(bytes).toString('utf8'));
        if (artifactType === undefined && !BUNDLE_TYPE.test(String(content?.mediaType)))
            return undefined;
        const bundle = readBundle(content);
        return bundle === undefined ? { refused: 'it is damaged' } : checkBundle(bundle, await this.#roots.for(bundle, signal));
    }
}
const mayBeBundle = ({ artifactType }) => artifactType === undefined || BUNDLE_TYPE.test(artifactType);
const newestFirst = (a, b) => createdAt(b).localeCompare(createdAt(a));
const createdAt = ({ annotations }) => annotations?.[CREATED] ?? '';

// EXTERNAL MODULE: ./node_modules/@sigstore/tuf/seeds.json
var seeds = __webpack_require__(8032);
;// CONCATENATED MODULE: ./lib/tools/sigstore/github-root.json
const github_root_namespaceObject = /*#__PURE__*/JSON.parse('{"signatures":[{"keyid":"a10513a5ab61acd0c6b6fbe0504856ead18f3b17c4fabbe3fa848c79a5a187cf","sig":"3046022100ca341d3ba2ef7657d69c2825729959681f55aec497b612e81a547e2abb616b49022100cd605b412a3d991f92e0818e07e60383bbd23904723eec221d6e39fdfeae3104"},{"keyid":"5e01c9a0b2641a8965a4a74e7df0bc7b2d8278a2c3ca0cf7a3f2f783d3c69800","sig":"3046022100d0f70effe60d6a18319e2890088cd01d45c654ee6d2ce1d5c3cdcf2dc7f637570221008f947a2d7334d948f1c4794b0a465f1dfb99a578dd8d1f4563cee0581f457db2"},{"keyid":"54809115b40137aac01af4b7ac2408c77ea0d58fa4dad48fc3196497d2a26f44","sig":"304502201ae931db1c48020fb37af54d446ac856306f619dfc3f93ddcff70d2880e443dc022100992b70451aa74805adef24e85ec352e598812267f623979bd4ce719b66b62d22"},{"keyid":"88737ccdac7b49cc237e9aaead81be2a40278b886a693d8149a19cf543f093d3","sig":"3045022023bba8e14c177609f43873aa0087ef983ddd2bad9a0a832c0cf279e1be8798f2022100facfaecc1d7ee793042eaaa6970fb9ca700c3bdbf4ee43ed0f8d0fc3aef96563"},{"keyid":"d6a89e23fb22801a0d1186bf1bdd007e228f65a8aa9964d24d06cb5fbb0ce91c","sig":"3046022100d2f6cceb05d135ce6a6ce7fe1dc76c24508154ad71c433028e64ca95ba716ffb022100f0592d60eb67508dd5f9cc593a4cca33bbaf94882c3d74a560fda845a456c6cc"},{"keyid":"8b498a80a1b7af188c10c9abdf6aade81d14faaffcde2abcd6063baa673ebd12","sig":"30450221009af2f0c534ed92de909a3b727f7101319c18e10623de8f48a0eba980d3d54d830220095842b16c58567c71f9dfa0b54e79daca1b2fecf3cb2ea4ee6d8393bdf93294"}],"signed":{"_type":"root","consistent_snapshot":true,"expires":"2025-04-11T14:36:57Z","keys":{"4f4d1dd75f2d7f3860e3a068d7bed90dec5f0faafcbe1ace7fb7d95d29e07228":{"keytype":"ecdsa","keyval":{"public":"-----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENki7aZVips5SgRzCd/Om0CGzQKY/\\nnv84giqVDmdwb2ys82Z6soFLasvYYEEQcwqaC170n9gr93wHUgPc796uJA==\\n-----END PUBLIC KEY-----\\n"},"scheme":"ecdsa-sha2-nistp256","x-tuf-on-ci-keyowner":"@ashtom"},"539dde44014c850fe6eeb8b299eb7dae2e1f4bf83454b949e98aa73542cdc65a":{"keytype":"ecdsa","keyval":{"public":"-----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAElD0o2sOZN9n3RKQ7PtMLAoXj+2Ai\\nn4PKT/pfnzDlNLrD3VTQwCc4sR4t+OLu4KQ+qk+kXkR9YuBsu3bdJZ1OWw==\\n-----END PUBLIC KEY-----\\n"},"scheme":"ecdsa-sha2-nistp256","x-tuf-on-ci-keyowner":"@nerdneha"},"54809115b40137aac01af4b7ac2408c77ea0d58fa4dad48fc3196497d2a26f44":{"keytype":"ecdsa","keyval":{"public":"-----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEimKcdST+ORD+g0aGEFDOVZDAaIYg\\nIgesNKiIe2L7MUsYx5UHhzQ08quvew13eYSCNJnfwooFZu7cdTu8AwqFjQ==\\n-----END PUBLIC KEY-----\\n"},"scheme":"ecdsa-sha2-nistp256","x-tuf-on-ci-keyowner":"@alexiswales"},"88737ccdac7b49cc237e9aaead81be2a40278b886a693d8149a19cf543f093d3":{"keytype":"ecdsa","keyval":{"public":"-----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEBagkskNOpOTbetTX5CdnvMy+LiWn\\nonRrNrqAHL4WgiebH7Uig7GLhC3bkeA/qgb926/vr9qhOPG9Buj2HatrPw==\\n-----END PUBLIC KEY-----\\n"},"scheme":"ecdsa-sha2-nistp256","x-tuf-on-ci-keyowner":"@gregose"},"8b498a80a1b7af188c10c9abdf6aade81d14faaffcde2abcd6063baa673ebd12":{"keytype":"ecdsa","keyval":{"public":"-----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE7IEoVNwrprchXGhT5sAhSax7SOd3\\n8duuISghCzfmHdKJWSbV2wJRamRiUVRtmA83K/qm5cT20WXMCT5QeM/D3A==\\n-----END PUBLIC KEY-----\\n"},"scheme":"ecdsa-sha2-nistp256","x-tuf-on-ci-keyowner":"@trevrosen"},"a10513a5ab61acd0c6b6fbe0504856ead18f3b17c4fabbe3fa848c79a5a187cf":{"keytype":"ecdsa","keyval":{"public":"-----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEC2wJ3xscyXxBLybJ9FVjwkyQMe53\\nRHUz77AjMO8MzVaT8xw6ZvJqdNZiytYtigWULlINxw6frNsWJKb/f7lC8A==\\n-----END PUBLIC KEY-----\\n"},"scheme":"ecdsa-sha2-nistp256","x-tuf-on-ci-keyowner":"@kommendorkapten"},"d6a89e23fb22801a0d1186bf1bdd007e228f65a8aa9964d24d06cb5fbb0ce91c":{"keytype":"ecdsa","keyval":{"public":"-----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEDdORwcruW3gqAgaLjH/nNdGMB4kQ\\nAvA+wD6DyO4P/wR8ee2ce83NZHq1ZADKhve0rlYKaKy3CqyQ5SmlZ36Zhw==\\n-----END PUBLIC KEY-----\\n"},"scheme":"ecdsa-sha2-nistp256","x-tuf-on-ci-keyowner":"@krukow"},"eb8eff37f93af2faaba519f341decec3cecd3eeafcace32966db9723842c8a62":{"keytype":"ecdsa","keyval":{"public":"-----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENynVdQnM9h7xU71G7PiJpQaDemub\\nkbjsjYwLlPJTQVuxQO8WeIpJf8MEh5rf01t2dDIuCsZ5gRx+QvDv0UzfsA==\\n-----END PUBLIC KEY-----\\n"},"scheme":"ecdsa-sha2-nistp256","x-tuf-on-ci-keyowner":"@mph4"},"eb9799b483affac9da87ef4c9ea467928415c961349e607e5e6e485679b07f8f":{"keytype":"ecdsa","keyval":{"public":"-----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENKNcNcX+d73lS1TRFb9Vnp8JvOoh\\nzYQ+in43iGenbG8RGo9L/6FJ2hoRbVU6xskvyuErcdPbCdI4GxrQ5i8hkw==\\n-----END PUBLIC KEY-----\\n"},"scheme":"ecdsa-sha2-nistp256","x-tuf-on-ci-online-uri":"azurekms://production-tuf-root.vault.azure.net/keys/Online-Key/aaf375fd8ed24acb949a5cc173700b05"}},"roles":{"root":{"keyids":["a10513a5ab61acd0c6b6fbe0504856ead18f3b17c4fabbe3fa848c79a5a187cf","4f4d1dd75f2d7f3860e3a068d7bed90dec5f0faafcbe1ace7fb7d95d29e07228","88737ccdac7b49cc237e9aaead81be2a40278b886a693d8149a19cf543f093d3","d6a89e23fb22801a0d1186bf1bdd007e228f65a8aa9964d24d06cb5fbb0ce91c","eb8eff37f93af2faaba519f341decec3cecd3eeafcace32966db9723842c8a62","8b498a80a1b7af188c10c9abdf6aade81d14faaffcde2abcd6063baa673ebd12","539dde44014c850fe6eeb8b299eb7dae2e1f4bf83454b949e98aa73542cdc65a","54809115b40137aac01af4b7ac2408c77ea0d58fa4dad48fc3196497d2a26f44"],"threshold":3},"snapshot":{"keyids":["eb9799b483affac9da87ef4c9ea467928415c961349e607e5e6e485679b07f8f"],"threshold":1,"x-tuf-on-ci-expiry-period":21,"x-tuf-on-ci-signing-period":7},"targets":{"keyids":["a10513a5ab61acd0c6b6fbe0504856ead18f3b17c4fabbe3fa848c79a5a187cf","4f4d1dd75f2d7f3860e3a068d7bed90dec5f0faafcbe1ace7fb7d95d29e07228","88737ccdac7b49cc237e9aaead81be2a40278b886a693d8149a19cf543f093d3","d6a89e23fb22801a0d1186bf1bdd007e228f65a8aa9964d24d06cb5fbb0ce91c","eb8eff37f93af2faaba519f341decec3cecd3eeafcace32966db9723842c8a62","8b498a80a1b7af188c10c9abdf6aade81d14faaffcde2abcd6063baa673ebd12","539dde44014c850fe6eeb8b299eb7dae2e1f4bf83454b949e98aa73542cdc65a","54809115b40137aac01af4b7ac2408c77ea0d58fa4dad48fc3196497d2a26f44"],"threshold":3},"timestamp":{"keyids":["eb9799b483affac9da87ef4c9ea467928415c961349e607e5e6e485679b07f8f"],"threshold":1,"x-tuf-on-ci-expiry-period":7,"x-tuf-on-ci-signing-period":6}},"spec_version":"1.0.31","version":3,"x-tuf-on-ci-expiry-period":240,"x-tuf-on-ci-signing-period":60}}');
;// CONCATENATED MODULE: ./lib/tools/sigstore/published.js


const SIGSTORE = 'https://tuf-repo-cdn.sigstore.dev';
/** Where Sigstore and GitHub publish whom they trust, each with a root that the newest one is signed from, root by root. */
const PUBLISHED = {
    sigstore: { url: SIGSTORE, root: Buffer.from(seeds[SIGSTORE]['root.json'], 'base64').toString('utf8') },
    github: { url: 'https://tuf-repo.github.com', root: JSON.stringify(github_root_namespaceObject) },
};

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(77598);
// EXTERNAL MODULE: ./node_modules/@sigstore/protobuf-specs/dist/index.js
var protobuf_specs_dist = __webpack_require__(19654);
;// CONCATENATED MODULE: ./lib/tools/sigstore/roots.js




/** Roots of a file: one as JSON, or one a line, as `gh attestation trusted-root` prints them. Throws ConfigurationError. */
function rootsIn(text, what) {
    const whole = rootIn(text);
    const roots = whole
        ? [whole]
        : text
            .split('\n')
            .filter((line) => line.trim() !== '')
            .map(rootIn);
    const good = roots.filter((root) => root !== undefined);
    if (good.length === 0 || good.length < roots.length) {
        throw new errors/* ConfigurationError */.j1(`${what}, which is no trusted root of Sigstore`, {
            hint: 'Make it with: gh attestation trusted-root > trusted-root.jsonl',
        });
    }
    return { for: async () => good };
}
function rootIn(text) {
    const value = (0,json/* tryJsonObject */.L8)(text);
    if (value === undefined)
        return undefined;
    try {
        const root = protobuf_specs_dist.TrustedRoot.fromJSON(value);
        return root.certificateAuthorities.length > 0 && root.certificateAuthorities.every(({ certChain }) => certChain) ? root : undefined;
    }
    catch {
        return undefined;
    }
}
/** The instance that says it signed. Whether it did is what its root then proves. */
function instanceOf({ verificationMaterial: { content } }) {
    const certificate = content?.$case === 'certificate'
        ? content.certificate
        : content?.$case === 'x509CertificateChain'
            ? content.x509CertificateChain.certificates[0]
            : undefined;
    try {
        return certificate && /^O=GitHub\\?, Inc\.$/m.test(new external_node_crypto_.X509Certificate(certificate.rawBytes).issuer) ? 'github' : 'sigstore';
    }
    catch {
        return 'sigstore';
    }
}

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(73024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(76760);
// EXTERNAL MODULE: ./node_modules/tuf-js/dist/index.js
var tuf_js_dist = __webpack_require__(84706);
// EXTERNAL MODULE: ./node_modules/tuf-js/dist/error.js
var error = __webpack_require__(86376);
// EXTERNAL MODULE: ./lib/tools/retry.js
var retry = __webpack_require__(27145);
;// CONCATENATED MODULE: ./lib/tools/sigstore/tuf.js







const TARGET = 'trusted_root.json';
const LIMIT_MS = 20_000;
const MOST_BYTES = 8 * 1024 * 1024;
/** Returns the trusted roots that the instances publish, each fetched when the first bundle asks for it. */
function publishedRoots(repositories, options) {
    const known = new Map();
    return {
        for: (bundle) => {
            const instance = instanceOf(bundle);
            const roots = known.get(instance) ?? fetchRoots(repositories[instance], { ...options, folder: (0,external_node_path_.join)(options.folder, instance) }, bundle);
            known.set(instance, roots);
            return roots;
        },
    };
}
async function fetchRoots(repository, { http, folder, signal }, bundle) {
    (0,external_node_fs_.mkdirSync)(folder, { recursive: true, mode: 0o700 });
    (0,external_node_fs_.writeFileSync)((0,external_node_path_.join)(folder, 'root.json'), repository.root);
    try {
        const updater = new tuf_js_dist/* Updater */.Sx({
            metadataDir: folder,
            metadataBaseUrl: repository.url,
            targetDir: folder,
            targetBaseUrl: `${repository.url}/targets`,
            fetcher: new HttpFetcher(http, signal),
        });
        const target = await updater.getTargetInfo(TARGET);
        if (target === undefined)
            throw new errors/* ToolError */.v4(`${repository.url} has no ${TARGET}`);
        const text = (0,external_node_fs_.readFileSync)(await updater.downloadTarget(target, (0,external_node_path_.join)(folder, TARGET)), 'utf8');
        return await rootsIn(text, `${repository.url} publishes a ${TARGET}`).for(bundle);
    }
    catch (error) {
        signal.throwIfAborted();
        throw new errors/* ToolError */.v4(`Who may sign attestations could not be learnt from ${repository.url}: ${messageOf(error)}`, {
            reason: 'service-failed',
            hint: 'May the runner reach it? Else keep what it publishes in a file, for the input "trusted-root": gh attestation trusted-root > trusted-root.jsonl',
            cause: error,
        });
    }
}
const messageOf = (error) => (error instanceof Error ? error.message : String(error));
/** By our own HTTP, which knows proxies and certificate authorities. */
class HttpFetcher extends tuf_js_dist/* BaseFetcher */.xv {
    #http;
    #signal;
    constructor(http, signal) {
        super();
        this.#http = http;
        this.#signal = signal;
    }
    async fetch(url) {
        const body = await (0,retry/* withRetries */.LH)('safe', () => this.#get(url), { signal: this.#signal });
        return new Blob([body]).stream();
    }
    async #get(url) {
        const { status, body } = await this.#http.request({
            method: 'GET',
            url,
            timeoutMs: LIMIT_MS,
            maxBytes: MOST_BYTES,
            signal: this.#signal,
        });
        if (status === 200)
            return body;
        // How the updater learns that there is no newer root.
        if (status === 403 || status === 404)
            throw new error.DownloadHTTPError(`${url} answered ${status}`, status);
        throw new errors/* HttpError */.j$(`${url} answered ${status}`, { status });
    }
}

;// CONCATENATED MODULE: ./lib/tools/sigstore/index.js






/***/ })

};
