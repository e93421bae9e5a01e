import type { Feature, Problem } from '@clarion/model';

/** The contents of one file or one group of files. */
export interface ParsedPackages {
  readonly features: readonly Feature[];
  readonly problems: readonly Problem[];
}

/** A file that describes no package, and has nothing wrong. */
export const nothingParsed: ParsedPackages = { features: [], problems: [] };

/** The combined facts of several parts of a layer, read one after another. */
export function combine<Part>(parts: Iterable<Part>, parse: (part: Part) => ParsedPackages): ParsedPackages {
  const features: Feature[] = [];
  const problems: Problem[] = [];
  for (const part of parts) {
    const parsed = parse(part);
    for (const feature of parsed.features) features.push(feature);
    for (const problem of parsed.problems) problems.push(problem);
  }
  return { features, problems };
}
