/**
 * The groups of artifacts that are published without `pom.properties`: those of Gradle, Ant and sbt. A name that ends
 * in `*` is a beginning. Only names that nobody else publishes are here: a wrong group is worse than none.
 */
const artifactsOfGroup: Readonly<Record<string, readonly string[]>> = {
  'com.h2database': ['h2'],
  'com.mchange': ['c3p0', 'mchange-commons-java'],
  'com.microsoft.sqlserver': ['mssql-jdbc'],
  'com.oracle.database.jdbc': ['ojdbc8', 'ojdbc10', 'ojdbc11'],
  'com.squareup.moshi': ['moshi', 'moshi-kotlin'],
  'com.squareup.okhttp3': ['okhttp-tls', 'okhttp-sse', 'okhttp-urlconnection', 'logging-interceptor', 'mockwebserver'],
  'com.squareup.okio': ['okio', 'okio-jvm'],
  'com.squareup.retrofit2': ['retrofit', 'converter-jackson', 'converter-gson'],
  'io.grpc': ['grpc-api', 'grpc-context', 'grpc-core', 'grpc-netty', 'grpc-netty-shaded', 'grpc-protobuf', 'grpc-stub'],
  'io.micrometer': ['micrometer-*'],
  'io.opentelemetry': ['opentelemetry-api', 'opentelemetry-sdk', 'opentelemetry-context'],
  'io.projectreactor': ['reactor-core', 'reactor-test'],
  'io.projectreactor.netty': ['reactor-netty', 'reactor-netty-core', 'reactor-netty-http'],
  'io.reactivex': ['rxjava-reactive-streams'],
  mysql: ['mysql-connector-java'],
  'com.mysql': ['mysql-connector-j'],
  'org.apache.ant': ['ant-launcher', 'ant-junit'],
  'org.apache.kafka': ['kafka-clients', 'kafka-streams', 'kafka_2.11', 'kafka_2.12', 'kafka_2.13'],
  'org.apache.lucene': ['lucene-*'],
  'org.apache.poi': ['poi-ooxml', 'poi-scratchpad', 'poi-ooxml-schemas', 'poi-ooxml-lite', 'poi-ooxml-full'],
  'org.apache.tomcat': ['tomcat-catalina', 'tomcat-coyote', 'tomcat-juli', 'tomcat-util', 'tomcat-jdbc', 'tomcat-dbcp'],
  'org.apache.tomcat.embed': ['tomcat-embed-*'],
  'org.aspectj': ['aspectjrt', 'aspectjweaver', 'aspectjtools'],
  'org.bouncycastle': ['bcprov-*', 'bcpkix-*', 'bcutil-*', 'bcpg-*', 'bcmail-*', 'bctls-*', 'bc-fips'],
  'org.dom4j': ['dom4j'],
  'org.elasticsearch': ['elasticsearch', 'elasticsearch-core', 'elasticsearch-x-content'],
  'org.elasticsearch.client': ['elasticsearch-rest-client', 'elasticsearch-rest-high-level-client'],
  'org.freemarker': ['freemarker'],
  'org.hibernate': ['hibernate-entitymanager'],
  'org.hsqldb': ['hsqldb'],
  'org.jdom': ['jdom', 'jdom2'],
  'org.jetbrains.kotlin': ['kotlin-stdlib', 'kotlin-stdlib-*', 'kotlin-reflect'],
  'org.jetbrains.kotlinx': ['kotlinx-*'],
  'org.mockito': ['mockito-*'],
  'org.ow2.asm': ['asm-analysis', 'asm-commons', 'asm-tree', 'asm-util'],
  'org.postgresql': ['postgresql'],
  'org.scala-lang': ['scala-library', 'scala-reflect', 'scala-compiler'],
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
  'org.springframework.ws': ['spring-ws-core', 'spring-ws-security', 'spring-ws-support', 'spring-xml'],
  xalan: ['xalan', 'serializer'],
  xerces: ['xercesImpl'],
  'xml-apis': ['xml-apis', 'xml-apis-ext'],
};

const groups = new Map(Object.entries(artifactsOfGroup).flatMap(([group, names]) => names.map((one) => [one, group])));
const beginnings = [...groups.keys()].filter((name) => name.endsWith('*'));

/** The group of an artifact that is known by its name alone; undefined where it is not. */
export function groupOfArtifact(artifact: string): string | undefined {
  const exact = groups.get(artifact);
  if (exact !== undefined) return exact;
  const beginning = beginnings.find((one) => artifact.startsWith(one.slice(0, -1)));
  return beginning === undefined ? undefined : groups.get(beginning);
}
