import { childText, xmlRecords, type XmlElement } from '@clarion/file-formats/documents';
import { ClarionError } from '@clarion/model';
import type { LockFile } from '../lock-file';
import type { LockFormat } from '../lock-format';
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
const limits = { depth: 50, elements: 50_000, characters: 4 * 1024 * 1024 };

/** The children of the project that matter, by name. */
async function sectionsOf(file: LockFile): Promise<ReadonlyMap<string, XmlElement> | undefined> {
  const sections = new Map<string, XmlElement>();
  const isRecord = (name: string, parent: string): boolean => parent === 'project' && readSections.has(name);
  try {
    for await (const one of xmlRecords(chunks(file.file.content), { root: 'project', isRecord, limits })) {
      if (!file.budget.spend(1 + one.children.length)) break;
      sections.set(one.name, one);
    }
    return sections;
  } catch (error) {
    if (!(error instanceof ClarionError)) throw error;
    const code = error.code === 'limit-exceeded' ? 'limit-reached' : 'unreadable-database';
    file.note(code, `The file cannot be read: ${error.message}`);
    return undefined;
  }
}

async function* chunks(content: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield content;
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
