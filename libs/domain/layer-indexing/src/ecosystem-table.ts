import { type Ecosystem, ecosystems, pharType } from '@clarion/ecosystems';
import { byTexts, type EcosystemSign } from '@clarion/model';

/** What a file indicates: packages of an ecosystem, and when that counts. Each exists once. */
export type SignKind = Pick<EcosystemSign, 'ecosystem' | 'readBy' | 'unlessFound'>;

/** Files that are cheap signs of packages that no detector may have read. */
export interface RecognisedFiles {
  /** `ecosystem` is the type of the packages; for systems without one, a name. */
  readonly kind: SignKind;
  /** Globs over whole paths. Files that packages of the distribution own do not count. */
  readonly paths: readonly string[];
}

/** Systems that are not an ecosystem of packages with advisories. */
const otherSystems: readonly { readonly id: string; readonly paths: readonly string[] }[] = [
  // Homebrew writes one for each version that it installs.
  { id: 'brew', paths: ['**/Cellar/*/*/INSTALL_RECEIPT.json'] },
  { id: 'flatpak', paths: ['**/flatpak/app/*/*/*/*/metadata', '**/flatpak/runtime/*/*/*/*/metadata'] },
  // OpenWrt's package manager.
  { id: 'opkg', paths: ['**/lib/opkg/status'] },
  { id: 'snap', paths: ['**/snaps/*.snap', '**/snap/*/*/meta/snap.yaml'] },
];

/** The id of the detector of lock files. */
export const lockFileDetector = 'lock-files';

function recognisedBy({ type, signs = [], readBy = [], lockFiles = [] }: Ecosystem): readonly RecognisedFiles[] {
  const read = readBy.map(({ detector, signs: paths }) => ({ kind: { ecosystem: type, readBy: detector }, paths }));
  const ofLockFiles: SignKind = { ecosystem: type, readBy: lockFileDetector, unlessFound: true };
  return [...read, { kind: { ecosystem: type }, paths: signs }, { kind: ofLockFiles, paths: lockFiles }];
}

/** Everything that is recognised by paths, sorted by ecosystem. */
export const recognisedFiles: readonly RecognisedFiles[] = [
  ...ecosystems.flatMap(recognisedBy),
  ...otherSystems.map(({ id, paths }): RecognisedFiles => ({ kind: { ecosystem: id }, paths })),
]
  .filter(({ paths }) => paths.length > 0)
  .sort(byTexts<RecognisedFiles>(({ kind }) => kind.ecosystem));

/** Programs and libraries that come from no package manager of the distribution: Go, Rust, C and others. */
export const programs: SignKind = { ecosystem: 'generic' };

/** Archives of PHP, whose packages no detector reads. */
export const phars: SignKind = { ecosystem: pharType };

/** Ids of everything that is recognised and may not be read. */
export const ecosystemIds: readonly string[] = [
  ...new Set([...recognisedFiles.map(({ kind }) => kind), programs].map(({ ecosystem }) => ecosystem)),
].sort();
