import { textKeeper } from '@clarion/file-formats';
import { type Feature, partsOf, type WantedFile, type WorkBudget } from '@clarion/model';
import type { ParsedPackages } from '../parsed';

/**
 * `registry/src/index.crates.io-1949cf8c6b5b557f/idna-0.2.0/src/uts46.rs`: the name of a crate may have numbers in it, so
 * that the version is what follows the first hyphen before three numbers.
 */
const source =
  /registry[/\\]src[/\\][\w.-]{1,100}[/\\](\w[\w-]{0,99}?)-(\d{1,10}\.\d{1,10}\.\d{1,10}(?:[-+][0-9A-Za-z.+-]{1,100})?)[/\\]/g;

/** The crates whose sources a program names, each once. A program names only sources that can panic. */
export function parseRustPaths(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const found = new Map<string, Feature>();
  const keep = textKeeper();
  for (const { content } of partsOf(file)) {
    for (const [, name = '', version = ''] of Buffer.from(content).toString('latin1').matchAll(source)) {
      if (!budget.spend(1)) break;
      const key = `${name} ${version}`;
      if (found.has(key)) continue;
      if (!budget.keep()) break;
      const feature = { type: 'cargo', name: keep(name), version: keep(version), path: file.path };
      found.set(keep(key), { ...feature, confidence: 'inferred' });
    }
  }
  return { features: [...found.values()], problems: [] };
}
