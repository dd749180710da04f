import { SaxesParser } from 'saxes';
import { decodeUtf8, encodeUtf8 } from '../../bytes/index.ts';
import { FirmwarePackageError } from '../../images/index.ts';
import { xmlLimits } from '../limits.ts';

/** An element with what is directly in it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Its own text without that of its children, without space around it. */
  readonly text: string;
}

interface Open extends XmlElement {
  readonly children: Open[];
  text: string;
}

const refuse = (why: string, cause?: unknown): FirmwarePackageError => new FirmwarePackageError('malformed-info', `info.xml ${why}`, cause);

/**
 * Reads plain XML 1.0 in UTF-8. A document type is refused, and with it every entity of its own: nothing is fetched, nothing multiplies.
 * Throws `FirmwarePackageError` `malformed-info`.
 */
export function readXml(bytes: Uint8Array): XmlElement {
  const text = utf8(bytes);
  const open: Open[] = [];
  let root: Open | null = null;
  let elements = 0;
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw refuse(`is no well-formed XML: ${error.message}`, error);
  });
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !/^(utf-8|us-ascii)$/i.test(encoding)) throw refuse(`says that it is in ${encoding}; only UTF-8 is read`);
  });
  parser.on('doctype', () => {
    throw refuse('has a document type, which no firmware package needs');
  });
  parser.on('opentagstart', ({ name }) => {
    elements += 1;
    if (open.length >= xmlLimits.depth || elements > xmlLimits.elements || name.length > xmlLimits.nameLength)
      throw refuse('is larger than any firmware needs');
  });
  let attributes = 0;
  parser.on('attribute', ({ name, value }) => {
    attributes += 1;
    if (attributes > xmlLimits.attributes || name.length > xmlLimits.nameLength || value.length > xmlLimits.valueLength)
      throw refuse('has more attributes, or longer ones, than any firmware needs');
  });
  parser.on('opentag', (tag) => {
    attributes = 0;
    const element: Open = { name: tag.name, attributes: new Map(Object.entries(tag.attributes)), children: [], text: '' };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const addText = (piece: string): void => {
    const element = open.at(-1);
    if (!element) return;
    element.text += piece;
    if (element.text.length > xmlLimits.valueLength) throw refuse('has a text that is longer than any firmware needs');
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const element = open.pop();
    if (element) element.text = element.text.trim();
  });
  parser.write(text).close();
  if (!root) throw refuse('is empty');
  return root;
}

function utf8(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  const again = encodeUtf8(text);
  if (again.length !== bytes.length || again.some((byte, index) => byte !== bytes[index])) throw refuse('is not in UTF-8');
  return text.replace(/^\ufeff/, '');
}
