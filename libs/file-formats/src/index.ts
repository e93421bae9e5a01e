export { apkRecords, type ApkRecord } from './apk-installed';
export { cvssBaseScore } from './cvss/base-score';
export { type CvssParts, parseCvss } from './cvss/vector';
export { deb822Stanzas, type Deb822Stanza } from './deb822';
export { type NoteProblem, type ProblemList, problemList } from './problem-list';
export { readRpmHeader, type RpmHeader } from './rpmdb/header';
export { rpmdbHeaders, type RpmdbFiles } from './rpmdb/rpmdb';
export { shellAssignments } from './shell-assignments';
export { decodeText } from './text';
