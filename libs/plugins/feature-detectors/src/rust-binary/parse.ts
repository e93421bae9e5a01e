import { inflateSync } from 'node:zlib';
import { problemList } from '@clarion/file-formats';
import { type Feature, isObject, type JsonObject, partsOf, type WantedFile, type WorkBudget } from '@clarion/model';
import { parseJsonObject } from '../json-object';
import type { ParsedPackages } from '../parsed';
import { isUsableText, quoted } from '../usable-text';

/** The list of a program of 1000 crates has some 200 KB. */
const mostListBytes = 8 * 1024 * 1024;
/** Bytes whose decompression and parsing cost one step. */
const bytesOfStep = 128;
/** What a crate that only the build needed has as its `kind`. */
const buildOnly = 'build';

/** The crates of one program; of a universal binary, those of all architectures, each once. */
export function parseRustBinary(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const { note, problems } = problemList(file.path);
  const found = new Map<string, Feature>();
  for (const { content } of partsOf(file)) {
    for (const crate of cratesOf({ path: file.path, content }, note, budget)) {
      if (!budget.spend(1)) break;
      const { name, version, kind } = isObject(crate) ? crate : noCrate;
      if (kind === buildOnly) continue;
      if (!isUsableText(name) || !isUsableText(version)) {
        note('bad-record', `The crate ${quoted(typeof name === 'string' ? name : '')} has no name or no version`);
        continue;
      }
      const key = `${name}\0${version}`;
      if (found.has(key)) continue;
      if (!budget.keep()) break;
      found.set(key, { type: 'cargo', name, version, path: file.path });
    }
  }
  return { features: [...found.values()], problems: problems() };
}

const noCrate: JsonObject = {};

/** The list that cargo-auditable wrote: JSON, compressed by zlib. */
function cratesOf(
  section: WantedFile,
  note: ReturnType<typeof problemList>['note'],
  budget: WorkBudget,
): readonly unknown[] {
  if (!budget.spend(0)) return [];
  let content: Buffer;
  try {
    content = inflateSync(section.content, { maxOutputLength: mostListBytes });
  } catch (error) {
    budget.spend(mostListBytes / bytesOfStep);
    const large = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    note(
      large ? 'limit-reached' : 'unreadable-database',
      large
        ? `The list of crates was not read: it has more than ${mostListBytes} bytes`
        : 'The list of crates cannot be decompressed',
    );
    return [];
  }
  if (!budget.spend(content.length / bytesOfStep)) return [];
  const { object, problem } = parseJsonObject({ path: section.path, content });
  if (object === undefined) {
    note(problem.code, problem.message);
    return [];
  }
  const { packages } = object;
  if (Array.isArray(packages)) return packages as readonly unknown[];
  note('unreadable-database', 'The list of crates has no packages');
  return [];
}
