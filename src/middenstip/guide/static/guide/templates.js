// SPDX-License-Identifier: EUPL-1.2
// Fills the guide's own templates (guide/export_templates.py) as the server does: the same
// nodes, the same escaping. A value that is not there is empty, as in a template of the server.

/** Markup that may stand in a page as it is. */
export class Safe {
  constructor(html) {
    this.html = html;
  }
}

const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;" };

const shown = (value) => {
  if (value === null || value === undefined) return "";
  return String(value);
};

export const escape = (value) => {
  if (value instanceof Safe) return value.html;
  return shown(value).replace(/[&<>"']/g, (sign) => SIGNS[sign]);
};

const holds = (value) => (Array.isArray(value) ? value.length > 0 : Boolean(value));

/** A day in digits, as people here write it: 17-5-2024. */
export const dayInDigits = (day) => (day ? day.split("-").map(Number).reverse().join("-") : "");

const slice = (list, span) => {
  const [from, to] = String(span).split(":").map((end) => (end === "" ? undefined : Number(end)));
  return String(span).indexOf(":") < 0 ? list.slice(0, from) : list.slice(from, to);
};

const FILTERS = {
  day: dayInDigits,
  cut: (text, part) => shown(text).split(part).join(""),
  join: (list, between) => new Safe(list.map(escape).join(escape(between))),
  length: (list) => (list ? list.length : 0),
  slice,
};

/** Fills templates in one language; `page` is {lang, rtl: [...]}, `address(name, ...)` gives
 * where a page stands. A text of the pack is a string when it is in the language of the page,
 * otherwise [text, language]. */
export class Filler {
  constructor(page, address) {
    this.page = page;
    this.address = address;
  }

  /** A text of a page, marked where it is in another language than the page. */
  marked(words) {
    if (!Array.isArray(words)) return escape(words);
    const [text, lang] = words;
    if (lang === this.page.lang || !text) return escape(text);
    const rtl = (one) => this.page.rtl.indexOf(one) >= 0;
    const turned = rtl(lang) !== rtl(this.page.lang);
    const dir = turned ? ` dir="${rtl(lang) ? "rtl" : "ltr"}"` : "";
    return `<span lang="${escape(lang)}"${dir}>${escape(text)}</span>`;
  }

  fill(nodes, scope) {
    return nodes.map((node) => (typeof node === "string" ? node : this.node(node, scope))).join("");
  }

  node(node, scope) {
    const [kind, ...parts] = node;
    switch (kind) {
      case "out":
        return escape(this.value(parts[0], scope));
      case "if": {
        const found = parts[0].find(([when]) => when === null || holds(this.value(when, scope)));
        return found ? this.fill(found[1], scope) : "";
      }
      case "for":
        return this.loop(parts, scope);
      case "with":
        return this.fill(parts[1], this.inner(scope, this.all(parts[0], scope)));
      case "say":
        return this.say(parts, scope);
      case "words":
        return this.words(this.value(parts[0], scope), parts[1]);
      case "said":
        return this.said(this.value(parts[0], scope));
      case "amount":
        return this.value(parts[0], scope).shown;
      case "url": {
        const [name, values] = parts;
        const rest = values.map((value) => this.value(value, scope));
        return escape(this.address(this.value(name, scope), ...rest));
      }
      default:
        throw new Error(`no such node: ${kind}`);
    }
  }

  all(named, scope) {
    const found = {};
    Object.keys(named).forEach((name) => {
      found[name] = this.value(named[name], scope);
    });
    return found;
  }

  inner(scope, more) {
    return Object.assign(Object.create(scope), more);
  }

  loop([names, list, nodes, empty], scope) {
    const items = this.value(list, scope) || [];
    if (!items.length) return this.fill(empty, scope);
    return items.map((item, place) => {
      const more = { forloop: { counter: place + 1, first: !place, last: place === items.length - 1 } };
      if (names.length === 1) more[names[0]] = item;
      else names.forEach((name, index) => { more[name] = item[index]; });
      return this.fill(nodes, this.inner(scope, more));
    }).join("");
  }

  say([text, lang, named, plain], scope) {
    const parts = this.all(named, scope);
    const filled = text.replace(/%(?:\((\w+)\)s|%)/g, (all, name) => (name ? shown(parts[name]) : "%"));
    return plain ? escape(filled) : this.marked([filled, lang]);
  }

  words(words, plain) {
    if (!words) return "";
    return plain ? escape(Array.isArray(words) ? words[0] : words) : this.marked(words);
  }

  said(answer) {
    if (answer.kind !== "value") return this.marked(answer.fixed);
    return answer.words
      .map((one) => this.marked(/^\d{4}(-\d+)+$/.test(one) ? dayInDigits(one) : one))
      .join(", ");
  }

  part(found, name) {
    if (found === null || found === undefined) return undefined;
    if (name === "lang" && typeof found === "string") return this.page.lang;
    return name === "lang" && Array.isArray(found) ? found[1] : found[name];
  }

  value(item, scope) {
    const [kind, ...parts] = item;
    const of = (part) => this.value(part, scope);
    switch (kind) {
      case "is":
        return parts[0];
      case "var":
        return parts[0].split(".").reduce((found, name) => this.part(found, name), scope);
      case "filter": {
        const [name, inner, ...rest] = parts;
        return FILTERS[name](of(inner), ...rest.map(of));
      }
      case "and":
        return holds(of(parts[0])) && holds(of(parts[1]));
      case "or":
        return holds(of(parts[0])) || holds(of(parts[1]));
      case "not":
        return !holds(of(parts[0]));
      case "==":
        return of(parts[0]) === of(parts[1]);
      case "!=":
        return of(parts[0]) !== of(parts[1]);
      case "in":
        return (of(parts[1]) || []).indexOf(of(parts[0])) >= 0;
      case "not in":
        return (of(parts[1]) || []).indexOf(of(parts[0])) < 0;
      case ">":
        return of(parts[0]) > of(parts[1]);
      case "<":
        return of(parts[0]) < of(parts[1]);
      default:
        throw new Error(`no such value: ${kind}`);
    }
  }
}
