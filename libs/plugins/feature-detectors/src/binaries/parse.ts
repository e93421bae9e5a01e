import { type Feature, partsOf, type WantedFile, type WorkBudget } from '@clarion/model';
import type { ParsedPackages } from '../parsed';
import { firstMatch } from './found-texts';
import { programsNamed } from './programs';

/** The runtime that a program or library is, if its name and its content say so. What was left out is a problem already. */
export function parseBinary(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const texts: string[] = [];
  for (const { content } of partsOf(file)) {
    if (!budget.spend(1)) break;
    texts.push(Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('latin1'));
  }
  const features: Feature[] = [];
  for (const { runtime, version } of programsNamed(file.path)) {
    const found = version instanceof RegExp ? firstMatch(version, texts) : version(texts, nameOf(file.path));
    if (found === undefined) continue;
    if (!budget.keep()) break;
    features.push({ type: 'generic', name: runtime, version: found, path: file.path });
  }
  return { features, problems: [] };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
