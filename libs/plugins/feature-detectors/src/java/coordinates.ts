import { partsOf, type WantedFile, type WorkBudget } from '@clarion/model';
import { isUsableText } from '../usable-text';
import { type Manifest, readManifest } from './read-manifest';
import { readPom } from './read-pom';
import { readProperties } from './read-properties';

/** A package that an archive contains according to the files of Maven in it. */
export interface Coordinates {
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string;
  readonly license?: string;
}

/** What is known about one archive of a file. */
export interface ArchiveFacts {
  /** By group and artifact and version; an archive that others were copied into has several. */
  readonly packages: ReadonlyMap<string, Coordinates>;
  /** Packages of which the files of Maven in it have no usable version. */
  readonly unversioned: readonly Pick<Coordinates, 'groupId' | 'artifactId'>[];
  readonly manifest?: Manifest;
}

type Incomplete = Partial<Coordinates>;

/** The facts of each archive of a file by its path there; '' for the file itself. */
export function archiveFacts(file: WantedFile, budget: WorkBudget): ReadonlyMap<string, ArchiveFacts> {
  const described = new Map<string, Map<string, Incomplete>>();
  const manifests = new Map<string, Manifest>();
  for (const within of ['', ...(file.excerpt?.archives ?? [])]) described.set(within, new Map());
  for (const { name, within, content } of partsOf(file)) {
    if (!budget.spend(1)) break;
    if (name === 'META-INF/MANIFEST.MF') {
      manifests.set(within, readManifest(content, budget));
      continue;
    }
    const folder = name.slice(0, name.lastIndexOf('/') + 1);
    const projects = described.get(within) ?? new Map<string, Incomplete>();
    described.set(within, projects);
    // pom.properties has what Maven has resolved, so that it comes before pom.xml.
    projects.set(
      folder,
      name.endsWith('.properties')
        ? { ...projects.get(folder), ...usable(readProperties(content, ['groupId', 'artifactId', 'version'], budget)) }
        : { ...usable(readPom(content, budget)), ...projects.get(folder) },
    );
  }
  return new Map(
    [...described].map(([within, projects]) => {
      const manifest = manifests.get(within);
      return [within, { ...complete(projects), ...(manifest !== undefined && { manifest }) }];
    }),
  );
}

const mavenFolder = /(?:^|\/)META-INF\/maven\/([^/]+)\/([^/]+)\/$/;

/** Without what cannot be an id or a version, such as a property that is not set. */
function usable({ groupId, artifactId, version, license }: Incomplete): Incomplete {
  const isUsed = isUsableText(license) && license.length <= longestLicense;
  return {
    ...(isMavenId(groupId) && { groupId }),
    ...(isMavenId(artifactId) && { artifactId }),
    ...(isMavenVersion(version) && { version }),
    ...(isUsed && { license }),
  };
}

function complete(projects: ReadonlyMap<string, Incomplete>): Pick<ArchiveFacts, 'packages' | 'unversioned'> {
  const packages = new Map<string, Coordinates>();
  const unversioned: Pick<Coordinates, 'groupId' | 'artifactId'>[] = [];
  for (const [folder, stated] of projects) {
    const [, ofFolder, artifactOfFolder] = mavenFolder.exec(folder) ?? [];
    const { groupId = ofFolder, artifactId = artifactOfFolder, version } = stated;
    if (!isMavenId(groupId) || !isMavenId(artifactId)) continue;
    if (version === undefined) unversioned.push({ groupId, artifactId });
    else packages.set(`${groupId}:${artifactId}:${version}`, { ...stated, groupId, artifactId, version });
  }
  return { packages, unversioned };
}

const longestLicense = 200;
const mavenId = /^[A-Za-z0-9_.-]{1,300}$/;
const mavenVersion = /^[^\s$<>{}\\:"|?*[\]()]{1,300}$/;

/** Whether a text can be the id of a group or an artifact, as Maven demands; `${…}` is not. */
export function isMavenId(text: string | undefined): text is string {
  return text !== undefined && mavenId.test(text);
}

/** Whether a text can be a version; what still has a property in it is not one. */
export function isMavenVersion(text: string | undefined): text is string {
  return text !== undefined && mavenVersion.test(text);
}
