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
  let count = 0;
  for (const part of parts) {
    const parsed = parse(part);
    for (const feature of parsed.features) features.push(feature);
    for (const problem of parsed.problems) {
      count += 1;
      if (count <= mostProblems) problems.push(problem);
    }
  }
  if (count > mostProblems) {
    const message = `${count - mostProblems} more problems were found in files of this layer`;
    problems.push({ code: 'limit-reached', message });
  }
  return { features, problems };
}

/** A hostile layer has a problem in each of a million small files. */
const mostProblems = 1000;
