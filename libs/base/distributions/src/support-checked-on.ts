/** The day on which every row's `support` was last compared with its source. A spec fails when that is too long ago. */
export const supportCheckedOn = '2026-11-26';
