import type { Feature, Problem } from '@clarion/model';

/** What one file, or one group of files, holds. */
export interface Parsed {
  readonly features: readonly Feature[];
  readonly problems: readonly Problem[];
}

/** The facts of several parts of a layer together, read one after the other. */
export function combine<Part>(parts: Iterable<Part>, parse: (part: Part) => Parsed): Parsed {
  const features: Feature[] = [];
  const problems: Problem[] = [];
  for (const part of parts) {
    const parsed = parse(part);
    for (const feature of parsed.features) features.push(feature);
    for (const problem of parsed.problems) problems.push(problem);
  }
  return { features, problems };
}
