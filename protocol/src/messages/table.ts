import type { Field } from '../bytes/index.ts';
import { idText, type Message, type MessageParts } from './message.ts';

/** A row of the table: a declaration, and where its bytes are tested (a path that a reader can follow). */
export interface TabledMessage {
  readonly message: Message;
  readonly test: string;
}

/** What each part of a declaration is on the wire. Which way it goes stands in front. */
const parts: Readonly<Record<keyof MessageParts, string>> = {
  request: '→ read',
  reply: '← reply',
  write: '→ write',
  event: '← event',
  post: '→ post',
};

const partNames = ['request', 'reply', 'write', 'post', 'event'] as const satisfies readonly (keyof MessageParts)[];

/** Parts with the same bytes stand together. */
function directions(message: Message): readonly (readonly [layout: string, direction: string])[] {
  const byLayout = new Map<string, string[]>();
  for (const name of partNames) {
    const field: Field<unknown> | undefined = message[name];
    if (field) byLayout.set(field.layout, [...(byLayout.get(field.layout) ?? []), parts[name]]);
  }
  return [...byLayout].map(([layout, names]) => [layout, names.join(', ')]);
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

function row({ message, test }: TabledMessage): string {
  const layouts = directions(message);
  const cells = [
    message.name,
    idText(message.command, message.subcommand),
    layouts.map(([, direction]) => direction).join('<br>'),
    layouts.map(([layout]) => layout).join('<br>'),
    message.provenance.map(({ trust, source }) => `${trust}: ${source}`).join('<br>'),
    `[${test.split('/').at(-1) ?? test}](${test})`,
  ];
  return `| ${cells.map(cell).join(' | ')} |`;
}

/** Messages as a Markdown table, made of their declarations: what documentation shows is what is sent. */
export function messageTable(messages: readonly TabledMessage[]): string {
  const head = ['name', 'id', 'direction', 'bytes', 'provenance', 'test'];
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...messages.map(row)].join('\n');
}
