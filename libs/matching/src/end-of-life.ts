/**
 * Ends of all free vendor support: Debian's with LTS (https://wiki.debian.org/LTS), Alpine's of the main repository
 * (https://alpinelinux.org/releases/).
 */
const endOfLife = new Map([
  ['debian:6', '2016-02-29'],
  ['debian:7', '2018-05-31'],
  ['debian:8', '2020-06-30'],
  ['debian:9', '2022-06-30'],
  ['debian:10', '2024-06-30'],
  ['debian:11', '2026-08-31'],
  ['debian:12', '2028-06-30'],
  ['debian:13', '2030-06-30'],
  ['alpine:v2.1', '2012-11-01'],
  ['alpine:v2.2', '2013-05-01'],
  ['alpine:v2.3', '2013-11-01'],
  ['alpine:v2.4', '2014-05-01'],
  ['alpine:v2.5', '2014-11-01'],
  ['alpine:v2.6', '2015-05-01'],
  ['alpine:v2.7', '2015-11-01'],
  ['alpine:v3.0', '2016-05-01'],
  ['alpine:v3.1', '2016-11-01'],
  ['alpine:v3.2', '2017-05-01'],
  ['alpine:v3.3', '2017-11-01'],
  ['alpine:v3.4', '2018-05-01'],
  ['alpine:v3.5', '2018-11-01'],
  ['alpine:v3.6', '2019-05-01'],
  ['alpine:v3.7', '2019-11-01'],
  ['alpine:v3.8', '2020-05-01'],
  ['alpine:v3.9', '2020-11-01'],
  ['alpine:v3.10', '2021-05-01'],
  ['alpine:v3.11', '2021-11-01'],
  ['alpine:v3.12', '2022-05-01'],
  ['alpine:v3.13', '2022-11-01'],
  ['alpine:v3.14', '2023-05-01'],
  ['alpine:v3.15', '2023-11-01'],
  ['alpine:v3.16', '2024-05-23'],
  ['alpine:v3.17', '2024-11-22'],
  ['alpine:v3.18', '2025-05-09'],
  ['alpine:v3.19', '2025-11-01'],
  ['alpine:v3.20', '2026-04-01'],
  ['alpine:v3.21', '2026-11-01'],
  ['alpine:v3.22', '2027-05-01'],
  ['alpine:v3.23', '2027-11-01'],
]);

/** The date (RFC 3339 full-date) on which all vendor support of a namespace ends, where known. */
export function endOfLifeOf(namespace: string): string | null {
  return endOfLife.get(namespace) ?? null;
}
