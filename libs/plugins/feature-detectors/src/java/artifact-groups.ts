/**
 * The groups of artifacts that are published without `pom.properties`: those of Gradle, Ant and sbt. A name that ends
 * in `*` is a beginning. Only names that nobody else publishes are here: a wrong group is worse than none.
 */
const artifactsOfGroup: Readonly<Record<string, readonly string[]>> = {
  cglib: ['cglib', 'cglib-nodep'],
  'com.auth0': ['java-jwt', 'jwks-rsa'],
  'com.beust': ['jcommander'],
  'com.fasterxml.jackson.module': [
    ...['jackson-module-scala_2.11', 'jackson-module-scala_2.12', 'jackson-module-scala_2.13'],
  ],
  'com.github.luben': ['zstd-jni'],
  'com.graphql-java': ['graphql-java', 'graphql-java-extended-scalars', 'java-dataloader'],
  'com.h2database': ['h2'],
  'com.lowagie': ['itext'],
  'com.mchange': ['mchange-commons-java'],
  'com.microsoft.sqlserver': ['mssql-jdbc'],
  'com.mysql': ['mysql-connector-j'],
  'com.oracle.database.jdbc': ['ojdbc8', 'ojdbc10', 'ojdbc11'],
  'com.squareup.moshi': ['moshi', 'moshi-kotlin'],
  'com.squareup.okhttp3': ['okhttp-tls', 'okhttp-sse', 'okhttp-urlconnection', 'logging-interceptor', 'mockwebserver'],
  'com.squareup.okio': ['okio', 'okio-jvm'],
  'com.squareup.retrofit2': ['retrofit', 'converter-jackson', 'converter-gson'],
  'com.thoughtworks.paranamer': ['paranamer'],
  'com.typesafe.akka': ['akka-*'],
  'info.picocli': ['picocli'],
  'io.grpc': ['grpc-api', 'grpc-context', 'grpc-core', 'grpc-netty', 'grpc-netty-shaded', 'grpc-protobuf', 'grpc-stub'],
  'io.ktor': ['ktor-*'],
  'io.micrometer': ['micrometer-*'],
  'io.micronaut': [
    ...['micronaut-core', 'micronaut-http', 'micronaut-http-client', 'micronaut-http-server'],
    ...['micronaut-http-server-netty', 'micronaut-inject', 'micronaut-management', 'micronaut-runtime'],
  ],
  'io.opentelemetry': ['opentelemetry-api', 'opentelemetry-sdk', 'opentelemetry-context'],
  'io.projectreactor': ['reactor-core', 'reactor-test'],
  'io.projectreactor.netty': ['reactor-netty', 'reactor-netty-core', 'reactor-netty-http'],
  'io.reactivex': ['rxjava-reactive-streams'],
  'it.unimi.dsi': ['fastutil'],
  mysql: ['mysql-connector-java'],
  'net.java.dev.jna': ['jna', 'jna-platform'],
  'net.sf.jasperreports': ['jasperreports'],
  'net.sf.saxon': ['Saxon-HE'],
  'net.sourceforge.nekohtml': ['nekohtml'],
  'org.apache.ant': ['ant-launcher', 'ant-junit'],
  'org.apache.cassandra': ['cassandra-all', 'cassandra-thrift', 'cassandra-clientutil'],
  'org.apache.derby': ['derby', 'derbyclient', 'derbynet', 'derbytools', 'derbyshared'],
  'org.apache.ivy': ['ivy'],
  'org.apache.kafka': ['kafka-clients', 'kafka-streams', 'kafka_2.11', 'kafka_2.12', 'kafka_2.13'],
  'org.apache.lucene': ['lucene-*'],
  'org.apache.poi': [
    ...['poi-ooxml', 'poi-scratchpad', 'poi-ooxml-schemas', 'poi-ooxml-lite', 'poi-ooxml-full'],
    ...['ooxml-schemas'],
  ],
  'org.apache.solr': ['solr-core', 'solr-solrj'],
  'org.apache.thrift': ['libthrift'],
  'org.apache.tomcat': ['tomcat-catalina', 'tomcat-coyote', 'tomcat-juli', 'tomcat-util', 'tomcat-jdbc', 'tomcat-dbcp'],
  'org.apache.tomcat.embed': ['tomcat-embed-*'],
  'org.apache.velocity': ['velocity'],
  'org.apache.xmlbeans': ['xmlbeans'],
  'org.apache.zookeeper': ['zookeeper'],
  'org.apiguardian': ['apiguardian-api'],
  'org.aspectj': ['aspectjrt', 'aspectjweaver', 'aspectjtools'],
  'org.bouncycastle': ['bcprov-*', 'bcpkix-*', 'bcutil-*', 'bcpg-*', 'bcmail-*', 'bctls-*', 'bc-fips'],
  'org.checkerframework': ['checker-qual', 'checker-compat-qual'],
  'org.conscrypt': ['conscrypt-openjdk', 'conscrypt-openjdk-uber'],
  'org.elasticsearch': ['elasticsearch', 'elasticsearch-core', 'elasticsearch-x-content'],
  'org.elasticsearch.client': ['elasticsearch-rest-client', 'elasticsearch-rest-high-level-client'],
  'org.freemarker': ['freemarker'],
  'org.hamcrest': ['hamcrest', 'hamcrest-core', 'hamcrest-library', 'hamcrest-all'],
  'org.jdom': ['jdom', 'jdom2'],
  'org.jetbrains.kotlin': ['kotlin-stdlib', 'kotlin-stdlib-*', 'kotlin-reflect'],
  'org.jetbrains.kotlinx': ['kotlinx-*'],
  'org.json4s': ['json4s-*'],
  'org.junit.jupiter': ['junit-jupiter', 'junit-jupiter-*'],
  'org.junit.platform': ['junit-platform-*'],
  'org.lz4': ['lz4-java'],
  'org.mockito': ['mockito-*'],
  'org.mongodb': ['bson', 'mongo-java-driver', 'mongodb-driver-*', 'mongodb-driver'],
  'org.mozilla': ['rhino'],
  'org.opentest4j': ['opentest4j'],
  'org.ow2.asm': ['asm-analysis', 'asm-commons', 'asm-tree', 'asm-util'],
  'org.projectlombok': ['lombok'],
  'org.python': ['jython', 'jython-standalone'],
  'org.scala-lang': ['scala-library', 'scala-reflect', 'scala-compiler'],
  'org.spockframework': ['spock-core', 'spock-spring'],
  'org.springframework': [
    ...['spring', 'spring-aop', 'spring-aspects', 'spring-beans', 'spring-context', 'spring-context-indexer'],
    ...['spring-context-support', 'spring-core', 'spring-expression', 'spring-instrument', 'spring-jcl', 'spring-jdbc'],
    ...['spring-jms', 'spring-messaging', 'spring-orm', 'spring-oxm', 'spring-r2dbc', 'spring-test', 'spring-tx'],
    ...['spring-web', 'spring-webflux', 'spring-webmvc', 'spring-webmvc-portlet', 'spring-websocket'],
  ],
  'org.springframework.amqp': ['spring-amqp', 'spring-rabbit', 'spring-rabbit-junit', 'spring-rabbit-test'],
  'org.springframework.batch': ['spring-batch-*'],
  'org.springframework.boot': ['spring-boot', 'spring-boot-*'],
  'org.springframework.integration': ['spring-integration-*'],
  'org.springframework.kafka': ['spring-kafka', 'spring-kafka-test'],
  'org.springframework.ldap': ['spring-ldap-*'],
  'org.springframework.security': [
    ...['spring-security-acl', 'spring-security-aspects', 'spring-security-cas', 'spring-security-config'],
    ...['spring-security-core', 'spring-security-crypto', 'spring-security-data', 'spring-security-ldap'],
    ...['spring-security-messaging', 'spring-security-oauth2-client', 'spring-security-oauth2-core'],
    ...['spring-security-oauth2-jose', 'spring-security-oauth2-resource-server', 'spring-security-openid'],
    ...['spring-security-remoting', 'spring-security-rsocket', 'spring-security-taglibs', 'spring-security-test'],
    ...['spring-security-web', 'spring-security-saml2-service-provider', 'spring-security-oauth2-authorization-server'],
  ],
  'org.springframework.session': ['spring-session-*'],
  'org.springframework.webflow': ['spring-webflow', 'spring-binding', 'spring-faces'],
  'org.springframework.ws': ['spring-ws-core', 'spring-ws-security', 'spring-ws-support', 'spring-xml'],
  'org.testng': ['testng'],
  'org.xerial.snappy': ['snappy-java'],
  struts: ['struts'],
  xalan: ['xalan', 'serializer'],
  xerces: ['xercesImpl'],
  'xml-apis': ['xml-apis', 'xml-apis-ext'],
};

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
  hsqldb: [
    ['1.8.1', 'hsqldb'],
    ['', 'org.hsqldb'],
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
};

const groups = new Map(Object.entries(artifactsOfGroup).flatMap(([group, names]) => names.map((one) => [one, group])));
const beginnings = [...groups.keys()].filter((name) => name.endsWith('*'));

/** The group of an artifact that is known by its name and version alone; undefined where it is not. */
export function groupOfArtifact(artifact: string, version: string): string | undefined {
  const exact = groupBeforeMove(artifact, version) ?? groups.get(artifact);
  if (exact !== undefined) return exact;
  const beginning = beginnings.find((one) => artifact.startsWith(one.slice(0, -1)));
  return beginning === undefined ? undefined : groups.get(beginning);
}

function groupBeforeMove(artifact: string, version: string): string | undefined {
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
