/** The part of URL that both ends have: Node and a page; named here since this layer has neither's types. */
declare class URL {
  constructor(input: string);
  static canParse(input: string): boolean;
  readonly protocol: string;
  readonly host: string;
}
