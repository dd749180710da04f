import { crc32 } from 'node:zlib';

/** A zip of files as they are (PKWARE APPNOTE 6.3, 4.3): what fwupd reads an emulation from. */
export function storedZip(files: Readonly<Record<string, string>>): Buffer {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [fileName, text] of Object.entries(files)) {
    const [name, content] = [Buffer.from(fileName), Buffer.from(text)];
    // Version 2.0, no flags, stored, 1980-01-01, check number, both sizes, length of the name, no extra field.
    const common = Buffer.concat([
      Buffer.from([20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0]),
      u32(crc32(content)),
      u32(content.length),
      u32(content.length),
      u32(name.length),
    ]);
    local.push(Buffer.from('PK\u0003\u0004'), common, name, content);
    // Neither comment, other disk nor attributes; then where its local header is.
    directory.push(Buffer.from('PK\u0001\u0002'), Buffer.from([20, 0]), common, Buffer.alloc(10), u32(offset), name);
    offset += 4 + common.length + name.length + content.length;
  }
  const listed = Buffer.concat(directory);
  const count = Object.keys(files).length;
  const end = Buffer.concat([
    Buffer.from('PK\u0005\u0006'),
    Buffer.alloc(4),
    Buffer.from([count, 0, count, 0]),
    u32(listed.length),
    u32(offset),
    Buffer.alloc(2),
  ]);
  return Buffer.concat([...local, listed, end]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
