import { decodeText, problemList, textKeeper } from '@clarion/file-formats';
import { alternativeLicenses } from '@clarion/licenses';
import type { Feature, WantedFile, WorkBudget } from '@clarion/model';
import { nothingParsed, type ParsedPackages } from '../parsed';
import { isUsableText, usableTexts } from '../usable-text';

/** What one source of facts about a gem states. */
interface NamedGem {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
}

/**
 * The gem that a specification describes. It is a Ruby program: RubyGems writes name and version as literals, and in a
 * comment (`# stub: rack 3.0.8 ruby lib`). What is not a literal is taken from the name of the file.
 */
export function parseGemspec(file: WantedFile, budget: WorkBudget): ParsedPackages {
  return parseAs(file, budget, (found) => [found.stub, found.literals, gemOfFileName(file.path, found.literals.name)]);
}

/**
 * The gem of the specification in a checkout, which its author wrote: `version` is the one that other files of the
 * checkout state, because it is often a constant of the program.
 */
export function parseOwnGemspec(file: WantedFile, version: string | undefined, budget: WorkBudget): ParsedPackages {
  const ofFile = file.path.slice(file.path.lastIndexOf('/') + 1, -'.gemspec'.length);
  return parseAs(file, budget, ({ literals: { name = ofFile, version: literal } }) => [
    { name, version: literal },
    { name, version },
  ]);
}

function parseAs(
  { path, content }: WantedFile,
  budget: WorkBudget,
  namesOf: (found: Specification) => readonly NamedGem[],
): ParsedPackages {
  const found = readSpecification(decodeText(content), budget);
  const { note, problems } = problemList(path);
  if (found === undefined) {
    note('unreadable-database', 'The file is not a specification of a gem');
    return { features: [], problems: problems() };
  }
  const named = namesOf(found).find(isComplete);
  if (named === undefined) {
    note('bad-record', 'The specification of this gem lacks a name or a version');
    return { features: [], problems: problems() };
  }
  if (!budget.keep()) return nothingParsed;
  const { name, version } = named;
  const feature: Feature = { type: 'gem', name, version, ...usableTexts({ license: found.license }), path };
  return { features: [feature], problems: problems() };
}

function isComplete(gem: NamedGem): gem is { readonly name: string; readonly version: string } {
  return isUsableText(gem.name) && isUsableText(gem.version) && versionPattern.test(gem.version);
}

interface Specification {
  readonly stub: NamedGem;
  readonly literals: NamedGem;
  readonly license: string;
}

const stubLine = /^# stub: (\S+) (\S+) /;
const specificationLine = /\bGem::Specification\.new\b/;
const assignment = /^\s*\w+\.(name|version|licenses?)\s*=\s*(.*)$/;
const literal = /^(?:Gem::Version\.new\s*\(?\s*)?(["'])([^"'#\\]*)\1/;
const literals = /(["'])([^"'#\\]*)\1/g;

/** Longer lines are descriptions and lists of files. */
const longestLine = 2000;

function readSpecification(text: string, budget: WorkBudget): Specification | undefined {
  const keep = textKeeper();
  const assigned = new Map<string, string>();
  let stub: NamedGem = {};
  let isSpecification = false;
  for (let at = 0; at < text.length && budget.spend(1);) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? undefined : end).trimEnd();
    at = end < 0 ? text.length : end + 1;
    if (line.length > longestLine) continue;
    const [, name, version] = isSpecification ? [] : (stubLine.exec(line) ?? []);
    if (name !== undefined && version !== undefined) stub = { name: keep(name), version: keep(version) };
    isSpecification ||= specificationLine.test(line);
    const [, field = '', value = ''] = assignment.exec(line) ?? [];
    if (isSpecification && field !== '' && !assigned.has(field)) assigned.set(field, keep(value));
  }
  if (!isSpecification) return undefined;
  return {
    stub,
    literals: { name: textOf(assigned.get('name')), version: textOf(assigned.get('version')) },
    license: alternativeLicenses(allTexts(assigned.get('licenses') ?? assigned.get('license'))),
  };
}

function textOf(value = ''): string | undefined {
  return literal.exec(value)?.[2];
}

function allTexts(value = ''): readonly string[] {
  return [...value.matchAll(literals)].flatMap(([, , text = '']) => (text === '' ? [] : [text]));
}

/** What RubyGems accepts as a version (`Gem::Version::VERSION_PATTERN`). */
const versionPattern = /^\d+(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
const versionAtStart = /^\d+(?:\.[0-9A-Za-z]+)*/;

/** `google-protobuf` 3.19.1 of `google-protobuf-3.19.1-x86_64-linux.gemspec`: the platform is not part of the version. */
function gemOfFileName(path: string, name: string | undefined): NamedGem {
  const file = path.slice(path.lastIndexOf('/') + 1, -'.gemspec'.length);
  if (file.length > longestLine) return {};
  if (name !== undefined && file.startsWith(`${name}-`)) {
    return { name, version: versionAtStart.exec(file.slice(name.length + 1))?.[0] };
  }
  const parts = file.split('-');
  const at = parts.findIndex((part, index) => index > 0 && versionPattern.test(part));
  return at < 0 ? {} : { name: parts.slice(0, at).join('-'), version: parts[at] };
}
