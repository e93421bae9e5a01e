import { childText, type XmlElement } from '@clarion/file-formats/documents';
import type { LockFile } from '../lock-file';
import type { LockFormat } from '../lock-format';
import { recordsOf } from '../lock-xml';
import { MavenProperties } from './maven-properties';

/**
 * Projects of Maven (https://maven.apache.org/pom.html): dependencies that the file itself declares, with a version
 * that stands in it. Nothing is fetched, so those of a parent or of an imported project are unknown.
 */
export const mavenProject: LockFormat = {
  type: 'maven',
  names: ['pom.xml'],
  async read(file) {
    const sections = await sectionsOf(file);
    if (sections === undefined) return;
    const properties = new MavenProperties(sections);
    const managed = new Map<string, string>();
    for (const one of dependenciesOf(sections.get('dependencyManagement')?.children.find(isDependencies))) {
      const { name, version } = read(one, properties);
      if (version !== undefined) managed.set(name, version);
    }
    for (const one of dependenciesOf(sections.get('dependencies'))) {
      const { name, version, scope } = read(one, properties);
      if (scope === 'test' || scope === 'system') continue;
      const exact = exactVersion(version ?? managed.get(name));
      if (exact === undefined || name.includes('${')) file.listVague(name);
      else if (!file.list(name, exact)) return;
    }
  },
};

const readSections: ReadonlySet<string> = new Set([
  ...['groupId', 'artifactId', 'version', 'parent', 'properties'],
  ...['dependencies', 'dependencyManagement'],
]);
/** The children of the project that matter, by name. */
async function sectionsOf(file: LockFile): Promise<ReadonlyMap<string, XmlElement> | undefined> {
  const isRecord = (name: string, parent: string): boolean => parent === 'project' && readSections.has(name);
  const records = await recordsOf(file, { root: 'project', isRecord });
  return records && new Map(records.map((one) => [one.name, one]));
}

function isDependencies({ name }: XmlElement): boolean {
  return name === 'dependencies';
}

function dependenciesOf(list: XmlElement | undefined): readonly XmlElement[] {
  return list?.children.filter(({ name }) => name === 'dependency') ?? [];
}

interface Dependency {
  readonly name: string;
  readonly version: string | undefined;
  readonly scope: string | undefined;
}

function read(dependency: XmlElement, properties: MavenProperties): Dependency {
  const text = (member: string): string | undefined => {
    const written = childText(dependency, member);
    return written === undefined ? undefined : properties.resolve(written);
  };
  return {
    name: `${text('groupId') ?? '?'}:${text('artifactId') ?? '?'}`,
    version: text('version'),
    scope: text('scope'),
  };
}

/** A version that is no range, or a range of one version. */
function exactVersion(version: string | undefined): string | undefined {
  const one = /^\[([^,[\]()]+)\]$/.exec(version ?? '')?.[1]?.trim() ?? version;
  return one === undefined || /[[\](),]|\$\{/.test(one) ? undefined : one;
}
