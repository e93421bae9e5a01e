import { childText, type XmlElement } from '@clarion/file-formats/documents';
import type { LockFormat } from '../lock-format';
import { mavenParents, type MavenSections, sectionsOf } from './maven-parents';
import { MavenProperties } from './maven-properties';

/**
 * Projects of Maven (https://maven.apache.org/pom.html): dependencies that the file itself declares, with a version
 * that stands in it or in a parent in the same tree. Nothing is fetched, so those of other parents and of imported projects are unknown.
 */
export const mavenProject: LockFormat = {
  type: 'maven',
  names: ['pom.xml'],
  async read(file) {
    const sections = await sectionsOf(file);
    if (sections === undefined) return;
    const parents = await mavenParents(file, sections);
    const properties = new MavenProperties(sections, parents);
    const managed = new Map<string, Dependency>();
    for (const one of [sections, ...parents].flatMap(managedIn)) {
      if (!file.budget.spend(1)) return;
      const dependency = read(one, properties);
      if (!managed.has(dependency.name)) managed.set(dependency.name, dependency);
    }
    for (const one of dependenciesOf(sections.get('dependencies'))) {
      const { name, ...own } = read(one, properties);
      const { version = managed.get(name)?.version, scope = managed.get(name)?.scope } = own;
      if (scope === 'test' || scope === 'system') continue;
      const exact = exactVersion(version);
      if (exact === undefined || name.includes('${')) file.listVague(name);
      else if (!file.list(name, exact)) return;
    }
  },
};

function managedIn(sections: MavenSections): readonly XmlElement[] {
  return dependenciesOf(sections.get('dependencyManagement')?.children.find(isDependencies));
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
