export { apkRecords, type ApkRecord } from './apk-installed';
export { deb822Stanzas, type Deb822Stanza } from './deb822';
export { type NoteProblem, type ProblemList, problemList } from './problem-list';
export { readRpmHeader, type RpmHeader } from './rpmdb/header';
export { rpmdbHeaders, type RpmdbFiles } from './rpmdb/rpmdb';
export { shellAssignments } from './shell-assignments';
export { decodeText } from './text';
