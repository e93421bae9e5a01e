import { distributionTypeRule, packageTypeRule, parseDistributionType, parsePackageType } from '@clarion/ecosystems';
import {
  type DetectedFacts,
  type Feature,
  type NamespaceEvidence,
  type Problem,
  type ProblemCode,
  type ScopeEvidence,
} from '@clarion/model';
import type { detectorV1 } from '@clarion/proto';

/** Looks a word up in the list of valid ones; `satisfies` keeps each list complete. */
function wordOf<W extends string>(words: Readonly<Record<W, true>>): (word: string) => W | undefined {
  return (word) => (Object.hasOwn(words, word) ? (word as W) : undefined);
}

const evidenceKind = wordOf<ScopeEvidence['kind']>({
  'content-set': true,
  repository: true,
  'installed-from': true,
  service: true,
  product: true,
});
const problemCode = wordOf<ProblemCode>({
  'truncated-archive': true,
  'bad-archive-entry': true,
  'limit-reached': true,
  'path-escapes-root': true,
  'unresolved-link': true,
  'unreadable-database': true,
  'truncated-database': true,
  'stale-database': true,
  'bad-record': true,
  'unknown-version': true,
  'bad-release-file': true,
  'unreadable-evidence': true,
  'unknown-media-type': true,
  'missing-layer': true,
});

/** What a detector gave, and the rule that it broke. */
type Described = readonly [what: string, rule: string];

/** Returns the usable elements of `items`; each of the others becomes a problem in `problems`. */
function usable<T, R>(items: readonly T[], problems: Problem[], decode: (item: T) => R | Problem): R[] {
  const facts: R[] = [];
  for (const item of items) {
    const fact = decode(item);
    if (isProblem(fact)) problems.push(fact);
    else facts.push(fact);
  }
  return facts;
}

function isProblem(fact: unknown): fact is Problem {
  return typeof fact === 'object' && fact !== null && 'code' in fact;
}

/**
 * The facts of one detector in another process. An unknown fact, or one about a file that was not sent (`paths` are
 * those that were), is a problem: a custom service may be newer than this build, or wrong.
 */
export function decodeDetected(result: detectorV1.DetectorResult, paths: ReadonlySet<string>): DetectedFacts {
  const problems: Problem[] = result.problems.map(decodeProblem);
  const invalidFact = ([what, rule]: Described, path: string): Problem => ({
    code: 'bad-record',
    ...(paths.has(path) && { path }),
    message: `The detector ${result.detector} gave ${what}${paths.has(path) ? rule : ' of a file that it was not sent'}`,
  });
  const known = <R>(fact: R | undefined, described: Described, path: string): R | Problem =>
    fact === undefined || !paths.has(path) ? invalidFact(described, path) : fact;
  const features = usable(result.features, problems, (feature) => {
    const [what, rule] = feature.name === '' ? ['a package without a name', ''] : ['a package', `: ${packageTypeRule}`];
    return known(decodeFeature(feature), [`${what} of the kind ${shown(feature.type)}`, rule], feature.path);
  });
  const namespaces = usable(result.namespaces, problems, (evidence) => {
    const what = `a namespace with packages of the kind ${shown(evidence.packageType)}`;
    return known(decodeNamespace(evidence), [what, `: ${distributionTypeRule}`], evidence.path);
  });
  const evidence = usable(result.evidence, problems, (found) =>
    known(decodeEvidence(found), [`evidence of the kind ${shown(found.kind)}`, ''], found.path),
  );
  return {
    ...(features.length > 0 && { features }),
    ...(namespaces.length > 0 && { namespaces }),
    ...(evidence.length > 0 && { evidence }),
    ...(problems.length > 0 && { problems }),
  };
}

function shown(word: string): string {
  return JSON.stringify(word.slice(0, 40));
}

function decodeFeature({ source, ...feature }: detectorV1.Feature): Feature | undefined {
  const { name, version, architecture, module, license, vendor, publisher, path, within } = feature;
  const { inferred, linkedFunctions } = feature;
  const type = parsePackageType(feature.type);
  if (type === undefined || name === '') return undefined;
  return {
    type,
    name,
    version,
    ...(architecture !== undefined && { architecture }),
    ...(source !== undefined && { source: { name: source.name, version: source.version } }),
    ...(module !== undefined && { module }),
    ...(license !== undefined && { license }),
    ...(vendor !== undefined && { vendor }),
    ...(publisher !== undefined && { publisher }),
    path,
    ...(within !== undefined && { within }),
    ...(inferred === true && { confidence: 'inferred' }),
    ...(linkedFunctions !== undefined && { linkedFunctions }),
  };
}

function decodeNamespace(evidence: detectorV1.NamespaceEvidence): NamespaceEvidence | undefined {
  const { id, rank, refines, versionText, channel, path } = evidence;
  const packageType = parseDistributionType(evidence.packageType);
  if (packageType === undefined || id === '') return undefined;
  return {
    id,
    packageType,
    rank,
    ...(refines !== undefined && { refines }),
    ...(versionText !== undefined && { versionText }),
    ...(channel !== undefined && { channel }),
    path,
  };
}

function decodeEvidence(found: detectorV1.ScopeEvidence): ScopeEvidence | undefined {
  const kind = evidenceKind(found.kind);
  if (kind === undefined) return undefined;
  return {
    kind,
    value: found.value,
    ...(found.package !== undefined && { package: found.package }),
    ...(found.version !== undefined && { version: found.version }),
    path: found.path,
  };
}

function decodeProblem({ code, path, message }: detectorV1.Problem): Problem {
  // An unknown code of a newer service still means that something was missed.
  return { code: problemCode(code) ?? 'bad-record', ...(path !== undefined && { path }), message };
}
