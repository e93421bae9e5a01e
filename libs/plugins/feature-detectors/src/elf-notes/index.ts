import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { owner, packagingMetadata, parseNotes } from './parse';

/** Packages that programs and libraries say they are part of. */
export const elfNotes: Detector = {
  id: 'elf-notes',
  kind: 'feature',
  version: 1,
  title: 'Packages that programs and libraries name themselves (ELF package notes)',
  enabled: false,
  files: {
    paths: ['**'],
    magic: ['elf'],
    maxBytes: 256 * 1024,
    excerpt: {
      kind: 'sections',
      sections: [],
      notes: [{ owner, type: packagingMetadata }],
      maxSectionBytes: 64 * 1024,
    },
  },
  detect(files, budget) {
    return combine(filesWithin(files, budget), (file) => parseNotes(file, budget));
  },
};
