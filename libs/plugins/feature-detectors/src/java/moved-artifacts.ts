/** The group of the versions below each one; the last one of all others. Versions without a group have an unclear one. */
type Moves = readonly (readonly [below: string, group: string | undefined])[];

const names = (beginning: string, ends: string): readonly string[] => ends.split(' ').map((end) => beginning + end);

/** Artifacts that moved to another group, or have the name of others. */
const moved: readonly (readonly [artifacts: readonly string[], moves: Moves])[] = [
  [
    ['ant'],
    [
      ['1.7', 'ant'],
      ['', 'org.apache.ant'],
    ],
  ],
  [
    ['antlr'],
    [
      ['3', 'antlr'],
      ['', 'org.antlr'],
    ],
  ],
  [
    ['asm', ...names('asm-', 'all analysis commons tree util')],
    [
      ['4', 'asm'],
      ['', 'org.ow2.asm'],
    ],
  ],
  [
    names('batik-', 'all bridge codec css dom script svgbrowser transcoder util'),
    [
      ['1.7', 'batik'],
      ['', 'org.apache.xmlgraphics'],
    ],
  ],
  [
    ['bcel'],
    [
      ['5.3', 'bcel'],
      ['', 'org.apache.bcel'],
    ],
  ],
  [
    ['c3p0'],
    [
      ['0.9.2', 'c3p0'],
      ['', 'com.mchange'],
    ],
  ],
  [
    ['dom4j'],
    [
      ['2', 'dom4j'],
      ['', 'org.dom4j'],
    ],
  ],
  [
    ['dwr'],
    [
      ['2', 'uk.ltd.getahead'],
      ['', 'org.directwebremoting'],
    ],
  ],
  [
    ['ecj'],
    [
      ['3.12', 'org.eclipse.jdt.core.compiler'],
      ['4', 'org.eclipse.jdt'],
      ['', 'org.eclipse.jdt.core.compiler'],
    ],
  ],
  [
    [
      'groovy',
      ...names(
        'groovy-',
        'all ant bsf cli-commons cli-picocli console datetime dateutil docgenerator groovydoc groovysh',
      ),
      ...names(
        'groovy-',
        'jaxb jmx json jsr223 macro nio servlet sql swing templates test test-junit5 testng xml yaml',
      ),
      ...names('groovy-', 'astbuilder contracts ginq macro-library toml typecheckers'),
    ],
    [
      ['4', 'org.codehaus.groovy'],
      ['', 'org.apache.groovy'],
    ],
  ],
  [
    names(
      'hibernate-',
      'agroal c3p0 core envers graalvm hikaricp jcache jpamodelgen micrometer proxool spatial testing vibur',
    ),
    [
      ['6', 'org.hibernate'],
      ['', 'org.hibernate.orm'],
    ],
  ],
  [names('hibernate-', 'ehcache entitymanager infinispan java8'), [['', 'org.hibernate']]],
  [
    ['hibernate-commons-annotations'],
    [
      ['4', 'org.hibernate'],
      ['', 'org.hibernate.common'],
    ],
  ],
  [
    ['hibernate-validator'],
    [
      ['6', 'org.hibernate'],
      ['', 'org.hibernate.validator'],
    ],
  ],
  [
    ['hsqldb'],
    [
      ['1.8.1', 'hsqldb'],
      ['', 'org.hsqldb'],
    ],
  ],
  [
    ['jasperreports'],
    [
      ['3.5.2', 'jasperreports'],
      ['', 'net.sf.jasperreports'],
    ],
  ],
  [
    ['javassist'],
    [
      ['3.13', 'javassist'],
      ['', 'org.javassist'],
    ],
  ],
  [
    ['jcommon'],
    [
      ['1.0.17', 'jfree'],
      ['', 'org.jfree'],
    ],
  ],
  [
    ['jdom'],
    [
      ['1.1', 'jdom'],
      ['', 'org.jdom'],
    ],
  ],
  [
    ['jfreechart'],
    [
      ['1.0.14', 'jfree'],
      ['', 'org.jfree'],
    ],
  ],
  [
    ['jsf-api', 'jsf-impl'],
    [
      ['2', 'javax.faces'],
      ['', 'com.sun.faces'],
    ],
  ],
  [
    ['json-simple'],
    [
      ['2', 'com.googlecode.json-simple'],
      ['', 'com.github.cliftonlabs'],
    ],
  ],
  [
    ['netty'],
    [
      ['3.3', 'org.jboss.netty'],
      ['', 'io.netty'],
    ],
  ],
  [
    ['ognl'],
    [
      ['2.7', 'opensymphony'],
      ['', 'ognl'],
    ],
  ],
  [
    ['okhttp', 'okhttp-urlconnection', 'logging-interceptor', 'mockwebserver'],
    [
      ['3', 'com.squareup.okhttp'],
      ['', 'com.squareup.okhttp3'],
    ],
  ],
  [
    ['postgresql'],
    [
      ['9.2', 'postgresql'],
      ['', 'org.postgresql'],
    ],
  ],
  [
    ['quartz'],
    [
      ['1.7', undefined],
      ['', 'org.quartz-scheduler'],
    ],
  ],
  [
    ['retrofit'],
    [
      ['2', 'com.squareup.retrofit'],
      ['', 'com.squareup.retrofit2'],
    ],
  ],
  [
    ['rxjava'],
    [
      ['2', 'io.reactivex'],
      ['3', 'io.reactivex.rxjava2'],
      ['', 'io.reactivex.rxjava3'],
    ],
  ],
  [
    ['spring-context-support'],
    [
      ['1.1', 'com.alibaba.spring'],
      ['', 'org.springframework'],
    ],
  ],
  [
    ['velocity'],
    [
      ['1.5', 'velocity'],
      ['', 'org.apache.velocity'],
    ],
  ],
];

const movesOf: ReadonlyMap<string, Moves> = new Map(
  moved.flatMap(([artifacts, moves]) => artifacts.map((one) => [one, moves] as const)),
);

/** The group of an artifact that moved to another one; undefined for all others. */
export function groupBeforeMove(artifact: string, version: string): string | undefined {
  return movesOf.get(artifact)?.find(([below]) => below === '' || isBelow(version, below))?.[1];
}

/** By the numbers at the start: groups change with major versions. */
function isBelow(version: string, bound: string): boolean {
  const numbers = version.split(/\D+/).map(Number);
  for (const [at, limit] of bound.split('.').map(Number).entries()) {
    const number = numbers[at] ?? 0;
    if (number !== limit) return number < limit;
  }
  return false;
}
