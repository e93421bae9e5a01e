import { filesWithin, type WantedFile, type WorkBudget } from '@clarion/model';

/** What `parse` finds in each of the files, as far as the budget lasts. */
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
