import type { DetectedFacts, Feature, NamespaceEvidence, Problem, ScopeEvidence } from '@clarion/model';
import type { detectorV1 } from '@clarion/proto';

/** The result of a detector in the wire format. */
export function encodeDetected(detected: DetectedFacts): Omit<detectorV1.DetectorResult, 'detector' | 'version'> {
  return {
    features: (detected.features ?? []).map(encodeFeature),
    namespaces: (detected.namespaces ?? []).map(encodeNamespace),
    evidence: (detected.evidence ?? []).map(encodeEvidence),
    problems: (detected.problems ?? []).map(encodeProblem),
  };
}

function encodeFeature({ confidence, ...known }: Feature): detectorV1.Feature {
  const { architecture, source, module, license, vendor, publisher, within, linkedFunctions } = known;
  const inferred = confidence === 'inferred' ? true : undefined;
  const texts = { architecture, module, license, vendor, publisher, within, linkedFunctions };
  return { ...known, ...texts, source: source && { ...source }, inferred };
}

function encodeNamespace(evidence: NamespaceEvidence): detectorV1.NamespaceEvidence {
  const { refines, versionText, channel } = evidence;
  return { ...evidence, refines, versionText, channel };
}

function encodeEvidence(evidence: ScopeEvidence): detectorV1.ScopeEvidence {
  return { ...evidence, package: evidence.package, version: evidence.version };
}

function encodeProblem(problem: Problem): detectorV1.Problem {
  return { ...problem, path: problem.path };
}
