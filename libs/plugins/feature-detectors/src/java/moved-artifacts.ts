/** Artifacts that moved to another group: the group of versions below each one, the last one for all others. */
const movedArtifacts: Readonly<Record<string, readonly (readonly [below: string, group: string])[]>> = {
  ant: [
    ['1.7', 'ant'],
    ['', 'org.apache.ant'],
  ],
  asm: [
    ['4', 'asm'],
    ['', 'org.ow2.asm'],
  ],
  bcel: [
    ['5.3', 'bcel'],
    ['', 'org.apache.bcel'],
  ],
  c3p0: [
    ['0.9.2', 'c3p0'],
    ['', 'com.mchange'],
  ],
  dom4j: [
    ['2', 'dom4j'],
    ['', 'org.dom4j'],
  ],
  groovy: [
    ['4', 'org.codehaus.groovy'],
    ['', 'org.apache.groovy'],
  ],
  'groovy-all': [
    ['4', 'org.codehaus.groovy'],
    ['', 'org.apache.groovy'],
  ],
  'groovy-json': [
    ['4', 'org.codehaus.groovy'],
    ['', 'org.apache.groovy'],
  ],
  'groovy-templates': [
    ['4', 'org.codehaus.groovy'],
    ['', 'org.apache.groovy'],
  ],
  'groovy-xml': [
    ['4', 'org.codehaus.groovy'],
    ['', 'org.apache.groovy'],
  ],
  'hibernate-c3p0': [
    ['6', 'org.hibernate'],
    ['', 'org.hibernate.orm'],
  ],
  'hibernate-core': [
    ['6', 'org.hibernate'],
    ['', 'org.hibernate.orm'],
  ],
  'hibernate-entitymanager': [['', 'org.hibernate']],
  'hibernate-envers': [
    ['6', 'org.hibernate'],
    ['', 'org.hibernate.orm'],
  ],
  'hibernate-commons-annotations': [
    ['4', 'org.hibernate'],
    ['', 'org.hibernate.common'],
  ],
  hsqldb: [
    ['1.8.1', 'hsqldb'],
    ['', 'org.hsqldb'],
  ],
  netty: [
    ['3.3', 'org.jboss.netty'],
    ['', 'io.netty'],
  ],
  okhttp: [
    ['3', 'com.squareup.okhttp'],
    ['', 'com.squareup.okhttp3'],
  ],
  postgresql: [
    ['9.2', 'postgresql'],
    ['', 'org.postgresql'],
  ],
  rxjava: [
    ['2', 'io.reactivex'],
    ['3', 'io.reactivex.rxjava2'],
    ['', 'io.reactivex.rxjava3'],
  ],
  velocity: [
    ['1.6', 'velocity'],
    ['', 'org.apache.velocity'],
  ],
};

/** The group of an artifact that moved to another one; undefined for all others. */
export function groupBeforeMove(artifact: string, version: string): string | undefined {
  const moves = Object.hasOwn(movedArtifacts, artifact) ? movedArtifacts[artifact] : undefined;
  return moves?.find(([below]) => below === '' || isBelow(version, below))?.[1];
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
