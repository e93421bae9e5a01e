export { alternativeLicenses, spdxLicense } from './spdx-license';
export { spdxExpression } from './spdx-expression';
