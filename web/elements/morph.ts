import { sourceOf } from "./brick.ts";

/**
 * Makes the content of one node that of another and changes as little as it can: what stays the same stays itself, with its
 * focus, scroll position, selection and what was typed or opened.
 */
export function morph(target: Node, wanted: Node): void {
  let current = target.firstChild;
  for (let next = wanted.firstChild; next; ) {
    const following: ChildNode | null = next.nextSibling;
    const match = find(current, next);
    if (match) {
      while (current && current !== match) current = drop(current);
      current = match.nextSibling;
      update(match, next);
    } else {
      target.insertBefore(next, current);
    }
    next = following;
  }
  while (current) current = drop(current);
}

function drop(node: ChildNode): ChildNode | null {
  const next = node.nextSibling;
  node.remove();
  return next;
}

/** Finds what may become the wanted node: text where it stands, an element there or further on, with the same id. */
function find(current: ChildNode | null, wanted: Node): ChildNode | null {
  if (!(wanted instanceof Element)) return current?.nodeName === wanted.nodeName ? current : null;
  for (let node = current; node; node = node.nextSibling) {
    if (node instanceof Element && node.id === wanted.id && node.nodeName === wanted.nodeName) return node;
  }
  return null;
}

function update(current: ChildNode, wanted: Node): void {
  if (!(current instanceof Element) || !(wanted instanceof Element)) {
    if (current.nodeValue !== wanted.nodeValue) current.nodeValue = wanted.nodeValue;
    return;
  }
  const source = sourceOf(current);
  if (source !== undefined) {
    // Its behaviour has changed it: it stays as long as what it was made of does.
    if (source !== wanted.outerHTML) current.replaceWith(wanted);
    return;
  }
  updateAttributes(current, wanted);
  morph(current, wanted);
}

function updateAttributes(current: Element, wanted: Element): void {
  // Whether details and dialogs are open is up to the user.
  const kept = current.matches("details, dialog") ? "open" : "";
  for (const { name } of [...current.attributes]) {
    if (name !== kept && !wanted.hasAttribute(name)) current.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (name !== kept && current.getAttribute(name) !== value) current.setAttribute(name, value);
  }
}
