// A separate entry point: readers of package databases must not load the XML parser.
export { archiveMembers } from './archive-members';
export { type CsafDocument, type CsafRemediation, type CsafStatus, type CsafVulnerability, readCsaf } from './csaf';
export type { CsafComponent, CsafProduct, CsafProductTree } from './csaf-product-tree';
export { arrayElements } from './json-array';
export { type JsonPath, positionInJson, positionOfJsonError, type TextPosition } from './json-position';
export { asObject, discard, jsonElements, jsonMembers, readText } from './json-stream';
export { type OpenvexStatement, readOpenvex } from './openvex';
export { type OvalDefinition, ovalDefinitions } from './oval';
export type { OvalEntity } from './oval-definition';
export type { OvalTest } from './oval-definition';
export type { OvalNode } from './oval-definition';
export { alternativesOf, UnsupportedCriteria } from './oval-criteria';
export { evrOf, rangeOf, readRpmTest, type RpmTest } from './oval-rpm';
export { type PackageUrl, parsePackageUrl } from './package-url';
export { textLines } from './text-lines';
export { childOf, childText, detached, type XmlElement, xmlRecords } from './xml-stream';
