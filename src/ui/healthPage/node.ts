/** What an element of the page is. Nothing here can run anything: no handlers, no addresses, no styles of its own. */
export type Tag =
  | 'button'
  | 'caption'
  | 'defs'
  | 'details'
  | 'div'
  | 'h1'
  | 'h2'
  | 'line'
  | 'li'
  | 'main'
  | 'option'
  | 'p'
  | 'path'
  | 'pattern'
  | 'rect'
  | 'section'
  | 'select'
  | 'span'
  | 'strong'
  | 'summary'
  | 'svg'
  | 'table'
  | 'tbody'
  | 'td'
  | 'text'
  | 'th'
  | 'thead'
  | 'title'
  | 'tr'
  | 'ul';

export type Attribute =
  | 'aria-hidden'
  | 'aria-label'
  | 'aria-live'
  | 'class'
  | 'd'
  | 'data-act'
  | 'data-key'
  | 'data-ms'
  | 'data-state'
  | 'height'
  | 'id'
  | 'patternTransform'
  | 'patternUnits'
  | 'role'
  | 'scope'
  | 'selected'
  | 'tabindex'
  | 'text-anchor'
  | 'type'
  | 'value'
  | 'width'
  | 'x'
  | 'x1'
  | 'x2'
  | 'y'
  | 'y1'
  | 'y2';

export type Attributes = Readonly<Partial<Record<Attribute, string>>>;

/** A part of the page. A string is text, whatever stands in it. */
export type PageNode = string | PageElement;

export interface PageElement {
  readonly tag: Tag;
  readonly attrs: Attributes;
  readonly children: readonly PageNode[];
}

export function el(tag: Tag, attrs: Attributes, ...children: readonly PageNode[]): PageElement {
  return { tag, attrs, children };
}

/** The page as it is first drawn. Every text and every value is escaped here and nowhere else. */
export function toHtml(node: PageNode): string {
  if (typeof node === 'string') return escaped(node);
  const { tag, attrs, children } = node;
  const written = Object.entries(attrs)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join('');
  return `<${tag}${written}>${children.map(toHtml).join('')}</${tag}>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ESCAPES[sign]!);
}
