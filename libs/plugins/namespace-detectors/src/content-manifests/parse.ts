import { decodeText } from '@clarion/file-formats';
import {
  type DetectedFacts,
  filesWithin,
  type Problem,
  type ScopeEvidence,
  type WantedFile,
  type WorkBudget,
} from '@clarion/model';

const maxContentSets = 1000;

/**
 * Content sets of all manifests. Reports one that cannot be read: matching then falls back to the release's products.
 */
export function parseManifests(files: readonly WantedFile[], budget: WorkBudget): DetectedFacts {
  const evidence: ScopeEvidence[] = [];
  const problems: Problem[] = [];
  for (const { path, content } of filesWithin(files, budget)) {
    const sets = contentSets(decodeText(content));
    if (sets === undefined) {
      if (budget.keep())
        problems.push({ code: 'unreadable-evidence', path, message: `${path} is not a content manifest` });
    }
    for (const value of sets ?? []) {
      if (budget.keep()) evidence.push({ kind: 'content-set', value, path });
    }
  }
  return { evidence, problems };
}

/** The repository ids of a manifest; empty if it defers to the history of dnf. */
function contentSets(text: string): readonly string[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { content_sets: sets, from_dnf_hint: fromHistory } = value as Readonly<Record<string, unknown>>;
  if (fromHistory === true || !Array.isArray(sets)) return [];
  const names = sets.filter((name): name is string => typeof name === 'string' && /^[\w.:+-]{1,200}$/.test(name));
  return [...new Set(names)].slice(0, maxContentSets);
}
