import { cveIdSource } from '@clarion/model';

const cveDocument = new RegExp(String.raw`^cve/${cveIdSource}\.json$`);

/** Rows of a page of the list; what the API gives at most. */
export const rowsOfPage = 1000;

/** The path of a page of the list, counted from 1. */
export function listPage(page: number): string {
  return `list/${page}.json`;
}

const page = /^list\/(\d{1,6})\.json$/;

/** Whether a document is a page of the list rather than a CVE. */
export function isListPage(path: string): boolean {
  return page.test(path);
}

/** The API pages by query: `cve.json?page=2&per_page=1000`. A CVE is at the path of its name. */
export function locate(path: string): string {
  const number = page.exec(path)?.[1];
  return number === undefined ? path : `cve.json?page=${number}&per_page=${rowsOfPage}`;
}

/** The path of one CVE. */
export function cvePath(id: string): string {
  return `cve/${id}.json`;
}

/** Whether a document is one CVE. */
export function isCvePath(path: string): boolean {
  return cveDocument.test(path);
}
