import { type Excerpt, type FileFilter, fileMagics, type FileReferences, filterLimits } from './file-filter';

/** What is wrong with a filter, as the end of a sentence about its detector; undefined if nothing is. */
export function fileFilterFault(filter: FileFilter): string | undefined {
  const { paths, except = [], magic = [], maxBytes, excerpt, references } = filter;
  return (
    listFault('its file filter names', { paths }, filterLimits.globs) ??
    globFault('paths', paths) ??
    (except.length > filterLimits.globs ? `its file filter names more than ${filterLimits.globs} except` : undefined) ??
    globFault('except', except) ??
    (references === undefined ? undefined : referencesFault(references)) ??
    numberFault({ maxBytes }, 1, Number.MAX_SAFE_INTEGER) ??
    (magic.every((one) => fileMagics.includes(one)) ? undefined : `it asks for files of an unknown format`) ??
    (excerpt === undefined ? undefined : excerptFault(excerpt))
  );
}

function referencesFault({ paths, words }: FileReferences): string | undefined {
  return (
    listFault('its references name', { paths }, filterLimits.globs) ??
    listFault('its references name', { words }, filterLimits.referenceWords) ??
    globFault('references', paths)
  );
}

function excerptFault(excerpt: Excerpt): string | undefined {
  switch (excerpt.kind) {
    case 'zip-members': {
      const { members, nested = [], depth = 0, maxMemberBytes, maxMembers } = excerpt;
      return (
        listFault('its excerpt names', { members }, filterLimits.memberGlobs) ??
        globFault('members', members) ??
        (nested.length > filterLimits.memberGlobs
          ? `its excerpt names more than ${filterLimits.memberGlobs} nested`
          : undefined) ??
        globFault('nested', nested) ??
        numberFault({ depth }, 0, filterLimits.nestedDepth) ??
        ((depth === 0) === (nested.length === 0) ? undefined : 'its excerpt has nested or depth, but not both') ??
        numberFault({ maxMemberBytes }, 1, Number.MAX_SAFE_INTEGER) ??
        numberFault({ maxMembers }, 1, filterLimits.members)
      );
    }
    case 'sections': {
      const { sections, notes = [], maxSectionBytes } = excerpt;
      const owners = notes.map(({ owner }) => owner);
      return (
        (sections.length + notes.length > 0 ? undefined : 'its excerpt names no sections and no notes') ??
        (sections.length > 0 ? listFault('its excerpt names', { sections }, filterLimits.sections) : undefined) ??
        (owners.length > 0 ? listFault('its excerpt names', { notes: owners }, filterLimits.notes) : undefined) ??
        numberFault({ maxSectionBytes }, 1, Number.MAX_SAFE_INTEGER)
      );
    }
    case 'patterns': {
      const { patterns, before, after, maxMatches, sections = [], withoutSections = [], wholeOtherwise } = excerpt;
      return (
        (patterns.length > 0 && patterns.length <= filterLimits.patterns
          ? undefined
          : `its excerpt names no patterns, or more than ${filterLimits.patterns}`) ??
        (patterns.every(isPattern) ? undefined : patternRule) ??
        (sections.length > 0 ? listFault('its excerpt names', { sections }, filterLimits.sections) : undefined) ??
        (withoutSections.length > 0
          ? listFault('its excerpt names', { withoutSections }, filterLimits.sections)
          : undefined) ??
        (sections.length > 0 || (withoutSections.length === 0 && wholeOtherwise !== true)
          ? undefined
          : 'its excerpt has without_sections or whole_otherwise, but no sections') ??
        numberFault({ before }, 0, filterLimits.surroundingBytes) ??
        numberFault({ after }, 0, filterLimits.surroundingBytes) ??
        numberFault({ maxMatches }, 1, filterLimits.matches)
      );
    }
    case 'go-build-info':
      return undefined;
  }
}

const { shortestPattern, longestPattern } = filterLimits;
const patternRule = `a pattern of its excerpt does not have ${shortestPattern} to ${longestPattern} bytes`;

function isPattern(pattern: string): boolean {
  const { length } = pattern;
  return (
    length >= shortestPattern &&
    length <= longestPattern &&
    Array.from(pattern).every((one) => one.charCodeAt(0) <= 0xff)
  );
}

/** The one member of `lists` has to have 1 to `most` texts, none of them empty or endless. */
function listFault(
  subject: string,
  lists: Readonly<Record<string, readonly string[]>>,
  most: number,
): string | undefined {
  for (const [name, list] of Object.entries(lists)) {
    if (list.length === 0 || list.length > most) return `${subject} no ${name}, or more than ${most}`;
    if (list.some((text) => text === '' || text.length > filterLimits.textLength)) {
      return `${subject} empty ${name}, or some longer than ${filterLimits.textLength} characters`;
    }
  }
  return undefined;
}

/** Paths in a layer and in an archive have no leading slash and no empty, `.` or `..` component. */
function globFault(member: string, globs: readonly string[]): string | undefined {
  const unmatched = globs.find((glob) => glob.split('/').some((part) => part === '' || part === '.' || part === '..'));
  if (unmatched === undefined) return undefined;
  const shown = JSON.stringify(unmatched.slice(0, 100));
  return `its ${member} have ${shown}, but a glob has no leading slash and no empty, "." or ".." component`;
}

function numberFault(numbers: Readonly<Record<string, number>>, least: number, most: number): string | undefined {
  for (const [name, value] of Object.entries(numbers)) {
    if (value > most) return `its ${wireName(name)} is above ${most}`;
    if (!Number.isSafeInteger(value) || value < least)
      return `its ${wireName(name)} is not a whole number of at least ${least}`;
  }
  return undefined;
}

/** `maxBytes` is `max_bytes` in detector.proto, which authors of detectors read. */
function wireName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
