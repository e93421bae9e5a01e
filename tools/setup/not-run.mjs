// What the skipped tests would have needed, so that a developer who runs them without it knows what remains untested.
import { readFileSync } from 'node:fs';

/**
 * What specs need to run, detected by the name of a test or, if the name does not match, by the source of the spec.
 * @type {readonly (readonly [reason: string, inName: RegExp, inSource: RegExp])[]}
 */
const reasons = [
  ['the test material in ../shared', /shared/i, /sharedMaterial\(|\.\.\/shared/],
  ['a NATS server (NATS_URL, or Go to build one)', /\bNATS\b/, /canStartNats(?:Server|Cluster)\(|'nats'/],
  [
    'a MongoDB server (MONGODB_URI, or Java and Maven)',
    /MONGODB_URI|\bmvn\b/,
    /describeWithMongoServer\(|mongoServerKind\(/,
  ],
  ['Go', /\bgo\b/i, /whyNoGo\(|ensureGoProgram|helm|kustomize|grpcurl|clairctl/],
  ['docker-registry', /registry/i, /canStartRegistry\(/],
  ['Python', /python|schemathesis/i, /python/],
  [
    'tools of the system (dpkg, rpm, tar, openssl, zstd, xz, bzip2)',
    /\b(?:dpkg|rpm|tar|openssl|zstd|xz|bzip2)\b|not installed/,
    /hasDpkg|probe\.status|hasTar|canCompress|canMakeCertificates|openssl/,
  ],
  ['rights on this machine that this user has, or lacks', /\broot\b|may change its user/, /isRoot|canMount/],
];

/**
 * The number of skipped tests by reason, most first; `what their names say` for unknown reasons.
 * @param {readonly { name: string, assertionResults: readonly { status: string, fullName: string }[] }[]} suites As Jest writes them
 * @param {(path: string) => string} [sourceOf]
 * @returns {{ reason: string, tests: number, suites: number }[]}
 */
export function notRun(suites, sourceOf = (path) => readFileSync(path, 'utf8')) {
  /** @type {Map<string, { tests: number, suites: Set<string> }>} */
  const found = new Map();
  for (const { name, assertionResults } of suites) {
    for (const { status, fullName } of assertionResults) {
      if (status !== 'pending' && status !== 'todo') continue;
      const reason = reasonOf(fullName, sourceOf(name));
      const counted = found.get(reason) ?? { tests: 0, suites: new Set() };
      found.set(reason, { tests: counted.tests + 1, suites: counted.suites.add(name) });
    }
  }
  return [...found]
    .map(([reason, { tests, suites: of }]) => ({ reason, tests, suites: of.size }))
    .sort((a, b) => b.tests - a.tests);
}

/**
 * @param {string} name
 * @param {string} source
 */
function reasonOf(name, source) {
  const known =
    reasons.find(([, inName]) => inName.test(name)) ?? reasons.find(([, , inSource]) => inSource.test(source));
  return known?.[0] ?? 'what their names say';
}
