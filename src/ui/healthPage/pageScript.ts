/**
 * What runs in the page, as it is sent there. A new page is laid over the old one, element by element, so that nothing
 * flickers and the focus stays. Texts become text nodes, and no attribute is taken that could run anything.
 */
export const PAGE_SCRIPT = `(() => {
  const editor = acquireVsCodeApi();
  const DRAWN = 'http://www.w3.org/2000/svg';
  const IS_DRAWN = new Set(['svg', 'rect', 'line', 'text', 'path', 'defs', 'pattern', 'title']);
  const isBarred = (name) => /^(on|style$|src|href|xlink|srcdoc|action|formaction)/i.test(name);
  const keyOf = (node) => (typeof node === 'string' ? undefined : node.attrs['data-key']);

  const make = (node) => {
    if (typeof node === 'string') return document.createTextNode(node);
    const made = IS_DRAWN.has(node.tag) ? document.createElementNS(DRAWN, node.tag) : document.createElement(node.tag);
    for (const [name, value] of Object.entries(node.attrs)) if (!isBarred(name)) made.setAttribute(name, value);
    for (const child of node.children) made.appendChild(make(child));
    return made;
  };
  const isAlike = (there, node) =>
    typeof node === 'string'
      ? there.nodeType === 3
      : there.nodeType === 1 && there.localName === node.tag && (there.getAttribute('data-key') ?? undefined) === keyOf(node);
  const lay = (there, node) => {
    if (typeof node === 'string') {
      if (there.data !== node) there.data = node;
      return;
    }
    const keeps = (name) => (name === 'tabindex' && there.classList.contains('part')) || name === 'open';
    for (const name of there.getAttributeNames()) {
      if (!(name in node.attrs) && !keeps(name)) there.removeAttribute(name);
    }
    for (const [name, value] of Object.entries(node.attrs)) {
      if (isBarred(name) || keeps(name) || there.getAttribute(name) === value) continue;
      there.setAttribute(name, value);
    }
    if (node.attrs.id === 'caption') return;
    const old = [...there.childNodes];
    const byKey = new Map(old.filter((each) => each.nodeType === 1 && each.hasAttribute('data-key')).map((each) => [each.getAttribute('data-key'), each]));
    let next = there.firstChild;
    for (const child of node.children) {
      const known = keyOf(child) === undefined ? next : byKey.get(keyOf(child));
      if (known && isAlike(known, child)) {
        if (known !== next) there.insertBefore(known, next);
        else next = next.nextSibling;
        lay(known, child);
      } else there.insertBefore(make(child), next);
    }
    while (next) {
      const gone = next;
      next = next.nextSibling;
      gone.remove();
    }
  };

  const page = () => document.getElementById('page');
  addEventListener('message', ({ data }) => {
    if (data && data.page) lay(page(), data.page);
  });
  document.addEventListener('click', (event) => {
    const act = event.target.closest && event.target.closest('button[data-act]');
    if (act) editor.postMessage({ act: act.getAttribute('data-act') });
  });
  document.addEventListener('change', (event) => {
    if (event.target.id === 'range') editor.postMessage({ range: event.target.value });
  });
  document.addEventListener('toggle', (event) => {
    if (event.target.id === 'tables') editor.postMessage({ tables: event.target.open });
  }, true);
  const say = (event) => {
    const part = event.target.closest && event.target.closest('.part');
    if (part) document.getElementById('caption').textContent = part.getAttribute('aria-label');
  };
  document.addEventListener('focusin', say);
  document.addEventListener('pointerover', say);
  document.addEventListener('keydown', (event) => {
    const part = event.target.closest && event.target.closest('.part');
    if (!part) return;
    const parts = [...part.parentNode.querySelectorAll('.part')];
    const at = parts.indexOf(part);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: parts.length - 1 }[event.key];
    if (to === undefined || !parts[to]) return;
    event.preventDefault();
    part.setAttribute('tabindex', '-1');
    parts[to].setAttribute('tabindex', '0');
    parts[to].focus();
  });
  addEventListener('scroll', () => editor.setState({ scrollY }), { passive: true });
  const { scrollY: before } = editor.getState() ?? {};
  if (before) scrollTo(0, before);
  editor.postMessage({ ready: true });
})();`;
