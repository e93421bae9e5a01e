import { ecosystems } from '@clarion/ecosystems';
import { byTexts } from '@clarion/model';

/** Packages that no detector reads, and the files that are cheap signs of them. */
export interface RecognisedPackages {
  /** The type of the packages; for systems without one, a name. */
  readonly id: string;
  /** Globs over whole paths. Files that packages of the distribution own do not count. */
  readonly paths: readonly string[];
}

/** Systems that are no ecosystem of packages with advisories. */
const otherSystems: readonly RecognisedPackages[] = [
  // Homebrew writes one for each version that it installs.
  { id: 'brew', paths: ['**/Cellar/*/*/INSTALL_RECEIPT.json'] },
  { id: 'flatpak', paths: ['**/flatpak/app/*/*/*/*/metadata', '**/flatpak/runtime/*/*/*/*/metadata'] },
  // OpenWrt's package manager.
  { id: 'opkg', paths: ['**/lib/opkg/status'] },
  { id: 'snap', paths: ['**/snaps/*.snap', '**/snap/*/*/meta/snap.yaml'] },
];

/** Everything that is recognised by paths, sorted by id. */
export const recognisedPackages: readonly RecognisedPackages[] = [
  ...ecosystems.flatMap(({ type, signs }) => (signs === undefined ? [] : [{ id: type, paths: signs }])),
  ...otherSystems,
].sort(byTexts<RecognisedPackages>(({ id }) => id));

/** Programs and libraries that come from no package manager of the distribution: Go, Rust, C and others. */
export const programs = 'generic';

/** Ids of everything that is recognised but not read. */
export const ecosystemIds: readonly string[] = [...recognisedPackages.map(({ id }) => id), programs].sort();
