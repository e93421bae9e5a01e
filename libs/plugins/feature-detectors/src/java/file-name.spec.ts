import { archiveName } from './file-name';

test.each<[at: string, named: ReturnType<typeof archiveName>]>([
  ['lib/a-b-1.0.jar', { artifact: 'a-b', version: '1.0' }],
  ['a-1.0-SNAPSHOT.war', { artifact: 'a', version: '1.0-SNAPSHOT' }],
  ['log4j-1.2-api-2.17.1.jar', { artifact: 'log4j-1.2-api', version: '2.17.1' }],
  ['log4j-1.2-1.2.17.jar', { artifact: 'log4j', version: '1.2.17' }],
  ['a-1.2-1.20.jar', { artifact: 'a', version: '1.2-1.20' }],
  ['appcompat-v7-28.0.0.aar', { artifact: 'appcompat-v7', version: '28.0.0' }],
  ['a-v7.jar', { artifact: 'a', version: '7' }],
  ['a-1.0-jar-with-dependencies.jar', { artifact: 'a', version: '1.0' }],
  ['spring-5.2.3.RELEASE.jar', { artifact: 'spring', version: '5.2.3.RELEASE' }],
  ['kafka_2.13-3.0.0.jar', { artifact: 'kafka_2.13', version: '3.0.0' }],
  ['a-1.0-alpha-2.jar', { artifact: 'a', version: '1.0-alpha-2' }],
  ['guava-31.0-jre.jar', { artifact: 'guava', version: '31.0-jre' }],
  ['org.eclipse.core_3.1.0.v2020.jar', { artifact: 'org.eclipse.core', version: '3.1.0.v2020' }],
  ['app.jar', { artifact: 'app' }],
  ['app-1.0-plain.jar', { artifact: 'app', version: '1.0' }],
  ['akka-actor_2.13.jar', { artifact: 'akka-actor_2.13' }],
  ['native-linux-x86_64.jar', { artifact: 'native-linux-x86_64' }],
  ['netty-all.jar', { artifact: 'netty-all' }],
  ['swagger-parser-v3-2.1.2.jar', { artifact: 'swagger-parser-v3', version: '2.1.2' }],
  ['akka-protobuf-v3_2.13-2.6.20.jar', { artifact: 'akka-protobuf-v3_2.13', version: '2.6.20' }],
  ['a-v1.2.jar', { artifact: 'a', version: '1.2' }],
  [
    'google-api-services-storage-v1-rev20220705-2.0.0.jar',
    { artifact: 'google-api-services-storage', version: 'v1-rev20220705-2.0.0' },
  ],
  [
    'netty-transport-native-epoll-4.1.82.Final-linux-x86_64.jar',
    { artifact: 'netty-transport-native-epoll', version: '4.1.82.Final' },
  ],
  ['javafx-base-17.0.2-win.jar', { artifact: 'javafx-base', version: '17.0.2' }],
  ['guava-31.1-android.jar', { artifact: 'guava', version: '31.1-android' }],
  ['a-1.0-20230101.120000-1.jar', { artifact: 'a', version: '1.0-20230101.120000-1' }],
  [
    'plexus-container-default-1.0-alpha-9-stable-1.jar',
    { artifact: 'plexus-container-default', version: '1.0-alpha-9-stable-1' },
  ],
  ['a-1.0-javadoc.jar', undefined],
  [`${'a'.repeat(400)}-1.jar`, undefined],
])('the name in %s', (at, named) => {
  expect(archiveName(at)).toEqual(named);
});
