import { type Ecosystem, ecosystems, type ReadSigns } from '@clarion/ecosystems';
import { byTexts } from '@clarion/model';

/** Packages that no detector may have read, and the files that are cheap signs of them. */
export interface RecognisedPackages {
  /** The type of the packages; for systems without one, a name. */
  readonly id: string;
  /** Globs over whole paths. Files that packages of the distribution own do not count. */
  readonly paths: readonly string[];
  /** Those of `paths` that detectors read where all of them are on. */
  readonly readBy?: ReadSigns;
}

/** Systems that are not an ecosystem of packages with advisories. */
const otherSystems: readonly RecognisedPackages[] = [
  // Homebrew writes one for each version that it installs.
  { id: 'brew', paths: ['**/Cellar/*/*/INSTALL_RECEIPT.json'] },
  { id: 'flatpak', paths: ['**/flatpak/app/*/*/*/*/metadata', '**/flatpak/runtime/*/*/*/*/metadata'] },
  // OpenWrt's package manager.
  { id: 'opkg', paths: ['**/lib/opkg/status'] },
  { id: 'snap', paths: ['**/snaps/*.snap', '**/snap/*/*/meta/snap.yaml'] },
];

function recognisedBy({ type, signs = [], readBy }: Ecosystem): readonly RecognisedPackages[] {
  if (readBy !== undefined) return [{ id: type, paths: [...readBy.signs, ...signs], readBy }];
  return signs.length === 0 ? [] : [{ id: type, paths: signs }];
}

/** Everything that is recognised by paths, sorted by id. */
export const recognisedPackages: readonly RecognisedPackages[] = [
  ...ecosystems.flatMap(recognisedBy),
  ...otherSystems,
].sort(byTexts<RecognisedPackages>(({ id }) => id));

const detectors: ReadonlyMap<string, readonly string[]> = new Map(
  recognisedPackages.flatMap(({ id, readBy }) => (readBy === undefined ? [] : [[id, readBy.detectors] as const])),
);

/** The detectors that together read packages with this id where all of them are on; undefined where there are none. */
export function detectorsOfPackages(id: string): readonly string[] | undefined {
  return detectors.get(id);
}

/** Programs and libraries that come from no package manager of the distribution: Go, Rust, C and others. */
export const programs = 'generic';

/** Ids of everything that is recognised but not read. */
export const ecosystemIds: readonly string[] = [...recognisedPackages.map(({ id }) => id), programs].sort();
