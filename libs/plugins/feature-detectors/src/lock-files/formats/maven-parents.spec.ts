import { testBudget } from '@clarion/test-kit';
import { lockFiles } from '..';

describe('the parent of a project of Maven', () => {
  const pom = (artifact: string, rest: string): string =>
    `<project><groupId>g</groupId><artifactId>${artifact}</artifactId><version>1</version>${rest}</project>`;
  const parent = (artifact: string, path = ''): string =>
    `<parent><groupId>g</groupId><artifactId>${artifact}</artifactId><version>1</version>${path}</parent>`;
  const uses = (version = ''): string =>
    `<dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId>${version}</dependency></dependencies>`;
  const managed = (version: string): string => `<dependencyManagement>${uses(version)}</dependencyManagement>`;
  const properties = (v: string): string => `<properties><v>${v}</v></properties>`;
  const ofProperty = '<version>${v}</version>';

  test.each<
    [what: string, files: Readonly<Record<string, string>>, found: readonly string[], codes: readonly string[]]
  >([
    [
      'has the property',
      { 'pom.xml': pom('p', properties('2')), 'm/pom.xml': pom('m', parent('p') + uses(ofProperty)) },
      ['a:b 2'],
      [],
    ],
    [
      'has the property, which the project has too',
      { 'pom.xml': pom('p', properties('2')), 'm/pom.xml': pom('m', parent('p') + properties('3') + uses(ofProperty)) },
      ['a:b 3'],
      [],
    ],
    [
      'manages the version, by a property of the project',
      {
        'pom.xml': pom('p', properties('2') + managed(ofProperty)),
        'm/pom.xml': pom('m', parent('p') + properties('3') + uses()),
      },
      ['a:b 3'],
      [],
    ],
    [
      'manages the scope',
      {
        'pom.xml': pom('p', managed('<version>2</version><scope>test</scope>')),
        'm/pom.xml': pom('m', parent('p') + uses()),
      },
      [],
      [],
    ],
    [
      'has a parent, at a path that is a directory',
      {
        'base/pom.xml': pom('q', managed('<version>2</version>')),
        'pom.xml': pom('p', parent('q', '<relativePath>base</relativePath>')),
        'm/n/pom.xml': pom('m', parent('p', '<relativePath>../../pom.xml</relativePath>') + uses()),
      },
      ['a:b 2'],
      [],
    ],
    [
      'is another project than the file there',
      { 'pom.xml': pom('x', properties('2')), 'm/pom.xml': pom('m', parent('p') + uses(ofProperty)) },
      [],
      ['unknown-version'],
    ],
    [
      'is in a repository',
      {
        'pom.xml': pom('p', properties('2')),
        'm/pom.xml': pom('m', parent('p', '<relativePath/>') + uses(ofProperty)),
      },
      [],
      ['unknown-version'],
    ],
    [
      'is missing where the file says it is',
      { 'm/pom.xml': pom('m', parent('p', '<relativePath>../../../p.xml</relativePath>') + uses(ofProperty)) },
      [],
      ['unknown-version', 'unresolved-link'],
    ],
    [
      'is the project itself in the end',
      {
        'm/pom.xml': pom('m', parent('n', '<relativePath>../n</relativePath>') + uses(ofProperty)),
        'n/pom.xml': pom('n', parent('m', '<relativePath>../m</relativePath>')),
      },
      [],
      ['unknown-version', 'unresolved-link', 'unresolved-link'],
    ],
    [
      'has more parents than are read',
      Object.fromEntries(
        Array.from({ length: 13 }, (_, n) => [
          `m${n}/pom.xml`,
          pom(`m${n}`, n === 12 ? '' : parent(`m${n + 1}`, `<relativePath>../m${n + 1}</relativePath>`)),
        ]),
      ),
      [],
      ['unresolved-link', 'unresolved-link'],
    ],
  ])('%s', async (_, files, found, codes) => {
    const given = Object.entries(files).map(([path, text]) => ({ path, content: Buffer.from(text) }));
    const { features = [], problems = [] } = await lockFiles.detect(given, testBudget());
    expect(features.map(({ name, version }) => `${name} ${version}`)).toEqual(found);
    expect(problems.map(({ code }) => code)).toEqual(codes);
  });
});
