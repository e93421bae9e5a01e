import { problemList } from '@clarion/file-formats';
import { type Feature, partsOf, type WantedFile, type WorkBudget } from '@clarion/model';
import { parseJsonObject } from '../json-object';
import type { ParsedPackages } from '../parsed';
import { isUsableText } from '../usable-text';

/** Owner and type of the note (https://uapi-group.org/specifications/specs/package_metadata_for_executable_files/). */
export const owner = 'FDO';
export const packagingMetadata = 0xcafe1a7e;

/**
 * The package that a program names. It is a package of a distribution that may be another one than that of the image, so
 * it is a program like any other here, and its vendor is that distribution.
 */
export function parseNotes(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const { note, problems } = problemList(file.path);
  const features: Feature[] = [];
  for (const { content } of partsOf(file)) {
    if (!budget.spend(content.length / bytesPerStep)) break;
    const { object, problem } = parseJsonObject({ path: file.path, content: withoutEnd(content) });
    if (object === undefined) {
      note(problem.code, 'The note about its package cannot be read as a JSON object of usual size');
      continue;
    }
    const { name, version, architecture, os, osCpe } = object;
    // A program may name only the version of what it was built of.
    if (name === undefined && version === undefined) continue;
    if (!isUsableText(name) || !isUsableText(version)) {
      note('bad-record', 'The note about its package has no name or no version');
      continue;
    }
    const vendor = [osCpe, os].find(isUsableText);
    if (!budget.keep()) break;
    features.push({
      ...{ type: 'generic', name, version, path: file.path },
      ...(isUsableText(architecture) && { architecture }),
      ...(vendor !== undefined && { vendor }),
    });
    // Some linkers write the note once for each object file.
    break;
  }
  return { features, problems: problems() };
}

const bytesPerStep = 100;

/** The text ends with zero bytes. */
function withoutEnd(content: Uint8Array): Uint8Array {
  const end = content.indexOf(0);
  return end < 0 ? content : content.subarray(0, end);
}
