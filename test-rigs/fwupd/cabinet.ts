import { createHash } from 'node:crypto';
import type { Fwupdtool } from './fwupdtool.ts';

/** RFC 4122: the name space of host names, in which fwupd makes its ids of devices. */
const dnsNamespace = Buffer.from('6ba7b8109dad11d180b400c04fd430c8', 'hex');

/** fwupd's id of a device: a UUID of version 5 of `USB\VID_0B0E&PID_24DA`. */
export function deviceGuid(productId: number): string {
  const name = `USB\\VID_0B0E&PID_${productId.toString(16).toUpperCase().padStart(4, '0')}`;
  const hash = createHash('sha1').update(dnsNamespace).update(name).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const metainfo = (productId: number, version: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<component type="firmware">
  <id>org.example.virtual.firmware</id>
  <name>Virtual</name>
  <summary>Firmware of a virtual device</summary>
  <description><p>Firmware of a virtual device.</p></description>
  <provides><firmware type="flashed">${deviceGuid(productId)}</firmware></provides>
  <metadata_license>CC0-1.0</metadata_license>
  <project_license>CC0-1.0</project_license>
  <releases>
    <release urgency="medium" version="${version}" date="2026-01-05">
      <checksum filename="firmware.zip" target="content"/>
      <description><p>A test.</p></description>
    </release>
  </releases>
  <custom>
    <value key="LVFS::VersionFormat">triplet</value>
    <value key="LVFS::UpdateProtocol">com.jabra.gnp</value>
  </custom>
</component>
`;

/** Wraps a firmware package into a cabinet, which is what fwupd installs, and gives its path. */
export async function buildCabinet(tool: Fwupdtool, name: string, zip: Uint8Array, productId: number, version: string): Promise<string> {
  const cabinet = tool.path(name);
  const files = [tool.put('firmware.zip', zip), tool.put('firmware.metainfo.xml', metainfo(productId, version))];
  const { status, output } = await tool.run('build-cabinet', cabinet, ...files);
  if (status !== 0) throw new Error(`build-cabinet ended with ${status}: ${output}`);
  return cabinet;
}
