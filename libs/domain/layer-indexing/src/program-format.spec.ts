import { readFileSync } from 'node:fs';
import { isProgram } from './program-format';
import { elfHeader } from '../testing/elf-header';

const starting = (...bytes: readonly number[]): Buffer => Buffer.concat([Buffer.from(bytes), Buffer.alloc(100)]);
const portable = (offset: number): Buffer => {
  const bytes = starting(0x4d, 0x5a);
  bytes.writeUInt32LE(offset, 0x3c);
  return bytes;
};

test.each<[string, Uint8Array]>([
  ['ELF', elfHeader()],
  ['ELF with a position of its own, or a library', elfHeader({ type: 3 })],
  ['ELF for s390x', elfHeader({ bigEndian: true })],
  ['PE', portable(0x80)],
  ['a module of WebAssembly', starting(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)],
  ['Mach-O', starting(0xcf, 0xfa, 0xed, 0xfe)],
  ['Mach-O for several processors', starting(0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2)],
  ['the program that runs this', readFileSync(process.execPath).subarray(0, 512)],
])('a program: %s', (_, bytes) => {
  expect(isProgram(bytes)).toBe(true);
  // As part of a larger buffer.
  expect(isProgram(Buffer.concat([Buffer.alloc(3), bytes]).subarray(3))).toBe(true);
});

test.each<[string, Uint8Array]>([
  ['nothing', Buffer.alloc(0)],
  ['a header that is cut off', elfHeader().subarray(0, 40)],
  ['an object file', elfHeader({ type: 1 })],
  ['a core dump', elfHeader({ type: 4 })],
  ['a script', Buffer.from('#!/bin/sh\n'.padEnd(100))],
  ['a text that begins as PE', Buffer.from('MZ is a text'.padEnd(100))],
  ['a class of Java', starting(0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61)],
  ['what begins with zeros', Buffer.alloc(100)],
  ['a small file', Buffer.from('a small text')],
  ['a module of WebAssembly that is cut off', Buffer.from([0, 0x61, 0x73, 0x6d])],
  ['a zip file', Buffer.from('PK\u0003\u0004'.padEnd(100))],
])('not a program: %s', (_, bytes) => {
  expect(isProgram(bytes)).toBe(false);
});
