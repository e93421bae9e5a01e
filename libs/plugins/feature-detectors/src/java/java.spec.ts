import { createWorkBudget, evidencePath, workLimits } from '@clarion/model';
import { buildZip, sharedMaterial, testBudget, type ZipBuilderEntry } from '@clarion/test-kit';
import { compileFileFilters } from '@clarion/layer-archive';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { giveFile } from '../../testing/give-file';
import { java } from '.';
import { readManifest } from './read-manifest';
import { readPom } from './read-pom';
import { readProperties } from './read-properties';

async function detect(content: Uint8Array, at: string): Promise<readonly string[]> {
  const file = (await giveFile({ path: at, content }, java.files))!;
  const { features = [] } = await java.detect([file], createWorkBudget('java', workLimits.detector));
  return features.map((one) => {
    const inferred = one.confidence === undefined ? '' : ' (inferred)';
    return `${one.name} ${one.version} ${evidencePath(one)}${inferred}`;
  });
}

const manifestOf = (lines: string): ZipBuilderEntry => ({
  name: 'META-INF/MANIFEST.MF',
  content: `Manifest-Version: 1.0\n${lines}\n`,
});
const propertiesOf = (artifact: string, version: string): ZipBuilderEntry => ({
  name: `META-INF/maven/g/${artifact}/pom.properties`,
  content: `groupId=g\nartifactId=${artifact}\nversion=${version}\n`,
});

/** The package that a file name and a manifest prove together. */
const inferredFrom: readonly (readonly [at: string, lines: string, found: string])[] = [
  // The name of the file, where the manifest confirms it or it is a known artifact.
  [
    'commons-lang.jar',
    'Bundle-SymbolicName: org.apache.commons.lang\nBundle-Version: 2.6',
    'commons-lang:commons-lang 2.6',
  ],
  ['a-tool.jar', 'Implementation-Title: A Tool\nImplementation-Version: 1', 'a-tool 1'],
  ['grpc-core.jar', 'Implementation-Title: jar\nImplementation-Version: 1.50.2', 'io.grpc:grpc-core 1.50.2'],
  ['log4j-1.2-api.jar', 'Implementation-Version: 2.17.1', 'org.apache.logging.log4j:log4j-1.2-api 2.17.1'],
  ['mail.jar', 'Implementation-Title: post\nImplementation-Version: 1.0', 'post 1.0'],
  ['mail.jar', 'Implementation-Title: Java Mail\nImplementation-Version: 1.4', 'javax.mail:mail 1.4'],
  [
    'catalina.jar',
    'Implementation-Title: Apache Tomcat\nImplementation-Version: 9.0.50',
    'org.apache.tomcat:tomcat-catalina 9.0.50',
  ],
  [
    'catalina-tribes.jar',
    'Implementation-Title: Apache Tomcat\nImplementation-Version: 9',
    'org.apache.tomcat:tomcat-tribes 9',
  ],
  // The name of a module of Spring.
  [
    'x.jar',
    'Automatic-Module-Name: spring.boot.test\nImplementation-Version: 3.2.0',
    'org.springframework.boot:spring-boot-test 3.2.0',
  ],
  ['x.jar', 'Automatic-Module-Name: spring.of.ours\nImplementation-Version: 1', 'spring.of.ours 1'],
  // Groups that tools wrote.
  ['a-1.jar', 'Implementation-Title: x.y#a;1', 'x.y:a 1'],
  ['a-1.jar', 'Implementation-Title: x.y:a', 'x.y:a 1'],
  ['a-1.jar', 'Implementation-Title: x.y#b;1', 'a 1'],
  ['x.jar', 'Implementation-Title: x.y#b;1\nImplementation-Version: 1', 'x.y:b 1'],
  ['a_2.13-1.jar', 'Implementation-Vendor-Id: x.y', 'x.y:a_2.13 1'],
  ['a_3-1.jar', 'Implementation-Vendor-Id: x.y', 'x.y:a_3 1'],
  ['a-b-1.jar', 'Bundle-SymbolicName: x.y.a-b;singleton:=true', 'x.y:a-b 1'],
  ['a-b-1.jar', 'Bundle-SymbolicName: org.apache.a-b', 'a-b 1'],
  ['b-1.jar', 'Bundle-SymbolicName: x.y.b', 'b 1'],
  // Versions without what names the build.
  ['kotlin-stdlib.jar', 'Implementation-Version: 1.4.0-release-329', 'org.jetbrains.kotlin:kotlin-stdlib 1.4.0'],
  [
    'derby.jar',
    'Bundle-SymbolicName: derby\nBundle-Version: 10.14.2000000.1828579',
    'org.apache.derby:derby 10.14.2.0',
  ],
];

describe('java finds', () => {
  it.each<[what: string, at: string, entries: readonly ZipBuilderEntry[], found: readonly string[]]>([
    ['one package in a renamed archive', 'b-2.0.jar', [propertiesOf('a', '1')], ['g:a 1 b-2.0.jar']],
    [
      'an archive that others were copied into',
      'b-2.0.jar',
      [propertiesOf('a', '1'), manifestOf('Implementation-Version: 2.0')],
      ['g:a 1 b-2.0.jar', 'b 2.0 b-2.0.jar (inferred)'],
    ],
    [
      'a known artifact that others were copied into, by its name alone',
      'jython-standalone-2.7.1.jar',
      [propertiesOf('a', '1'), propertiesOf('b', '2')],
      [
        'g:a 1 jython-standalone-2.7.1.jar',
        'g:b 2 jython-standalone-2.7.1.jar',
        'org.python:jython-standalone 2.7.1 jython-standalone-2.7.1.jar (inferred)',
      ],
    ],
    [
      'only its package in an archive with the name of another one',
      'log4j-1.2.17.jar',
      [propertiesOf('reload4j', '1.2.25')],
      ['g:reload4j 1.2.25 log4j-1.2.17.jar'],
    ],
    [
      'no second package of another name for the same version',
      'x.g.a-1.jar',
      [propertiesOf('a', '1'), manifestOf('Implementation-Version: 1')],
      ['g:a 1 x.g.a-1.jar'],
    ],
    [
      'what pom.xml says where pom.properties is missing, and its parent for the rest',
      'a.jar',
      [
        {
          name: 'META-INF/maven/g/a/pom.xml',
          content:
            '<project><parent><groupId>g</groupId><version>3</version></parent><artifactId>a</artifactId></project>',
        },
      ],
      ['g:a 3 a.jar'],
    ],
    ['no version that is a property', 'a.jar', [propertiesOf('a', '${v}')], []],
    ['no group in a manifest', 'a-1.jar', [manifestOf('Implementation-Vendor-Id: g')], ['a 1 a-1.jar (inferred)']],
    [
      'the name in a manifest only where the file has no version',
      'app.war',
      [manifestOf('Implementation-Title: shop\nImplementation-Version: 1.0')],
      ['shop 1.0 app.war (inferred)'],
    ],
    ['no title for people', 'a.jar', [manifestOf('Implementation-Title: A b\nImplementation-Version: 1')], []],
    [
      'the group in a title that has the name of Maven',
      'a-all.jar',
      [manifestOf('Implementation-Title: org.acme:a-all\nImplementation-Version: 1')],
      ['org.acme:a-all 1 a-all.jar (inferred)'],
    ],
    [
      'no group of a title with another name',
      'b-1.jar',
      [manifestOf('Implementation-Title: org.acme:a')],
      ['b 1 b-1.jar (inferred)'],
    ],
    ['no sources', 'a-1.0-sources.jar', [manifestOf('Implementation-Title: a')], []],
    ['nothing in an archive that says nothing', 'app.jar', [], []],
    ['nothing in an application with nothing but a file name', 'shop-1.0.ear', [], []],
    ['the group of a known artifact', 'dom4j-2.1.1.jar', [], ['org.dom4j:dom4j 2.1.1 dom4j-2.1.1.jar (inferred)']],
    [
      'a group of Struts',
      'struts2-core-2.5.1.jar',
      [],
      ['org.apache.struts:struts2-core 2.5.1 struts2-core-2.5.1.jar (inferred)'],
    ],
    [
      'no group of others of that name',
      'struts2-jquery-plugin-4.jar',
      [],
      ['struts2-jquery-plugin 4 struts2-jquery-plugin-4.jar (inferred)'],
    ],
    [
      'the group before a move',
      'netty-3.2.2.Final.jar',
      [],
      ['org.jboss.netty:netty 3.2.2.Final netty-3.2.2.Final.jar (inferred)'],
    ],
    ['the group that it had before', 'dom4j-1.6.1.jar', [], ['dom4j:dom4j 1.6.1 dom4j-1.6.1.jar (inferred)']],
    [
      'the group of each line of versions',
      'rxjava-2.2.21.jar',
      [],
      ['io.reactivex.rxjava2:rxjava 2.2.21 rxjava-2.2.21.jar (inferred)'],
    ],
    [
      'the name of a module',
      'lib.jar',
      [manifestOf('Automatic-Module-Name: org.acme.lib\nImplementation-Version: 1.2')],
      ['org.acme.lib 1.2 lib.jar (inferred)'],
    ],
    ...inferredFrom.map(([at, lines, found]): [string, string, readonly ZipBuilderEntry[], string[]] => [
      `in ${at} with the manifest ${JSON.stringify(lines)}`,
      at,
      [manifestOf(lines)],
      [`${found} ${at} (inferred)`],
    ]),
    [
      'a package of another release of Java only once',
      'a-1.jar',
      [
        propertiesOf('a', '1'),
        { ...propertiesOf('a', '1'), name: 'META-INF/versions/9/META-INF/maven/g/a/pom.properties' },
      ],
      ['g:a 1 a-1.jar'],
    ],
    ...['par', 'jpi', 'aar', 'rar', 'hpi', 'nar', 'kar', 'sar', 'esa', 'lpkg', 'nbm', 'Jar', 'wAr'].map(
      (extension): [string, string, readonly ZipBuilderEntry[], string[]] => [
        `libraries in an archive of the kind ${extension}`,
        `x.${extension}`,
        [{ name: 'WEB-INF/lib/a-1.jar', content: buildZip([propertiesOf('a', '1')]) }],
        [`g:a 1 x.${extension}!/WEB-INF/lib/a-1.jar`],
      ],
    ),
  ])('%s', async (_, at, entries, found) => {
    expect(await detect(buildZip(entries), at)).toEqual(found);
  });

  it('an archive behind a script that starts it', async () => {
    const entries = [
      manifestOf('Start-Class: a.App'),
      { name: 'BOOT-INF/lib/b-1.jar', content: buildZip([propertiesOf('b', '1')]) },
    ];
    const content = Buffer.concat([Buffer.from('#!/bin/bash\nexec java -jar "$0"\n'), buildZip(entries)]);
    expect(await detect(content, 'app-1.0.jar')).toEqual([
      'app 1.0 app-1.0.jar (inferred)',
      'g:b 1 app-1.0.jar!/BOOT-INF/lib/b-1.jar',
    ]);
  });

  it('only archives by their names: no copies that build tools keep', () => {
    const filters = compileFileFilters([java]);
    const names = ['a.jar', 'b/a.JAR', 'a.war', 'a.jar.original', 'a.jar.bak', 'a.war.old', 'a.jar~', 'app', 'jar'];
    expect(names.filter((name) => filters.match(name).length > 0)).toEqual(['a.jar', 'b/a.JAR', 'a.war']);
  });

  it('nothing in a file that is no archive, whatever its name says', async () => {
    expect(await detect(Buffer.from('text'), 'a-1.0.jar')).toEqual([]);
  });
});

test.each<[text: string, values: Readonly<Record<string, string>>]>([
  ['version=1\ngroupId=g', { version: '1', groupId: 'g' }],
  ['version : 1\r\n  groupId\tg\r\n', { version: '1', groupId: 'g' }],
  ['#version=0\n! groupId=x\nversion=1', { version: '1' }],
  ['version=1.\\\n   0\\\r\n  .2', { version: '1.0.2' }],
  ['version=1\\\\\ngroupId=g', { version: '1\\', groupId: 'g' }],
  ['ver\\u0073ion=\\u0031\\.2', { version: '1.2' }],
  ['version=1\nversion=2', { version: '2' }],
  ['version', { version: '' }],
  ['version=1\\', { version: '1' }],
])('properties %j', (text, values) => {
  expect(readProperties(Buffer.from(text), ['groupId', 'version'], testBudget())).toEqual(values);
});

test('a manifest: continued lines, any case of names, the main section only', () => {
  const text = 'A: 1\r\n 2\r\nBundle-NAME: ü\r\nno attribute\r\n x\r\n\r\nA: 3\r\n';
  expect([...readManifest(Buffer.from(text), testBudget())]).toEqual([
    ['a', '12'],
    ['bundle-name', 'ü'],
  ]);
});

test('a pom: elements of the project only, comments and entities', () => {
  const text = `<?xml version="1.0"?><!-- <version>0</version> --><project xmlns="m">
    <dependencies><dependency><groupId>x</groupId><version>9</version></dependency></dependencies>
    <groupId> g<!-- c -->h </groupId><artifactId/><version>1</version><licenses><license><name>A &amp; B</name>
    </license></licenses>`;
  expect(readPom(Buffer.from(text), testBudget())).toEqual({ groupId: 'gh', version: '1', license: 'A & B' });
});

test.each<[licenses: string, license: string]>([
  ['<license><name>Apache License, Version 2.0</name><url>x</url></license>', 'Apache-2.0'],
  ['<license><name>Ours</name><url>https://www.apache.org/licenses/LICENSE-2.0.txt</url></license>', 'Apache-2.0'],
  ['<license><url>http://x</url></license>', 'http://x'],
  ['<license><name>EPL 1.0</name></license><license><url>x</url><name>LGPL</name></license>', 'EPL-1.0 OR LGPL'],
])('a pom with the licenses %s', (licenses, license) => {
  const text = `<project><licenses>${licenses}</licenses></project>`;
  expect(readPom(Buffer.from(text), testBudget()).license).toBe(license);
});

test.each<[attribute: string, license: string | undefined]>([
  ['Bundle-License: https://www.apache.org/licenses/LICENSE-2.0.txt', 'Apache-2.0'],
  ['Bundle-License: "MIT";link="https://x"', 'MIT'],
  ['Bundle-License: http://example.com/license', undefined],
  ['Bundle-License: http://a, http://b', undefined],
  ['Bundle-Name: MIT', undefined],
])('the license of an archive with the attribute %s', async (attribute, license) => {
  for (const entries of [[manifestOf(attribute)], [manifestOf(attribute), propertiesOf('a', '1')]]) {
    const file = (await giveFile({ path: 'a-1.jar', content: buildZip(entries) }, java.files))!;
    const { features = [] } = await java.detect([file], createWorkBudget('java', workLimits.detector));
    expect(features.map((one) => one.license)).toEqual([license]);
  }
});

test('hostile metadata: packages with a name and a version, or none, and never an error', async () => {
  const words = [
    'groupId',
    'artifactId',
    'version',
    '=',
    ':',
    '\\',
    '\n',
    ' ',
    '<project>',
    '<version>',
    '</',
    '<!--',
    '1.0',
  ];
  const attributes = [
    'Implementation-Title: ',
    'Bundle-Version: ',
    'Short-Name: ',
    'Plugin-Version: ',
    '\r\n ',
    '${v}',
  ];
  const part = fc.oneof(fc.constantFrom(...words, ...attributes, '\0', '__proto__'), fc.string());
  const content = fc.oneof(
    fc.array(part, { maxLength: 30 }).map((parts) => Buffer.from(parts.join(''))),
    fc.uint8Array({ maxLength: 200 }),
  );
  const names = ['META-INF/MANIFEST.MF', 'META-INF/maven/g/a/pom.properties', 'META-INF/maven/g/a/pom.xml', 'b-1.jar'];
  const entry = fc.record({ name: fc.constantFrom(...names), content });
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 4 }), async (entries) => {
      for (const found of await detect(buildZip(entries), 'a-1.jar')) expect(found).toMatch(/^\S+ \S+ a-1\.jar/);
    }),
  );
});

test.each([
  ['continued lines', (count: number) => 'version=1\\\n'.repeat(count)],
  ['escapes', (count: number) => `version=${'\\a'.repeat(count)}`],
  ['elements', (count: number) => '<a>'.repeat(count)],
  ['comments', (count: number) => `<project><version>${'<!---->x'.repeat(count)}</version>`],
  ['attributes', (count: number) => 'A: b\n c\n'.repeat(count)],
])('takes at most twice the steps for twice as many %s', (_, textOf) => {
  const steps = (count: number): number => {
    const budget = testBudget();
    const content = Buffer.from(textOf(count));
    readProperties(content, ['version'], budget);
    readManifest(content, budget);
    readPom(content, budget);
    return budget.spent.steps;
  };
  const [once, twice] = [steps(2000), steps(4000)];
  expect(twice).toBeLessThanOrEqual(2 * once);
});

const folder = sharedMaterial('conformance', 'packagedb', 'lang', 'java');
/** Lists with what their maker infers from a manifest, or asks a registry for: our names are without a group. */
const inferred: Readonly<Record<string, readonly string[]>> = {
  'heuristic-1.0.0-SNAPSHOT.jar': ['heuristic 1.0.0-SNAPSHOT heuristic-1.0.0-SNAPSHOT.jar (inferred)'],
  'license-from-jenkins-plugin.jar': ['jenkins-plugin 1.0.0 license-from-jenkins-plugin.jar (inferred)'],
  'test.jar': ['org.springframework:spring-core 2.5.6.SEC03 test.jar (inferred)'],
};

(folder === undefined ? describe.skip : describe)('archives in shared/conformance/packagedb/lang/java', () => {
  const fixtures = folder === undefined ? [] : readdirSync(folder).filter((name) => !name.endsWith('.json'));

  it.each(fixtures)('%s', async (fixture) => {
    const packages = JSON.parse(
      readFileSync(path.join(folder ?? '', `${fixture}.expected.json`), 'utf8'),
    ) as readonly Readonly<Record<'name' | 'version' | 'path', string>>[];
    // Their paths are like those of directories: `a.war/lib/b.jar`.
    const expected = packages.map((one) => {
      return `${one.name} ${one.version} ${one.path.replace('testdata/', '').replace(/(\.[jw]ar)\/(?=.)/g, '$1!/')}`;
    });
    const found = await detect(readFileSync(path.join(folder ?? '', fixture)), fixture);
    expect(found.toSorted()).toEqual((inferred[fixture] ?? expected).toSorted());
  });
});
