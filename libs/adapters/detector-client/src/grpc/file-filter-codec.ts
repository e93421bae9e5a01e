import type { Excerpt, FileFilter, FileMagic } from '@clarion/model';
import { detectorV1 } from '@clarion/proto';

const { MAGIC_ELF, MAGIC_MACH_O, MAGIC_PE, MAGIC_ZIP } = detectorV1.Magic;
const encodedMagic = { elf: MAGIC_ELF, pe: MAGIC_PE, 'mach-o': MAGIC_MACH_O, zip: MAGIC_ZIP } as const satisfies Record<
  FileMagic,
  detectorV1.Magic
>;
const magics = new Map<detectorV1.Magic, FileMagic>(
  Object.entries(encodedMagic).map(([magic, encoded]) => [encoded, magic as FileMagic]),
);

export function encodeMagic(magic: FileMagic): detectorV1.Magic {
  return encodedMagic[magic];
}

/** Undefined for an unknown format. */
export function decodeMagic(magic: detectorV1.Magic): FileMagic | undefined {
  return magics.get(magic);
}

/** A file filter in the format of `ListDetectors`. */
export function encodeFileFilter(files: FileFilter): detectorV1.FileFilter {
  const { paths, except = [], executable = false, magic = [], maxBytes, byPath = false, excerpt, references } = files;
  return {
    paths: [...paths],
    except: [...except],
    maxBytes: BigInt(maxBytes),
    byPath,
    executable,
    magic: magic.map(encodeMagic),
    excerpt: excerpt && { part: encodePart(excerpt) },
    references: references && { paths: [...references.paths], words: [...references.words] },
  };
}

function encodePart(excerpt: Excerpt): NonNullable<detectorV1.Excerpt['part']> {
  switch (excerpt.kind) {
    case 'zip-members': {
      const { members, nested = [], depth = 0, maxMemberBytes, maxMembers, wholeOtherwise = false } = excerpt;
      const value = { members: [...members], nested: [...nested], depth, maxMembers, wholeOtherwise };
      return { $case: 'zipMembers', value: { ...value, maxMemberBytes: BigInt(maxMemberBytes) } };
    }
    case 'sections': {
      const { sections, notes = [], maxSectionBytes } = excerpt;
      const names = notes.map(({ owner, type }) => ({ owner, type }));
      return {
        $case: 'sections',
        value: { sections: [...sections], notes: names, maxSectionBytes: BigInt(maxSectionBytes) },
      };
    }
    case 'patterns': {
      const { patterns, before, after, maxMatches, wholeOtherwise = false } = excerpt;
      const bytes = patterns.map((pattern) => Buffer.from(pattern, 'latin1'));
      const sections = [...(excerpt.sections ?? [])];
      const withoutSections = [...(excerpt.withoutSections ?? [])];
      const where = { sections, withoutSections, wholeOtherwise };
      return { $case: 'patterns', value: { patterns: bytes, before, after, maxMatches, ...where } };
    }
    case 'go-build-info':
      return { $case: 'goBuildInfo', value: { functions: excerpt.functions === true } };
  }
}

/**
 * A file filter of a service; its members may be out of bounds. Undefined if it asks for something that this build does
 * not know: a filter without that condition would select other files.
 */
export function decodeFileFilter(filter: detectorV1.FileFilter | undefined): FileFilter | undefined {
  const { paths = [], except = [], maxBytes = 0n, byPath = false, executable = false, references } = filter ?? {};
  const magic = (filter?.magic ?? []).map(decodeMagic);
  const excerpt = filter?.excerpt === undefined ? undefined : decodePart(filter.excerpt.part);
  if (!magic.every((one) => one !== undefined) || (filter?.excerpt !== undefined && excerpt === undefined)) {
    return undefined;
  }
  return {
    paths,
    ...(except.length > 0 && { except }),
    ...(executable && { executable }),
    ...(magic.length > 0 && { magic }),
    maxBytes: Number(maxBytes),
    ...(byPath && { byPath }),
    ...(excerpt !== undefined && { excerpt }),
    ...(references !== undefined && { references: { paths: references.paths, words: references.words } }),
  };
}

function decodePart(part: detectorV1.Excerpt['part']): Excerpt | undefined {
  switch (part?.$case) {
    case 'zipMembers': {
      const { members, nested, depth, maxMemberBytes, maxMembers, wholeOtherwise } = part.value;
      const deeper = { ...(nested.length > 0 && { nested }), ...(depth > 0 && { depth }) };
      const limits = { maxMemberBytes: Number(maxMemberBytes), maxMembers };
      return { kind: 'zip-members', members, ...deeper, ...limits, ...(wholeOtherwise && { wholeOtherwise }) };
    }
    case 'sections': {
      const { sections, maxSectionBytes } = part.value;
      const notes = part.value.notes.map(({ owner, type }) => ({ owner, ...(type !== undefined && { type }) }));
      return {
        kind: 'sections',
        sections,
        ...(notes.length > 0 && { notes }),
        maxSectionBytes: Number(maxSectionBytes),
      };
    }
    case 'patterns': {
      const { before, after, maxMatches, sections, withoutSections, wholeOtherwise } = part.value;
      const patterns = part.value.patterns.map((bytes) => bytes.toString('latin1'));
      const where = {
        ...(sections.length > 0 && { sections }),
        ...(withoutSections.length > 0 && { withoutSections }),
        ...(wholeOtherwise && { wholeOtherwise }),
      };
      return { kind: 'patterns', patterns, before, after, maxMatches, ...where };
    }
    case 'goBuildInfo':
      return { kind: 'go-build-info', ...(part.value.functions && { functions: true }) };
    case undefined:
      return undefined;
  }
}
