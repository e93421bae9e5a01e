import { filesWithin, type WantedFile, type WorkBudget } from '@clarion/model';

/** The results of `parse` for each of the files, until the budget is used up. */
export function factsOfFiles<Fact>(
  files: readonly WantedFile[],
  budget: WorkBudget,
  parse: (file: WantedFile) => readonly Fact[],
): Fact[] {
  const facts: Fact[] = [];
  for (const file of filesWithin(files, budget)) {
    for (const fact of parse(file)) {
      if (!budget.keep()) return facts;
      facts.push(fact);
    }
  }
  return facts;
}
