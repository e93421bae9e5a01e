import {
  createWorkBudget,
  type DetectedFacts,
  type Detector,
  type DetectorClient,
  type DetectorInfo,
  type DetectRequest,
  workLimits,
} from '@clarion/model';

/**
 * Runs detectors in this process. A detector that fails unexpectedly loses its facts of this layer and is reported as a
 * problem. So is an unknown detector: the caller must not treat its missing result as "nothing found". Members of a
 * result without facts are omitted, as in all other clients.
 */
export function localDetectorClient(detectors: readonly Detector[]): DetectorClient {
  const byId = new Map(detectors.map((detector) => [detector.id, detector]));
  const infos = detectors.map(({ id, kind, version, title, files, lockFiles }): DetectorInfo => {
    return { id, kind, version, title, files, ...(lockFiles === undefined ? {} : { lockFiles }) };
  });
  return {
    list: () => Promise.resolve(infos),
    async detect(requests) {
      const results: (DetectedFacts & { detector: string })[] = [];
      // One after the other: detectors are pure computation, and each may hold a large database.
      for (const request of requests) {
        results.push({ ...(await run(byId.get(request.detector), request)), detector: request.detector });
      }
      return results;
    },
  };
}

async function run(detector: Detector | undefined, request: DetectRequest): Promise<DetectedFacts> {
  if (detector === undefined) return missingDetector(request);
  try {
    // Each run has its own: what it finds must not depend on which detectors share its process.
    const budget = createWorkBudget(`The detector ${detector.id}`, workLimits.detector);
    const detected = withoutEmpty(await detector.detect(request.files, budget));
    const exceeded = budget.problem();
    return exceeded === undefined ? detected : { ...detected, problems: [...(detected.problems ?? []), exceeded] };
  } catch (error) {
    return failure(request, `failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function withoutEmpty({ features = [], namespaces = [], evidence = [], problems = [] }: DetectedFacts): DetectedFacts {
  return {
    ...(features.length > 0 && { features }),
    ...(namespaces.length > 0 && { namespaces }),
    ...(evidence.length > 0 && { evidence }),
    ...(problems.length > 0 && { problems }),
  };
}

/** The result of an unknown detector. */
export function missingDetector(request: DetectRequest): DetectedFacts {
  return failure(request, 'is not available here');
}

/** One problem for each file, so that none of them looks like a file without findings. */
function failure({ detector, files }: DetectRequest, reason: string): DetectedFacts {
  return {
    problems: files.map(({ path }) => {
      return { code: 'unreadable-database', path, message: `The detector ${detector} ${reason}` };
    }),
  };
}
